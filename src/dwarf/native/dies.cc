#include "dies.h"

#include <dwarf.h>

#include <cstring>

namespace tspahole::dwarf {

namespace {

// Codes of compilers count from 1. Tables with others, and longer ones, are left to libdw.
constexpr uint64_t kMaxCode = 1 << 16;
constexpr uint64_t kMaxTableSize = 1 << 20;
// Bytes of a LEB128 number that are read here.
constexpr int kMaxLebBytes = 9;

bool isLocalReference(unsigned form) {
  switch (form) {
    case DW_FORM_ref1:
    case DW_FORM_ref2:
    case DW_FORM_ref4:
    case DW_FORM_ref8:
    case DW_FORM_ref_udata: return true;
    default: return false;
  }
}

// Number at `at`, which advances. False when it does not end before `end` or is longer than need be.
bool readLeb(const unsigned char*& at, const unsigned char* end, uint64_t& value) {
  value = 0;
  for (int index = 0; index < kMaxLebBytes && at < end; ++index) {
    const unsigned char byte = *at++;
    value |= static_cast<uint64_t>(byte & 0x7f) << 7 * index;
    if ((byte & 0x80) == 0) return true;
  }
  return false;
}

const unsigned char* skipLeb(const unsigned char* at, const unsigned char* end) {
  uint64_t value;
  return readLeb(at, end, value) ? at : nullptr;
}

const unsigned char* skipBytes(const unsigned char* at, const unsigned char* end, uint64_t count) {
  return count <= static_cast<uint64_t>(end - at) ? at + count : nullptr;
}

// A block behind its length, a number of `size` bytes.
const unsigned char* skipBlock(const unsigned char* at, const unsigned char* end, size_t size) {
  uint32_t length = 0;
  if (static_cast<size_t>(end - at) < size) return nullptr;
  std::memcpy(&length, at, size);
  return skipBytes(at + size, end, length);
}

const unsigned char* skipLebBlock(const unsigned char* at, const unsigned char* end) {
  uint64_t length;
  return readLeb(at, end, length) ? skipBytes(at, end, length) : nullptr;
}

const unsigned char* skipText(const unsigned char* at, const unsigned char* end) {
  const void* nul = std::memchr(at, '\0', static_cast<size_t>(end - at));
  return nul == nullptr ? nullptr : static_cast<const unsigned char*>(nul) + 1;
}

void set(Dwarf_Die& die, const unsigned char* address, Dwarf_CU* unit) {
  die = {};
  die.addr = const_cast<unsigned char*>(address);
  die.cu = unit;
}

}  // namespace

void Dies::reset(const Dwarf_Die& unitDie, const UnitHeader& header, bool isOwn) {
  unit_ = nullptr;
  if (!isOwn || header.version < 2 || header.version > 5 || header.end < header.dieOffset) return;
  if (header.abbreviationSize > kMaxTableSize) return;
  const Encoding encoding{header.abbreviationOffset, header.addressSize, header.offsetSize, header.version == 2};
  if (!(encoding == encoding_) || abbreviations_.empty()) {
    encoding_ = encoding;
    isTableUsable_ = readTable();
  }
  if (!isTableUsable_) return;
  unit_ = unitDie.cu;
  const auto* die = static_cast<const unsigned char*>(unitDie.addr);
  start_ = die - (header.dieOffset - header.offset);
  end_ = start_ + (header.end - header.offset);
}

bool Dies::readTable() {
  fields_.clear();
  abbreviations_.clear();
  byCode_.clear();
  if (encoding_.offset >= section_.size()) return false;
  const auto* at = reinterpret_cast<const unsigned char*>(section_.data());
  const unsigned char* end = at + section_.size();
  at += encoding_.offset;
  uint64_t code;
  while (readLeb(at, end, code)) {
    if (code == 0) return true;
    if (code > kMaxCode || !readAbbreviation(code, at, end)) return false;
  }
  return false;
}

bool Dies::readAbbreviation(uint64_t code, const unsigned char*& at, const unsigned char* end) {
  uint64_t tag;
  if (!readLeb(at, end, tag) || tag > 0xffff || at == end) return false;
  Abbreviation abbreviation{};
  abbreviation.tag = static_cast<uint32_t>(tag);
  abbreviation.hasChildren = *at++ == DW_CHILDREN_yes;
  abbreviation.firstField = static_cast<uint32_t>(fields_.size());
  if (!readFields(abbreviation, at, end)) return false;
  abbreviation.endField = static_cast<uint32_t>(fields_.size());
  return addAbbreviation(code, abbreviation);
}

bool Dies::readFields(Abbreviation& abbreviation, const unsigned char*& at, const unsigned char* end) {
  uint64_t code, form, constant;
  while (readLeb(at, end, code) && readLeb(at, end, form)) {
    if (code == 0 && form == 0) return true;
    if (code == 0 || code > 0xffff || form == 0 || form > 0xffff) return false;
    Field field{at, static_cast<uint32_t>(code), static_cast<uint16_t>(form), 0, 0};
    if (form == DW_FORM_implicit_const && !readLeb(at, end, constant)) return false;
    field.size = sizeOf(field.form);
    Attribute slot = attributeOf(field.code);
    const uint64_t bit = uint64_t{1} << static_cast<unsigned>(slot);
    // Of repeated attributes the first counts.
    if ((abbreviation.present & bit) != 0) slot = Attribute::Ignored;
    if (slot != Attribute::Ignored) abbreviation.present |= bit;
    field.slot = static_cast<uint8_t>(slot);
    if (code == DW_AT_sibling) abbreviation.hasSibling = true;
    if (field.size == kVariable) abbreviation.fixedSize = kNotFixed;
    if (abbreviation.fixedSize != kNotFixed) abbreviation.fixedSize += field.size;
    fields_.push_back(field);
  }
  return false;
}

// False where there is one of this code already.
bool Dies::addAbbreviation(uint64_t code, const Abbreviation& abbreviation) {
  abbreviations_.push_back(abbreviation);
  if (code >= byCode_.size()) byCode_.resize(code + 1, 0);
  if (byCode_[code] != 0) return false;
  byCode_[code] = static_cast<uint32_t>(abbreviations_.size());
  return true;
}

// Bytes of a value; kVariable also for forms that `skip` does not know.
uint8_t Dies::sizeOf(unsigned form) const {
  switch (form) {
    case DW_FORM_flag_present:
    case DW_FORM_implicit_const: return 0;
    case DW_FORM_data1:
    case DW_FORM_ref1:
    case DW_FORM_flag:
    case DW_FORM_strx1:
    case DW_FORM_addrx1: return 1;
    case DW_FORM_data2:
    case DW_FORM_ref2:
    case DW_FORM_strx2:
    case DW_FORM_addrx2: return 2;
    case DW_FORM_strx3:
    case DW_FORM_addrx3: return 3;
    case DW_FORM_data4:
    case DW_FORM_ref4:
    case DW_FORM_strx4:
    case DW_FORM_addrx4: return 4;
    case DW_FORM_data8:
    case DW_FORM_ref8:
    case DW_FORM_ref_sig8: return 8;
    case DW_FORM_data16: return 16;
    case DW_FORM_addr: return encoding_.addressSize;
    case DW_FORM_ref_addr: return encoding_.hasOldReferences ? encoding_.addressSize : encoding_.offsetSize;
    case DW_FORM_strp:
    case DW_FORM_line_strp:
    case DW_FORM_sec_offset: return encoding_.offsetSize;
    default: return kVariable;
  }
}

// The end of a value of variable size; null where it is damaged, or its form is not known here.
const unsigned char* Dies::skip(const unsigned char* at, unsigned form) const {
  switch (form) {
    case DW_FORM_udata:
    case DW_FORM_sdata:
    case DW_FORM_ref_udata:
    case DW_FORM_strx:
    case DW_FORM_addrx:
    case DW_FORM_loclistx:
    case DW_FORM_rnglistx: return skipLeb(at, end_);
    case DW_FORM_string: return skipText(at, end_);
    case DW_FORM_block:
    case DW_FORM_exprloc: return skipLebBlock(at, end_);
    case DW_FORM_block1: return skipBlock(at, end_, 1);
    case DW_FORM_block2: return skipBlock(at, end_, 2);
    case DW_FORM_block4: return skipBlock(at, end_, 4);
    default: return nullptr;
  }
}

const Dies::Abbreviation* Dies::lookUp(uint32_t code) const {
  if (code >= byCode_.size() || byCode_[code] == 0) return nullptr;
  return &abbreviations_[byCode_[code] - 1];
}

// The abbreviation of `die`, and where its attributes begin; null when libdw should look.
const Dies::Abbreviation* Dies::find(const Dwarf_Die& die, const unsigned char*& attributes) const {
  if (die.cu != unit_) return nullptr;
  const auto* at = static_cast<const unsigned char*>(die.addr);
  uint64_t code;
  if (at < start_ || at >= end_ || !readLeb(at, end_, code) || code > kMaxCode) return nullptr;
  attributes = at;
  return lookUp(static_cast<uint32_t>(code));
}

// Whether a list of DIEs may end here in a long way to write 0.
bool Dies::isOdd(const unsigned char* at) const {
  return *at == 0x80 && (at + 1 == end_ || at[1] == 0 || at[1] == 0x80);
}

int Dies::tag(Dwarf_Die& die) const {
  const unsigned char* at;
  const Abbreviation* abbreviation = find(die, at);
  return abbreviation == nullptr ? dwarf_tag(&die) : static_cast<int>(abbreviation->tag);
}

bool Dies::read(Dwarf_Die& die, Attributes& attributes) const {
  const unsigned char* at;
  const Abbreviation* abbreviation = find(die, at);
  if (abbreviation == nullptr) return attributes.read(die);
  attributes.begin(unit_, abbreviation->present, encoding_.offsetSize);
  for (uint32_t index = abbreviation->firstField; index < abbreviation->endField; ++index) {
    const Field& field = fields_[index];
    const bool isConstant = field.form == DW_FORM_implicit_const;
    attributes.put(field.slot, isConstant ? field.constant : at, field.form, field.code);
    if (field.size == kVariable) at = skip(at, field.form);
    else at = skipBytes(at, end_, field.size);
    if (at == nullptr) return attributes.read(die);
  }
  return true;
}

const unsigned char* Dies::endOf(const Abbreviation& abbreviation, const unsigned char* at) const {
  if (abbreviation.fixedSize != kNotFixed) return skipBytes(at, end_, abbreviation.fixedSize);
  for (uint32_t index = abbreviation.firstField; at != nullptr && index < abbreviation.endField; ++index) {
    const Field& field = fields_[index];
    at = field.size == kVariable ? skip(at, field.form) : skipBytes(at, end_, field.size);
  }
  return at;
}

// Where DW_AT_sibling leads; null when libdw should look.
const unsigned char* Dies::siblingOf(const Abbreviation& abbreviation, const unsigned char* die,
                                     const unsigned char* at) const {
  for (uint32_t index = abbreviation.firstField; at != nullptr && index < abbreviation.endField; ++index) {
    const Field& field = fields_[index];
    const unsigned char* value = at;
    at = field.size == kVariable ? skip(at, field.form) : skipBytes(at, end_, field.size);
    if (field.code != DW_AT_sibling) continue;
    uint64_t offset = 0;
    if (at == nullptr || !isLocalReference(field.form)) return nullptr;
    if (field.size == kVariable) readLeb(value, end_, offset);
    else std::memcpy(&offset, value, field.size);
    const bool isBehind = offset > static_cast<uint64_t>(die - start_);
    return isBehind && offset < static_cast<uint64_t>(end_ - start_) ? start_ + offset : nullptr;
  }
  return nullptr;
}

int Dies::child(Dwarf_Die& parent, Dwarf_Die& first) const {
  const unsigned char* at;
  const Abbreviation* abbreviation = find(parent, at);
  if (abbreviation == nullptr) return dwarf_child(&parent, &first);
  if (!abbreviation->hasChildren) return 1;
  at = endOf(*abbreviation, at);
  if (at == nullptr || at >= end_ || isOdd(at)) return dwarf_child(&parent, &first);
  if (*at == 0) return 1;
  set(first, at, unit_);
  return 0;
}

int Dies::sibling(Dwarf_Die& die, Dwarf_Die& next) const {
  if (die.cu != unit_) return dwarf_siblingof(&die, &next);
  const unsigned char* at = behind(static_cast<const unsigned char*>(die.addr));
  if (at == nullptr || at >= end_ || isOdd(at)) return dwarf_siblingof(&die, &next);
  if (*at == 0) return 1;
  set(next, at, unit_);
  return 0;
}

const unsigned char* Dies::behind(const unsigned char* die) const {
  const unsigned char* at = die;
  unsigned level = 0;
  do {
    Dwarf_Die each{};
    set(each, at, unit_);
    const unsigned char* attributes;
    const Abbreviation* abbreviation = find(each, attributes);
    if (abbreviation == nullptr) return nullptr;
    if (abbreviation->hasSibling) {
      at = siblingOf(*abbreviation, at, attributes);
    } else {
      at = endOf(*abbreviation, attributes);
      if (abbreviation->hasChildren) level += 1;
    }
    while (level > 0 && at != nullptr && at < end_ && *at == 0) {
      level -= 1;
      at += 1;
    }
    if (at == nullptr || at >= end_ || isOdd(at)) return nullptr;
  } while (level > 0);
  return at;
}

}  // namespace tspahole::dwarf
