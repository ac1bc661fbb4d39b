// Enumerations. A record is an Enum when it has at most 4 bytes and every value fits 32 bits, else an Enum64.

#include <dwarf.h>

#include "lowering.h"
#include "tags.h"

namespace tspahole::dwarf {

namespace {

// Size of an enumeration that does not say it: that of an int.
constexpr uint64_t kDefaultByteSize = 4;
constexpr int kMaxAliases = 32;

bool fitsWord(uint64_t value) {
  const auto asSigned = static_cast<int64_t>(value);
  return asSigned >= INT32_MIN && asSigned <= int64_t{UINT32_MAX};
}

bool isSignedEncoding(uint64_t encoding) { return encoding == DW_ATE_signed || encoding == DW_ATE_signed_char; }

}  // namespace

uint32_t Lowering::lowerEnum(Entry& entry) {
  const Marks marks = mark();
  bool hasNegative = false;
  addChainDeclTags(entry, kMissing);
  forEachChild(entry.die, [&](Dwarf_Die& die) {
    const int tag = dies_.tag(die);
    if (tag == DW_TAG_enumerator) addEnumerator(die, hasNegative);
    else if (isAnnotationTag(tag)) addDeclTag(read(die), kMissing);
  });
  writer_.closeScope(marks.scope, writer_.nextId());
  const uint64_t byteSize = entry.attributes.numberOr(Attribute::ByteSize, kDefaultByteSize);
  const bool isWide = byteSize > kDefaultByteSize || !allFitWord(marks.enumerators);
  RecordHead head = headOf(entry, isWide ? Kind::Enum64 : Kind::Enum);
  const auto isSigned = saysSigned(entry);
  head.kindFlag = isSigned.value_or(hasNegative);
  if (!isSigned && hasNegative) head.flags |= typeFlag::GuessedSign;
  head.vlen = elementCount(entry, enumerators_.size() - marks.enumerators);
  if (entry.attributes.flag(Attribute::Declaration)) head.flags |= typeFlag::Declaration;
  if (entry.attributes.flag(Attribute::EnumClass)) head.flags |= typeFlag::EnumClass;
  const uint32_t id = begin(entry, head);
  writer_.value(static_cast<uint32_t>(byteSize));
  writeEnumerators(marks.enumerators, head);
  writeDeclTags(id, marks.declTags);
  release(marks);
  return id;
}

void Lowering::addEnumerator(Dwarf_Die& die, bool& hasNegative) {
  Entry entry = read(die);
  const auto value = entry.attributes.number(Attribute::ConstValue);
  if (!value) note(die, "an enumerator without a constant value");
  hasNegative = hasNegative || entry.attributes.isNegative(Attribute::ConstValue);
  enumerators_.push_back({names_.of(entry.attributes, Attribute::Name), value.value_or(0)});
}

bool Lowering::allFitWord(size_t from) const {
  for (size_t index = from; index < enumerators_.size(); ++index) {
    if (!fitsWord(enumerators_[index].value)) return false;
  }
  return true;
}

// By the encoding of the underlying type, or of the enumeration; nothing where neither is given.
std::optional<bool> Lowering::saysSigned(const Entry& entry) const {
  Attributes attributes = entry.attributes;
  for (int step = 0; step < kMaxAliases; ++step) {
    if (const auto encoding = attributes.number(Attribute::Encoding)) return isSignedEncoding(*encoding);
    Dwarf_Die type;
    if (!attributes.target(Attribute::Type, type) || !dies_.read(type, attributes)) break;
  }
  return std::nullopt;
}

void Lowering::writeEnumerators(size_t from, const RecordHead& head) {
  for (size_t index = from; index < from + head.vlen; ++index) {
    const Enumerator& enumerator = enumerators_[index];
    writer_.name(enumerator.name);
    writer_.value(static_cast<uint32_t>(enumerator.value));
    if (head.kind == Kind::Enum64) writer_.value(static_cast<uint32_t>(enumerator.value >> 32));
  }
}

}  // namespace tspahole::dwarf
