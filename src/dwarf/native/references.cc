#include "references.h"

#include <algorithm>

namespace tspahole::dwarf {

namespace {

constexpr size_t kMinSlots = 256;
constexpr size_t kMaxFirstSlots = size_t{1} << 20;
// Bytes of a unit per type, at least, in what compilers write.
constexpr uint64_t kBytesPerType = 16;

// Finalizer of MurmurHash3.
uint32_t mix(uint32_t key) {
  key ^= key >> 16;
  key *= 0x85ebca6bu;
  key ^= key >> 13;
  key *= 0xc2b2ae35u;
  return key ^ key >> 16;
}

}  // namespace

void IdTable::reset(size_t expected) {
  size_t size = kMinSlots;
  while (size < expected && size < kMaxFirstSlots) size *= 2;
  slots_.assign(size, {kVoidKey, 0});
  mask_ = size - 1;
  count_ = 0;
}

size_t IdTable::place(Key key) const {
  size_t at = mix(key) & mask_;
  while (slots_[at].key != kVoidKey && slots_[at].key != key) at = (at + 1) & mask_;
  return at;
}

void IdTable::insert(Key key, uint32_t id) {
  Slot& slot = slots_[place(key)];
  const bool isNew = slot.key == kVoidKey;
  slot = {key, id};
  if (isNew && ++count_ > slots_.size() / 2) grow();
}

uint32_t IdTable::find(Key key) const {
  const Slot& slot = slots_[place(key)];
  return slot.key == key ? slot.id : kNoId;
}

void IdTable::grow() {
  std::vector<Slot> old(2 * slots_.size(), Slot{kVoidKey, 0});
  old.swap(slots_);
  mask_ = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.key != kVoidKey) slots_[place(slot.key)] = slot;
  }
}

void References::reset(const Dwarf_Die& unitDie, uint64_t byteSize) {
  Dwarf_Die die = unitDie;
  unit_ = die.cu;
  unitStart_ = static_cast<char*>(die.addr) - dwarf_cuoffset(&die);
  unitSize_ = std::min<uint64_t>(byteSize, kForeignKey);
  ids_.reset(std::min<uint64_t>(byteSize / kBytesPerType, kMaxFirstSlots));
  foreign_.clear();
  foreignKeys_.clear();
}

Key References::keyOf(const Dwarf_Die& die) {
  if (die.cu != unit_) return foreignKey(die);
  const auto offset = static_cast<uint64_t>(static_cast<char*>(die.addr) - unitStart_);
  return offset != 0 && offset < kForeignKey ? static_cast<Key>(offset) : kBrokenKey;
}

Key References::keyOf(const Attributes& attributes, Attribute attribute) {
  if (!attributes.has(attribute)) return kVoidKey;
  if (const auto offset = attributes.localReference(attribute)) {
    return *offset != 0 && *offset < unitSize_ ? static_cast<Key>(*offset) : kBrokenKey;
  }
  Dwarf_Die target;
  return attributes.target(attribute, target) ? keyOf(target) : kBrokenKey;
}

Dwarf_Die References::dieOf(Key key) const {
  if (isForeign(key)) return foreign_[key & ~kForeignKey];
  Dwarf_Die die{};
  die.addr = unitStart_ + key;
  die.cu = unit_;
  return die;
}

Key References::foreignKey(const Dwarf_Die& die) {
  if (foreign_.size() >= kForeignKey - 2) return kBrokenKey;
  const Key next = kForeignKey | static_cast<Key>(foreign_.size());
  const auto [entry, isNew] = foreignKeys_.emplace(die.addr, next);
  if (isNew) foreign_.push_back(die);
  return entry->second;
}

}  // namespace tspahole::dwarf
