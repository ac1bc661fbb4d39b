// Function types, functions and variables. A function is a Func record whose type is a FuncProto; the FuncProto
// of a DW_TAG_subprogram is synthetic and comes right before it. Each Func has a row in `functions`.

#include <dwarf.h>

#include "expressions.h"
#include "lowering.h"
#include "tags.h"

namespace tspahole::dwarf {

namespace {

// BTF's linkage of functions and variables.
constexpr uint32_t kStatic = 0;
constexpr uint32_t kGlobal = 1;
constexpr uint32_t kExtern = 2;

uint32_t bitsOf(const Attributes& attributes, Attribute attribute, uint32_t shift) {
  return (static_cast<uint32_t>(attributes.numberOr(attribute, 0)) & 3) << shift;
}

// The number of the entry in the vtable plus one; 0 where there is none.
uint32_t vtableSlot(const Attributes& attributes) {
  const auto number = attributes.number(Attribute::VtableElementLocation);
  if (number) return static_cast<uint32_t>(*number) + 1;
  const auto expression = attributes.block(Attribute::VtableElementLocation);
  return expression ? static_cast<uint32_t>(constantOf(*expression)) + 1 : 0;
}

uint32_t functionFlags(const Attributes& attributes) {
  uint32_t flags = bitsOf(attributes, Attribute::Inline, functionFlag::InlineShift) |
                   bitsOf(attributes, Attribute::Virtuality, functionFlag::VirtualityShift) |
                   bitsOf(attributes, Attribute::Accessibility, functionFlag::AccessibilityShift);
  if (attributes.flag(Attribute::External)) flags |= functionFlag::External;
  if (attributes.has(Attribute::External)) flags |= functionFlag::StatesExternal;
  if (attributes.flag(Attribute::Declaration)) flags |= functionFlag::Declaration;
  if (attributes.flag(Attribute::Prototyped)) flags |= functionFlag::Prototyped;
  if (attributes.flag(Attribute::Artificial)) flags |= functionFlag::Artificial;
  if (attributes.flag(Attribute::Noreturn)) flags |= functionFlag::Noreturn;
  if (attributes.flag(Attribute::Explicit)) flags |= functionFlag::Explicit;
  if (attributes.flag(Attribute::Deleted)) flags |= functionFlag::Deleted;
  if (attributes.flag(Attribute::Defaulted)) flags |= functionFlag::Defaulted;
  if (attributes.has(Attribute::LowPc)) flags |= functionFlag::HasLowPc;
  if (attributes.has(Attribute::Ranges)) flags |= functionFlag::HasRanges;
  if (attributes.has(Attribute::AbstractOrigin)) flags |= functionFlag::AbstractOrigin;
  if (attributes.has(Attribute::Specification)) flags |= functionFlag::Specification;
  if (attributes.numberOr(Attribute::CallingConvention, 0) == DW_CC_nocall) flags |= functionFlag::NoStandardCall;
  if (attributes.has(Attribute::Type)) flags |= functionFlag::OwnType;
  if (attributes.code(Attribute::LinkageName) == DW_AT_MIPS_linkage_name) flags |= functionFlag::OldLinkageName;
  return flags;
}

}  // namespace

uint32_t Lowering::lowerFunctionType(Entry& entry) {
  const Marks marks = mark();
  forEachChild(entry.die, [&](Dwarf_Die& die) {
    const int tag = dies_.tag(die);
    if (!addParameter(die, tag) && isTypeTag(tag)) lowerType(die);
  });
  writer_.closeScope(marks.scope, writer_.nextId());
  RecordHead head = headOf(entry, Kind::FuncProto);
  head.vlen = elementCount(entry, parameters_.size() - marks.parameters);
  const uint32_t id = begin(entry, head);
  writePrototype(typeOf(entry), marks.parameters, head.vlen);
  release(marks);
  return id;
}

uint32_t Lowering::lowerFunction(Entry& entry) {
  const Marks marks = mark();
  Body body{};
  addChainDeclTags(entry, kMissing);
  position_.functionDepth += 1;
  forEachChild(entry.die, [&](Dwarf_Die& die) { lowerFunctionChild(body, die); });
  position_.functionDepth -= 1;
  // The function is the second of the two records that follow.
  writer_.closeScope(marks.scope, writer_.nextId() + 1);
  RecordHead proto{Kind::FuncProto};
  proto.flags = flagsOf(entry) | typeFlag::Synthetic;
  proto.vlen = elementCount(entry, parameters_.size() - marks.parameters);
  const uint32_t protoId = writer_.begin(proto, originOf(entry));
  writePrototype(typeOf(entry), marks.parameters, proto.vlen);

  RecordHead head = headOf(entry, Kind::Func);
  head.vlen = isExternal(entry) ? kGlobal : kStatic;
  if (entry.attributes.flag(Attribute::Declaration)) head.flags |= typeFlag::Declaration;
  RecordOrigin origin = originOf(entry);
  origin.attributes = vtableSlot(entry.attributes);
  const uint32_t id = begin(entry, head, origin);
  writer_.typeId(protoId);
  writeFunctionRow(entry, id, body, marks.outline);
  writeDeclTags(id, marks.declTags);
  release(marks);
  return id;
}

// Whether the DIE belongs to the parameters.
bool Lowering::addParameter(Dwarf_Die& die, int tag) {
  if (tag == DW_TAG_unspecified_parameters) {
    parameters_.push_back({0, kVoidKey});
    return true;
  }
  if (tag != DW_TAG_formal_parameter) return false;
  Entry entry = read(die);
  parameters_.push_back({nameOf(entry), typeOf(entry)});
  return true;
}

void Lowering::lowerFunctionChild(Body& body, Dwarf_Die& die) {
  const int tag = dies_.tag(die);
  if (tag == DW_TAG_formal_parameter) {
    Entry entry = read(die);
    addDeclTagsOf(entry, body.parameterCount++);
    parameters_.push_back({nameOf(entry), typeOf(entry)});
  } else if (isAnnotationTag(tag)) {
    addDeclTag(read(die), kMissing);
  } else if (!addParameter(die, tag)) {
    lowerBodyChild(body, die);
  }
}

// A function of a unit, a namespace or another function.
void Lowering::lowerSubprogram(Dwarf_Die& die) {
  if (options_.encoding) {
    lowerSignature(die);
  } else if (options_.functions) {
    Entry entry = read(die);
    lowerFunction(entry);
  } else if (options_.bodies) {
    Body body{};
    position_.functionDepth += 1;
    forEachChild(die, [&](Dwarf_Die& child) { lowerBodyChild(body, child); });
    position_.functionDepth -= 1;
  }
}

void Lowering::writePrototype(Key result, size_t from, uint32_t count) {
  writer_.type(result);
  for (size_t index = from; index < from + count; ++index) {
    writer_.name(parameters_[index].name);
    writer_.type(parameters_[index].type);
  }
}

void Lowering::writeFunctionRow(const Entry& entry, uint32_t id, const Body& body, size_t outlineFrom) {
  const Code code = codeOf(entry);
  Column& row = batch_->functions;
  row.push(id);
  row.push(static_cast<uint32_t>(code.lowPc));
  row.push(static_cast<uint32_t>(code.lowPc >> 32));
  row.push(code.size);
  row.push(functionFlags(entry.attributes));
  row.push(textIn(entry, Attribute::LinkageName));
  row.push(declLineOf(entry));
  row.push(body.inlineCount);
  // A key until the unit is complete.
  row.push(originKeyOf(entry));
  row.push(static_cast<uint32_t>(batch_->outlines.size() / kOutlineWords));
  row.push(static_cast<uint32_t>(outline_.size() - outlineFrom));
  writeOutline(outlineFrom);
}

// Key of the DIE that a function completes.
Key Lowering::originKeyOf(const Entry& entry) {
  const bool isInstance = entry.attributes.has(Attribute::AbstractOrigin);
  return references_.keyOf(entry.attributes, isInstance ? Attribute::AbstractOrigin : Attribute::Specification);
}

uint32_t Lowering::lowerVariable(Entry& entry) {
  const size_t tags = declTags_.size();
  addDeclTagsOf(entry, kMissing);
  RecordHead head = headOf(entry, Kind::Var);
  const bool isDeclaration = entry.attributes.flag(Attribute::Declaration);
  if (isDeclaration) head.flags |= typeFlag::Declaration;
  const uint32_t id = begin(entry, head);
  writer_.type(typeOf(entry));
  writer_.value(!isExternal(entry) ? kStatic : isDeclaration ? kExtern : kGlobal);
  writeDeclTags(id, tags);
  return id;
}

}  // namespace tspahole::dwarf
