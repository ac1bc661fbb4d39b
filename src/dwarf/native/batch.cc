#include "batch.h"

#include <array>
#include <cstring>

namespace tspahole::dwarf {

namespace {

struct Run {
  const void* data;
  // As the table says it: words, or bytes in the arena.
  size_t length;
  size_t byteSize;
  size_t words() const { return (byteSize + sizeof(uint32_t) - 1) / sizeof(uint32_t); }
};

Run wholeRun(const Column& column) {
  return {column.data(), column.size(), column.size() * sizeof(uint32_t)};
}

Run runOf(const Column& column) { return column.isAllZero() ? Run{} : wholeRun(column); }

std::array<Run, kBatchColumns> runsOf(const UnitBatch& batch) {
  const bool hasMemberColumns = !batch.memberFlags.isAllZero() || !batch.memberAlignments.isAllZero();
  const std::string& arena = batch.arenaBytes;
  const auto unlessEncoded = [&](const Column& column) { return batch.isForEncoding ? Run{} : runOf(column); };
  return {
      wholeRun(batch.words),
      wholeRun(batch.starts),
      runOf(batch.dieOffsets),
      unlessEncoded(batch.scopes),
      runOf(batch.flags),
      unlessEncoded(batch.alignments),
      unlessEncoded(batch.attributes),
      unlessEncoded(batch.declFiles),
      unlessEncoded(batch.declLines),
      hasMemberColumns ? runOf(batch.memberStarts) : Run{},
      runOf(batch.memberFlags),
      runOf(batch.memberAlignments),
      unlessEncoded(batch.childStarts),
      unlessEncoded(batch.children),
      unlessEncoded(batch.functions),
      unlessEncoded(batch.outlines),
      wholeRun(batch.signatures),
      wholeRun(batch.variables),
      wholeRun(batch.contents),
      Run{arena.data(), arena.size(), arena.size()},
  };
}

}  // namespace

size_t batchWords(const UnitBatch& batch) {
  size_t words = 2 * kBatchColumns;
  for (const Run& run : runsOf(batch)) words += run.words();
  return words;
}

void writeBatch(const UnitBatch& batch, uint32_t* buffer) {
  uint32_t* table = buffer;
  size_t at = 2 * kBatchColumns;
  for (const Run& run : runsOf(batch)) {
    *table++ = static_cast<uint32_t>(at);
    *table++ = static_cast<uint32_t>(run.length);
    if (run.byteSize == 0) continue;
    // The arena may end inside of a word.
    buffer[at + run.words() - 1] = 0;
    std::memcpy(buffer + at, run.data, run.byteSize);
    at += run.words();
  }
}

}  // namespace tspahole::dwarf
