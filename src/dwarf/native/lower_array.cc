// An array DIE has one subrange per dimension; its records are one per dimension too. The outermost record
// belongs to the DIE, the inner ones are synthetic and come before it:
//
//     int a[2][3]   ->   1: 3 of int (synthetic)   2: 2 of type 1

#include <dwarf.h>

#include "lowering.h"

namespace tspahole::dwarf {

namespace {

// As many as pahole takes.
constexpr size_t kMaxDimensions = 64;

constexpr uint64_t kMaxLength = 0xffffffff;

bool isDimension(int tag) {
  return tag == DW_TAG_subrange_type || tag == DW_TAG_enumeration_type || tag == DW_TAG_generic_subrange;
}

}  // namespace

uint32_t Lowering::lowerArray(Entry& entry) {
  const std::vector<Dimension> dimensions = readDimensions(entry);
  RecordHead head = headOf(entry, Kind::Array);
  Key element = typeOf(entry);
  uint32_t inner = 0;
  for (size_t index = dimensions.size() - 1; index > 0; --index) {
    inner = writeInnerDimension(dimensions[index], element, inner);
  }
  if (dimensions[0].isVariable) head.flags |= typeFlag::Variable;
  if (entry.attributes.flag(Attribute::Vector)) head.flags |= typeFlag::Vector;
  const uint32_t id = begin(entry, head);
  writeDimensionWords(dimensions[0], element, inner);
  return id;
}

// The dimensions, outermost first; one of length 0 for an array without any.
std::vector<Lowering::Dimension> Lowering::readDimensions(Entry& array) {
  std::vector<Dimension> dimensions;
  forEachChild(array.die, [&](Dwarf_Die& die) {
    if (!isDimension(dies_.tag(die)) || dimensions.size() == kMaxDimensions) return;
    Entry range = read(die);
    Dimension dimension{};
    dimension.index = references_.keyOf(range.attributes, Attribute::Type);
    dimension.dieOffset = originOf(range).dieOffset;
    dimension.length = dimensionLength(range, dimension.isVariable);
    dimensions.push_back(dimension);
  });
  if (dimensions.empty()) {
    note(array.die, "an array without dimensions");
    dimensions.push_back({});
  }
  return dimensions;
}

// Number of elements: the count, or what the bounds enclose; 0 without an upper bound, as in `int a[]`.
uint32_t Lowering::dimensionLength(const Entry& range, bool& isVariable) {
  const Attributes& attributes = range.attributes;
  const Attribute limit = attributes.has(Attribute::Length) ? Attribute::Length : Attribute::UpperBound;
  if (!attributes.has(limit)) return 0;
  const auto value = attributes.number(limit);
  isVariable = !value;
  if (!value) return 0;
  uint64_t length = *value;
  if (limit == Attribute::UpperBound) {
    // Old compilers say -1 in 32 bits for an array of length 0.
    if (attributes.form(limit) == DW_FORM_data4 && length == 0xffffffff) return 0;
    length = length + 1 - attributes.numberOr(Attribute::LowerBound, 0);
  }
  if (static_cast<int64_t>(length) < 0) return 0;
  if (length > kMaxLength) {
    note(range.die, "an array has more elements than 32 bits count; their number is left out");
    isVariable = true;
    return 0;
  }
  return static_cast<uint32_t>(length);
}

uint32_t Lowering::writeInnerDimension(const Dimension& dimension, Key element, uint32_t inner) {
  RecordHead head{Kind::Array};
  head.flags = typeFlag::Synthetic;
  if (dimension.isVariable) head.flags |= typeFlag::Variable;
  if (position_.functionDepth > 0) head.flags |= typeFlag::LocalToFunction;
  RecordOrigin origin;
  origin.dieOffset = dimension.dieOffset;
  const uint32_t id = writer_.begin(head, origin);
  writeDimensionWords(dimension, element, inner);
  return id;
}

// `inner` is the record of the next dimension, or 0 in the last one.
void Lowering::writeDimensionWords(const Dimension& dimension, Key element, uint32_t inner) {
  writer_.value(0);
  if (inner != 0) writer_.typeId(inner);
  else writer_.type(element);
  writer_.type(dimension.index);
  writer_.value(dimension.length);
}

}  // namespace tspahole::dwarf
