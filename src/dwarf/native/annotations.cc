// Tags that the source gives to declarations (btf_decl_tag) and to the types behind pointers (btf_type_tag).
// clang writes them as DIEs below what they belong to, gcc as a chain of DIEs that starts at an attribute.
//
// For `struct s __tag(outer) __tag(inner) *p` the records are
//
//     pointer -> tag inner -> tag outer -> struct s
//
// clang lists them in source order, outer first; gcc's chain starts with inner.

#include <dwarf.h>

#include "lowering.h"
#include "tags.h"

namespace tspahole::dwarf {

namespace {

constexpr int kGnuAnnotation = 0x6001;

// Links of a chain that are followed.
constexpr size_t kMaxChain = 256;

}  // namespace

// The annotations of this name that gcc's chain holds, in its order.
std::vector<Entry> Lowering::chainOf(const Entry& entry, std::string_view name) {
  std::vector<Entry> chain;
  Attributes attributes = entry.attributes;
  Dwarf_Die die;
  while (chain.size() < kMaxChain && attributes.target(Attribute::GnuAnnotation, die)) {
    if (dies_.tag(die) != kGnuAnnotation) break;
    const Entry annotation = read(die);
    if (names_.textOf(annotation.attributes, Attribute::Name) != name) break;
    chain.push_back(annotation);
    attributes = annotation.attributes;
  }
  return chain;
}

// Takes one btf_decl_tag; any other annotation is left aside.
void Lowering::addDeclTag(const Entry& annotation, uint32_t component) {
  if (names_.textOf(annotation.attributes, Attribute::Name) != "btf_decl_tag") return;
  const uint32_t value = names_.of(annotation.attributes, Attribute::ConstValue);
  declTags_.push_back({value, component, originOf(annotation).dieOffset});
}

void Lowering::addChainDeclTags(const Entry& entry, uint32_t component) {
  if (!entry.attributes.has(Attribute::GnuAnnotation)) return;
  for (const Entry& annotation : chainOf(entry, "btf_decl_tag")) addDeclTag(annotation, component);
}

// The tags of a DIE whose other children are of no interest.
void Lowering::addDeclTagsOf(Entry& entry, uint32_t component) {
  forEachChild(entry.die, [&](Dwarf_Die& die) {
    if (isAnnotationTag(dies_.tag(die))) addDeclTag(read(die), component);
  });
  addChainDeclTags(entry, component);
}

void Lowering::writeDeclTags(uint32_t target, size_t from) {
  for (size_t index = from; index < declTags_.size(); ++index) {
    RecordHead head{Kind::DeclTag};
    head.name = declTags_[index].value;
    RecordOrigin origin;
    origin.dieOffset = declTags_[index].dieOffset;
    writer_.begin(head, origin);
    writer_.typeId(target);
    writer_.value(declTags_[index].component);
  }
  declTags_.resize(from);
}

// Writes the type tags of a pointer and returns the one that the pointer refers to, or 0 without any.
uint32_t Lowering::writeTypeTags(Entry& pointer, Key pointee) {
  uint32_t outer = 0;
  forEachChild(pointer.die, [&](Dwarf_Die& die) {
    if (!isAnnotationTag(dies_.tag(die))) return;
    const Entry annotation = read(die);
    if (names_.textOf(annotation.attributes, Attribute::Name) != "btf_type_tag") return;
    outer = writeTypeTag(annotation, pointee, outer);
  });
  if (outer != 0 || !pointer.attributes.has(Attribute::GnuAnnotation)) return outer;

  const uint32_t first = writer_.nextId();
  const std::vector<Entry> chain = chainOf(pointer, "btf_type_tag");
  for (size_t index = 0; index < chain.size(); ++index) {
    const bool isLast = index + 1 == chain.size();
    writeTypeTag(chain[index], pointee, isLast ? 0 : writer_.nextId() + 1);
  }
  return chain.empty() ? 0 : first;
}

// `next` is the tag behind this one, or 0 when the pointee is.
uint32_t Lowering::writeTypeTag(const Entry& annotation, Key pointee, uint32_t next) {
  RecordHead head{Kind::TypeTag};
  head.name = names_.of(annotation.attributes, Attribute::ConstValue);
  head.flags = typeFlag::Synthetic;
  const uint32_t id = writer_.begin(head, originOf(annotation));
  if (next != 0) writer_.typeId(next);
  else writer_.type(pointee);
  return id;
}

}  // namespace tspahole::dwarf
