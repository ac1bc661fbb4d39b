// Writes records and their columns into a unit batch, and at the end turns keys into type ids.

#pragma once

#include <vector>

#include "references.h"
#include "unit.h"

namespace tspahole::dwarf {

// What is known of a record before its third word.
struct RecordHead {
  Kind kind;
  // Name word.
  uint32_t name = 0;
  // Number of elements; for a function its linkage.
  uint32_t vlen = 0;
  bool kindFlag = false;
  uint32_t flags = 0;
};

// What the side columns say about a record.
struct RecordOrigin {
  uint32_t dieOffset = 0;
  uint32_t alignment = 0;
  uint32_t attributes = 0;
  // Name word.
  uint32_t declFile = 0;
  uint32_t declLine = 0;
};

class Writer {
 public:
  void reset(UnitBatch& batch);

  // Starts a record and returns its id. The words that follow its info word come by the calls below.
  uint32_t begin(const RecordHead& head, const RecordOrigin& origin);
  void value(uint32_t word) { batch_->words.push(word); }
  void name(uint32_t word);
  // A type that is referred to by a key, or that has its id already.
  void type(Key key);
  void typeId(uint32_t id) { batch_->words.push(id); }
  void member(uint32_t flags, uint32_t alignment);

  // Id that the next record gets.
  uint32_t nextId() const { return batch_->typeCount() + 1; }
  bool isFull() const { return batch_->words.size() >= kMaxWords; }

  // Records begun between `openScope` and `closeScope` that no inner scope took belong to `owner`.
  size_t openScope() const { return unscoped_.size(); }
  void closeScope(size_t mark, uint32_t owner);

  // Type words written so far. Words appended while they are walked are walked too.
  size_t typeWordCount() const { return typeWords_.size(); }
  Key keyAt(size_t index) const { return batch_->words[typeWords_[index]]; }
  void resolve(size_t index, uint32_t id) { batch_->words.set(typeWords_[index], id); }

 private:
  // 512 MiB of records: more than that is no real unit.
  static constexpr size_t kMaxWords = size_t{1} << 27;

  UnitBatch* batch_ = nullptr;
  std::vector<uint32_t> typeWords_;
  std::vector<uint32_t> unscoped_;
};

}  // namespace tspahole::dwarf
