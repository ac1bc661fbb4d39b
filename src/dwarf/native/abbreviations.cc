#include "abbreviations.h"

#include <dwarf.h>

namespace tspahole::dwarf {

namespace {

// How often the section may be read in all, and what is read anyway.
constexpr uint64_t kMaxReadings = 4;
constexpr uint64_t kFreeBytes = 1 << 20;

// Reads LEB128 numbers; past the end they are 0.
class Cursor {
 public:
  Cursor(std::string_view bytes, uint64_t at) : bytes_(bytes), at_(at) {}

  uint64_t position() const { return at_; }
  bool isAtEnd() const { return at_ >= bytes_.size(); }
  void skipByte() { at_ += 1; }

  uint64_t number() {
    uint64_t value = 0;
    for (unsigned shift = 0; !isAtEnd(); shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes_[at_++]);
      if (shift < 64) value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) break;
    }
    return value;
  }

 private:
  std::string_view bytes_;
  uint64_t at_;
};

void skipAbbreviation(Cursor& cursor) {
  cursor.number();  // tag
  cursor.skipByte();  // whether it has children
  while (!cursor.isAtEnd()) {
    const uint64_t attribute = cursor.number();
    const uint64_t form = cursor.number();
    if (form == DW_FORM_implicit_const) cursor.number();
    if (attribute == 0 && form == 0) return;
  }
}

}  // namespace

AbbreviationTables::AbbreviationTables(std::string_view section)
    : section_(section), bytesLeft_(kMaxReadings * section.size() + kFreeBytes) {}

uint64_t AbbreviationTables::sizeAt(uint64_t offset) {
  if (offset >= section_.size()) return 0;
  const auto known = sizes_.find(offset);
  if (known != sizes_.end()) return known->second;
  const uint64_t size = bytesLeft_ == 0 ? section_.size() - offset : measure(offset);
  bytesLeft_ -= size < bytesLeft_ ? size : bytesLeft_;
  sizes_.emplace(offset, size);
  return size;
}

uint64_t AbbreviationTables::measure(uint64_t offset) {
  Cursor cursor(section_, offset);
  while (!cursor.isAtEnd() && cursor.number() != 0) skipAbbreviation(cursor);
  return cursor.position() - offset;
}

}  // namespace tspahole::dwarf
