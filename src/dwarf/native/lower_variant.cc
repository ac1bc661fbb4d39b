// Variant parts, as Rust's enums have them. The record has the discriminant and the members of all variants
// as elements, in DIE order; its `children` say which variant and which discriminant value each belongs to:
//
//     DataMember 0                             the discriminant
//     Variant 1, DiscriminantLow 3, DataMember 1    the variant for the value 3
//     Variant 0, DataMember 2                  the variant for all other values

#include <dwarf.h>

#include "lowering.h"

namespace tspahole::dwarf {

uint32_t Lowering::lowerVariantPart(Dwarf_Die& die) {
  const Marks marks = mark();
  Entry entry = read(die);
  noteOnce(die, "an enum with variants: listings leave the variants' places and discriminants out");
  Composite part{false, false, 0, false};
  forEachChild(die, [&](Dwarf_Die& child) {
    const int tag = dies_.tag(child);
    if (tag == DW_TAG_variant) lowerVariant(part, child);
    else if (tag == DW_TAG_member) addMember(part, child);
  });
  writer_.closeScope(marks.scope, writer_.nextId());
  RecordHead head = headOf(entry, Kind::VariantPart);
  head.vlen = elementCount(entry, members_.size() - marks.members);
  const uint32_t id = begin(entry, head);
  writer_.value(0);
  writeMembers(marks.members, head);
  writeChildren(id, marks.children);
  release(marks);
  return id;
}

void Lowering::lowerVariant(Composite& part, Dwarf_Die& die) {
  Entry entry = read(die);
  const auto value = entry.attributes.number(Attribute::DiscriminantValue);
  addChild(part, childCode::Variant, value ? 1 : 0, 0);
  if (value) addConstant(*value);
  forEachChild(die, [&](Dwarf_Die& child) { lowerCompositeChild(part, child); });
}

}  // namespace tspahole::dwarf
