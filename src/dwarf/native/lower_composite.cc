// Structs, unions, classes. Data members and base classes are the elements of the record, in DIE order; what
// else a composite contains gets records of its own, before it, and a place in its `children`.

#include <dwarf.h>

#include <algorithm>

#include "lowering.h"
#include "tags.h"

namespace tspahole::dwarf {

namespace {

bool isUnionTag(int tag) { return tag == DW_TAG_union_type; }
bool isClassTag(int tag) { return tag == DW_TAG_class_type || tag == DW_TAG_interface_type; }

uint32_t accessibilityOf(const Entry& entry) {
  return static_cast<uint32_t>(entry.attributes.numberOr(Attribute::Accessibility, 0)) & 3;
}

}  // namespace

uint32_t Lowering::lowerComposite(Entry& entry) {
  const Marks marks = mark();
  Composite composite{isUnionTag(entry.tag), true, 0, isTooLarge(entry)};
  addChainDeclTags(entry, kMissing);
  forEachChild(entry.die, [&](Dwarf_Die& die) { lowerCompositeChild(composite, die); });
  writer_.closeScope(marks.scope, writer_.nextId());
  const bool isForward = composite.isTooLarge || entry.attributes.flag(Attribute::Declaration);
  const uint32_t id = isForward ? writeForward(entry) : writeComposite(entry, marks);
  if (!composite.hasOnlyMembers) writeChildren(id, marks.children);
  writeDeclTags(id, marks.declTags);
  release(marks);
  return id;
}

bool Lowering::isTooLarge(const Entry& entry) {
  if (entry.attributes.numberOr(Attribute::ByteSize, 0) <= kMaxBytes) return false;
  note(entry.die, "it has 4 GiB or more; only its name is read");
  return true;
}

void Lowering::lowerCompositeChild(Composite& composite, Dwarf_Die& die) {
  const int tag = dies_.tag(die);
  switch (tag) {
    case DW_TAG_member:
    case DW_TAG_inheritance: addMember(composite, die); return;
    case DW_TAG_variable: {
      Entry entry = read(die);
      addStaticMember(composite, entry);
      return;
    }
    case DW_TAG_imported_declaration: addUsing(composite, die); return;
    case DW_TAG_subprogram: addMethod(composite, die); return;
    case DW_TAG_template_type_parameter:
    case DW_TAG_template_value_parameter:
    case DW_TAG_GNU_template_template_param: addTemplateParameter(composite, die); return;
    case DW_TAG_GNU_template_parameter_pack:
      forEachChild(die, [&](Dwarf_Die& parameter) { addTemplateParameter(composite, parameter); });
      return;
    case DW_TAG_variant_part: addChild(composite, childCode::VariantPart, lowerVariantPart(die), 0); return;
    default: break;
  }
  if (isTypeTag(tag)) addNestedType(composite, die);
  else if (isAnnotationTag(tag)) addDeclTag(read(die), kMissing);
}

void Lowering::addMember(Composite& composite, Dwarf_Die& die) {
  if (composite.isTooLarge) return;
  Entry entry = read(die);
  if (isStaticMember(entry, composite.isUnion)) {
    addStaticMember(composite, entry);
    return;
  }
  addDeclTagsOf(entry, composite.memberCount);
  members_.push_back(readMember(entry));
  children_.push_back({childCode::DataMember, composite.memberCount++});
}

void Lowering::addStaticMember(Composite& composite, Entry& entry) {
  const auto value = entry.attributes.number(Attribute::ConstValue);
  const bool isSigned = value && isSignedForm(entry.attributes.form(Attribute::ConstValue));
  const uint32_t code = childCode::StaticMember | (entry.tag == DW_TAG_member ? childCode::WrittenAsMember : 0) |
                        (isSigned ? childCode::SignedConstant : 0);
  addChild(composite, code, lowerVariable(entry), accessibilityOf(entry));
  if (value) addConstant(*value);
}

void Lowering::addConstant(uint64_t value) {
  children_.push_back({childCode::ConstantLow, static_cast<uint32_t>(value)});
  const auto high = static_cast<uint32_t>(value >> 32);
  if (high != 0) children_.push_back({childCode::ConstantHigh, high});
}

// `using Base::member;`
void Lowering::addUsing(Composite& composite, Dwarf_Die& die) {
  Entry entry = read(die);
  Dwarf_Die imported;
  if (!entry.attributes.target(Attribute::Import, imported)) return;
  Entry target = read(imported);
  RecordHead head = headOf(entry, Kind::Unspecified);
  head.name = nameOf(target);
  head.flags |= typeFlag::Synthetic;
  const uint32_t id = begin(entry, head);
  writer_.value(0);
  addChild(composite, childCode::Using, id, accessibilityOf(entry));
}

void Lowering::addMethod(Composite& composite, Dwarf_Die& die) {
  if (options_.encoding) {
    lowerSignature(die);
    return;
  }
  Entry entry = read(die);
  addChild(composite, childCode::Method, lowerFunction(entry), accessibilityOf(entry));
}

void Lowering::addTemplateParameter(Composite& composite, Dwarf_Die& die) {
  Entry entry = read(die);
  addChild(composite, childCode::TemplateParameter, lowerReference(entry, Kind::TemplateParameter), 0);
}

void Lowering::addNestedType(Composite& composite, Dwarf_Die& die) {
  Entry entry = read(die);
  const uint32_t accessibility = accessibilityOf(entry);
  addChild(composite, childCode::NestedType, lowerEntry(entry), accessibility);
}

void Lowering::addChild(Composite& composite, uint32_t code, uint32_t value, uint32_t accessibility) {
  composite.hasOnlyMembers = false;
  children_.push_back({code | accessibility << childCode::AccessibilityShift, value});
}

uint32_t Lowering::writeForward(Entry& entry) {
  RecordHead head = headOf(entry, Kind::Forward);
  head.kindFlag = isUnionTag(entry.tag);
  head.flags |= typeFlag::Declaration;
  if (isClassTag(entry.tag)) head.flags |= typeFlag::Class;
  const uint32_t id = begin(entry, head);
  writer_.value(0);
  return id;
}

uint32_t Lowering::writeComposite(Entry& entry, const Marks& marks) {
  RecordHead head = headOf(entry, isUnionTag(entry.tag) ? Kind::Union : Kind::Struct);
  if (isClassTag(entry.tag)) head.flags |= typeFlag::Class;
  if (entry.attributes.flag(Attribute::ExportSymbols)) head.flags |= typeFlag::ExportSymbols;
  if (batch_->head.language == DW_LANG_Rust) sortMembers(marks.members);
  head.kindFlag = hasBitfields(marks.members);
  head.vlen = elementCount(entry, members_.size() - marks.members);
  const uint32_t id = begin(entry, head);
  writer_.value(byteSizeOf(entry));
  writeMembers(marks.members, head);
  return id;
}

// rustc writes members as the source has them and places them as it likes.
void Lowering::sortMembers(size_t from) {
  std::stable_sort(members_.begin() + static_cast<ptrdiff_t>(from), members_.end(),
                   [](const Member& a, const Member& b) { return a.bitOffset < b.bitOffset; });
}

uint32_t Lowering::elementCount(const Entry& entry, size_t count) {
  if (count <= kMaxElements) return static_cast<uint32_t>(count);
  note(entry.die, "it has more elements than a record can; the rest is left out");
  return kMaxElements;
}

void Lowering::writeChildren(uint32_t id, size_t from) {
  if (batch_->isForEncoding) return;
  Column& column = batch_->children;
  batch_->childStarts.set(id - 1, static_cast<uint32_t>(column.size()) + 1);
  column.push(static_cast<uint32_t>(children_.size() - from));
  for (size_t index = from; index < children_.size(); ++index) {
    column.push(children_[index].code);
    column.push(children_[index].value);
  }
}

}  // namespace tspahole::dwarf
