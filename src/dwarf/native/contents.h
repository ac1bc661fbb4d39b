// Numbers for what types are, so that the types that a unit repeats from its headers are recognised.
//
// Two types have the same number where their records are the same word for word, but for type ids, and what they
// refer to has the same numbers. A reference to a struct, union or enum with a name counts as that name alone: so
// types with the same number are one type if names stand for the same in both units. A number of 0 says nothing:
// the type refers to a name that the unit gives to several types, or to itself without a name on the way.
//
// All threads give the same numbers, but which number a type gets depends on them.

#pragma once

#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

#include "unit.h"

namespace tspahole::dwarf {

// A run of words that has a number; the words lie behind it. Never moved, never changed.
struct Run {
  uint64_t hash;
  uint32_t number;
  uint32_t length;

  bool isEqual(const uint32_t* words, size_t count) const {
    return length == count && std::memcmp(this + 1, words, count * sizeof(uint32_t)) == 0;
  }
};

// Runs by their words.
class RunTable {
 public:
  RunTable() : slots_(1 << 12) {}

  const Run* find(const uint32_t* words, size_t length, uint64_t hash) const;
  // Adds a run that is not there.
  void add(const Run* run);

 private:
  struct Slot {
    uint64_t hash = 0;
    const Run* run = nullptr;
  };
  void place(const Run* run);

  std::vector<Slot> slots_;
  size_t count_ = 0;
};

// The runs of all threads.
class SharedRuns {
 public:
  SharedRuns() = default;
  SharedRuns(const SharedRuns&) = delete;
  SharedRuns& operator=(const SharedRuns&) = delete;

  // The run of these words, which gets the next number if it is new. Runs live as long as this.
  const Run* intern(const uint32_t* words, size_t length, uint64_t hash);

 private:
  const Run* copyOf(const uint32_t* words, size_t length, uint64_t hash);
  uint64_t* room(size_t size);

  std::mutex mutex_;
  RunTable table_;
  std::vector<std::unique_ptr<uint64_t[]>> chunks_;
  size_t chunkSize_ = 0;
  size_t chunkUsed_ = 0;
  uint32_t count_ = 0;
};

// Numbers the types of one unit at a time; one for each thread.
class Contents {
 public:
  // `shared` must outlive this.
  explicit Contents(SharedRuns& shared) : shared_(shared) {}

  // Fills the contents column of a lowered unit.
  void number(UnitBatch& batch);
  // Leaves of the records of types that an earlier unit of this thread has had nothing but their kinds.
  void omitRepeats();

 private:
  struct Node {
    // The number of the name by which references know it; 0 for types that have none.
    uint32_t tag;
    // A number, 0, or one of the two below.
    uint32_t number;
  };
  // Runs that are asked for one after the other.
  struct Chain {
    // By number: the run that followed last time.
    std::vector<const Run*> next = std::vector<const Run*>(1 << 12, nullptr);
    uint32_t last = 0;
  };
  static constexpr uint32_t kNew = 0xffffffff;
  static constexpr uint32_t kOpen = 0xfffffffe;

  enum class Outcome { Done, Unknown, Blocked };

  void start(UnitBatch& batch);
  void numberTags();
  uint32_t tagOf(uint32_t id);
  bool isAmbiguous(uint32_t tag) const { return uses_[tag] == 2 * unit_ + 1; }
  void visit(uint32_t root);
  bool tryToNumber(uint32_t id);
  void pushOperands(uint32_t id);
  template <typename Visit>
  void forEachOperand(uint32_t id, Visit visit) const;
  Outcome build(uint32_t id);
  uint32_t reference(uint32_t target, Outcome& outcome) const;
  void pushHighOffsets(uint32_t id, uint32_t vlen);
  uint32_t nameOf(uint32_t word);
  void markNeeded();
  void markSized(uint32_t root);
  bool isNeeded(uint32_t id);
  uint32_t intern(const std::vector<uint32_t>& words, Chain& chain);
  const Run* find(const std::vector<uint32_t>& words);

  const uint32_t* recordOf(uint32_t id) const { return batch_->words.data() + batch_->starts[id - 1]; }

  SharedRuns& shared_;
  RunTable known_;
  Chain types_, tags_, texts_;
  UnitBatch* batch_ = nullptr;
  // Counts units, from 1 on.
  uint32_t unit_ = 0;
  // By id, from 1 on.
  std::vector<Node> nodes_;
  // By the number of a tag: twice the last unit that has it, one more if several types of that unit do.
  std::vector<uint32_t> uses_;
  // By number: the first unit with these contents.
  std::vector<uint32_t> firstUnits_;
  // By id: whether the record is needed to work out sizes.
  std::vector<bool> isSized_;
  // By the number of a local name: that of its text, or 0 where nobody has asked.
  std::vector<uint32_t> names_;
  std::vector<uint32_t> path_;
  std::vector<uint32_t> key_;
  std::vector<uint32_t> text_;
};

}  // namespace tspahole::dwarf
