#include <dwarf.h>

#include "lowering.h"

namespace tspahole::dwarf {

namespace {

// BTF's encoding bits of an integer (bits 24-27 of its extra word).
constexpr uint32_t kSigned = 1 << 24;
constexpr uint32_t kBool = 4 << 24;

constexpr uint64_t kMaxIntBits = 0xff;

Kind baseTypeKind(uint64_t encoding) {
  switch (encoding) {
    case DW_ATE_float: return Kind::Float;
    case DW_ATE_complex_float:
    case DW_ATE_imaginary_float: return Kind::Complex;
    default: return Kind::Int;
  }
}

// Characters count as integers of their signedness, as pahole and compilers write them in BTF.
uint32_t intEncoding(uint64_t encoding) {
  switch (encoding) {
    case DW_ATE_signed:
    case DW_ATE_signed_char: return kSigned;
    case DW_ATE_boolean: return kBool;
    default: return 0;
  }
}

}  // namespace

uint32_t Lowering::lowerBaseType(Entry& entry) {
  const uint64_t encoding = entry.attributes.numberOr(Attribute::Encoding, 0);
  const Kind kind = baseTypeKind(encoding);
  RecordOrigin origin = originOf(entry);
  origin.attributes = static_cast<uint32_t>(encoding);
  const uint32_t id = begin(entry, headOf(entry, kind), origin);
  const uint32_t byteSize = byteSizeOf(entry);
  writer_.value(byteSize);
  if (kind != Kind::Int) return id;
  const uint64_t bits = uint64_t{byteSize} * 8;
  writer_.value(intEncoding(encoding) | static_cast<uint32_t>(bits > kMaxIntBits ? kMaxIntBits : bits));
  return id;
}

uint32_t Lowering::lowerReference(Entry& entry, Kind kind) {
  const uint32_t id = begin(entry, headOf(entry, kind));
  writer_.type(typeOf(entry));
  return id;
}

uint32_t Lowering::lowerPointer(Entry& entry) {
  const uint64_t size = entry.attributes.numberOr(Attribute::ByteSize, batch_->head.addressSize);
  if (size != batch_->head.addressSize) noteOnce(entry.die, "a pointer has not the size of an address");
  const Key pointee = typeOf(entry);
  const uint32_t tag = writeTypeTags(entry, pointee);
  const uint32_t id = begin(entry, headOf(entry, Kind::Pointer));
  if (tag != 0) writer_.typeId(tag);
  else writer_.type(pointee);
  return id;
}

uint32_t Lowering::lowerPointerToMember(Entry& entry) {
  const uint32_t id = lowerReference(entry, Kind::PointerToMember);
  writer_.type(references_.keyOf(entry.attributes, Attribute::ContainingType));
  return id;
}

uint32_t Lowering::lowerTypedef(Entry& entry) {
  const size_t tags = declTags_.size();
  addDeclTagsOf(entry, kMissing);
  const uint32_t id = lowerReference(entry, Kind::Typedef);
  writeDeclTags(id, tags);
  return id;
}

uint32_t Lowering::lowerUnspecified(Entry& entry) {
  const uint32_t id = begin(entry, headOf(entry, Kind::Unspecified));
  writer_.value(0);
  return id;
}

uint32_t Lowering::lowerString(Entry& entry) {
  const uint32_t id = begin(entry, headOf(entry, Kind::String));
  writer_.value(byteSizeOf(entry));
  return id;
}

}  // namespace tspahole::dwarf
