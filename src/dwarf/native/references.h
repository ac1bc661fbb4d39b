// What a type word says before the unit is complete: a key for the DIE it refers to, since a DIE may refer to
// one that comes later and ids are given when a DIE is done. A key is the offset of the DIE in its unit, or,
// for a DIE of another unit, the number it got here.

#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "attributes.h"

namespace tspahole::dwarf {

using Key = uint32_t;

// No reference: void.
constexpr Key kVoidKey = 0;
// A reference that leads nowhere.
constexpr Key kBrokenKey = 0xffffffff;
// Set in keys of DIEs of other units.
constexpr Key kForeignKey = 0x80000000;

// Answer for a key without an id.
constexpr uint32_t kNoId = 0xfffffffe;
// Stands for the id of a DIE that is being lowered aside from the walk.
constexpr uint32_t kUnfinished = 0xfffffffd;

// Hash table from keys to type ids.
class IdTable {
 public:
  // Empties it and makes room for about `expected` entries.
  void reset(size_t expected);
  void insert(Key key, uint32_t id);
  // The id, or kNoId.
  uint32_t find(Key key) const;

 private:
  struct Slot {
    Key key;
    uint32_t id;
  };
  size_t place(Key key) const;
  void grow();

  std::vector<Slot> slots_;
  size_t mask_ = 0;
  size_t count_ = 0;
};

class References {
 public:
  // Starts the unit of `unitDie`, which has `byteSize` bytes.
  void reset(const Dwarf_Die& unitDie, uint64_t byteSize);

  Key keyOf(const Dwarf_Die& die);
  // Key of the DIE that an attribute refers to; kVoidKey when it is absent.
  Key keyOf(const Attributes& attributes, Attribute attribute);
  // The DIE of a key that is neither void nor broken. It need not be a proper one.
  Dwarf_Die dieOf(Key key) const;
  static bool isForeign(Key key) { return (key & kForeignKey) != 0; }

  void define(Key key, uint32_t id) { ids_.insert(key, id); }
  uint32_t find(Key key) const { return ids_.find(key); }

 private:
  Key foreignKey(const Dwarf_Die& die);

  Dwarf_CU* unit_ = nullptr;
  char* unitStart_ = nullptr;
  // Bytes that have a key.
  uint64_t unitSize_ = 0;
  IdTable ids_;
  std::vector<Dwarf_Die> foreign_;
  std::unordered_map<void*, Key> foreignKeys_;
};

}  // namespace tspahole::dwarf
