// Where a data member lies. DWARF has said it in three ways; each becomes the offset in bits from the start of
// the composite to the first bit of the member: the least significant one for little endian, the most
// significant one for big endian.
//
//   1. DW_AT_data_bit_offset (DWARF 4): that very number.
//   2. DW_AT_data_member_location, and for a bitfield DW_AT_bit_offset (DWARF 2 and 3): the number of bits
//      from the most significant bit of the storage unit to that of the member, so that little endian
//      counts from the other end. The storage unit has DW_AT_byte_size bytes, or those of the type.
//   3. DW_AT_data_member_location alone: bytes, as a number or as an expression that adds a constant.

#include <dwarf.h>

#include <algorithm>

#include "expressions.h"
#include "lowering.h"

namespace tspahole::dwarf {

namespace {

// Typedefs and qualifiers between a member and the type that has a size.
constexpr int kMaxAliases = 32;

constexpr uint32_t kMaxBitfieldSize = 0xff;
// Bits of a value word that say the offset: in a composite with bitfields the others say the size.
constexpr unsigned kBitfieldOffsetBits = 24;
constexpr unsigned kOffsetBits = 32;

}  // namespace

// DWARF 4 writes static members of classes as members without a place. Members of unions need none.
bool Lowering::isStaticMember(const Entry& entry, bool isInUnion) const {
  const Attributes& attributes = entry.attributes;
  if (entry.tag != DW_TAG_member || attributes.has(Attribute::DataMemberLocation) ||
      attributes.has(Attribute::DataBitOffset)) {
    return false;
  }
  return !isInUnion || attributes.flag(Attribute::External) || attributes.flag(Attribute::Declaration);
}

Lowering::Member Lowering::readMember(Entry& entry) {
  const Attributes& attributes = entry.attributes;
  Member member{};
  member.name = nameOf(entry);
  member.type = references_.keyOf(attributes, Attribute::Type);
  member.bitSize = static_cast<uint32_t>(std::min<uint64_t>(attributes.numberOr(Attribute::BitSize, 0), ~0u));
  member.bitOffset = memberBitOffset(entry, member.bitSize);
  member.alignment = static_cast<uint32_t>(attributes.numberOr(Attribute::Alignment, 0));
  member.flags = memberFlagsOf(entry);
  if (member.bitOffset == kNoConstant) member.flags |= memberFlag::NoConstantOffset;
  return member;
}

uint32_t Lowering::memberFlagsOf(const Entry& entry) const {
  const Attributes& attributes = entry.attributes;
  uint32_t flags = entry.tag == DW_TAG_inheritance ? memberFlag::Inheritance : 0;
  if (attributes.numberOr(Attribute::Virtuality, 0) != DW_VIRTUALITY_none) flags |= memberFlag::Virtual;
  if (attributes.flag(Attribute::Artificial)) flags |= memberFlag::Artificial;
  if (attributes.flag(Attribute::Mutable)) flags |= memberFlag::Mutable;
  const auto accessibility = static_cast<uint32_t>(attributes.numberOr(Attribute::Accessibility, 0));
  return flags | (accessibility & 3) << memberFlag::AccessibilityShift;
}

uint64_t Lowering::memberBitOffset(Entry& entry, uint32_t bitSize) {
  const auto bits = entry.attributes.number(Attribute::DataBitOffset);
  const uint64_t byteOffset = bits ? *bits / 8 : memberByteOffset(entry);
  if (byteOffset == kNoConstant) return kNoConstant;
  if (byteOffset > kMaxBytes) return tooFar(entry);
  if (bits) return *bits;
  if (bitSize == 0 || !entry.attributes.has(Attribute::BitOffset)) return byteOffset * 8;
  const uint64_t bitOffset = oldBitfieldOffset(entry, byteOffset, bitSize);
  return bitOffset / 8 > kMaxBytes ? tooFar(entry) : bitOffset;
}

uint64_t Lowering::tooFar(const Entry& entry) {
  note(entry.die, "a member lies 4 GiB or more behind the start of its type");
  return kNoConstant;
}

uint64_t Lowering::memberByteOffset(const Entry& entry) {
  const Attributes& attributes = entry.attributes;
  if (!attributes.has(Attribute::DataMemberLocation)) return 0;
  if (const auto bytes = attributes.number(Attribute::DataMemberLocation)) return *bytes;
  const auto expression = attributes.block(Attribute::DataMemberLocation);
  const uint64_t offset = expression ? constantOf(*expression) : kNoConstant;
  if (offset == kNoConstant && entry.tag != DW_TAG_inheritance) {
    note(entry.die, "a member without a constant offset");
  }
  return offset;
}

uint64_t Lowering::oldBitfieldOffset(Entry& entry, uint64_t byteOffset, uint32_t bitSize) {
  const uint64_t bitOffset = entry.attributes.numberOr(Attribute::BitOffset, 0);
  if (!batch_->head.isLittleEndian) return byteOffset * 8 + bitOffset;
  // Below 0 for a member that begins in an earlier storage unit: the sum is right again.
  return byteOffset * 8 + storageByteSize(entry) * 8 - bitOffset - bitSize;
}

// Size of the storage unit of a bitfield: its own, or that of its type behind typedefs and qualifiers.
uint64_t Lowering::storageByteSize(Entry& entry) {
  Attributes attributes = entry.attributes;
  for (int step = 0; step < kMaxAliases; ++step) {
    if (const auto size = attributes.number(Attribute::ByteSize)) return *size;
    Dwarf_Die type;
    if (!attributes.target(Attribute::Type, type) || !dies_.read(type, attributes)) break;
  }
  note(entry.die, "a bitfield whose storage unit has no size");
  return 0;
}

bool Lowering::hasBitfields(size_t from) const {
  for (size_t index = from; index < members_.size(); ++index) {
    if (members_[index].bitSize != 0) return true;
  }
  return false;
}

// The first members from `from` on, as many as the record has elements.
void Lowering::writeMembers(size_t from, const RecordHead& head) {
  const unsigned offsetBits = head.kindFlag ? kBitfieldOffsetBits : kOffsetBits;
  for (size_t index = from; index < from + head.vlen; ++index) {
    const Member& member = members_[index];
    const bool isPlaced = (member.flags & memberFlag::NoConstantOffset) == 0;
    const uint64_t high = isPlaced ? member.bitOffset >> offsetBits : 0;
    writer_.name(member.name);
    writer_.type(member.type);
    writer_.value(isPlaced ? memberValue(member, head.kindFlag) : kNoOffset);
    writer_.member(member.flags | static_cast<uint32_t>(high) << memberFlag::HighOffsetShift, member.alignment);
  }
}

uint32_t Lowering::memberValue(const Member& member, bool hasBitfields) const {
  const auto offset = static_cast<uint32_t>(member.bitOffset);
  if (!hasBitfields) return offset;
  const uint32_t low = offset & ((1u << kBitfieldOffsetBits) - 1);
  return std::min(member.bitSize, kMaxBitfieldSize) << kBitfieldOffsetBits | low;
}

}  // namespace tspahole::dwarf
