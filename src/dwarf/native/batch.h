// How a unit batch is handed over: all of its columns in one buffer of 32-bit words in host order.
//
//     word 2*i      first word of column i, from the start of the buffer
//     word 2*i + 1  its length in words; of Arena in bytes
//
// A column with nothing but zeros has length 0; MemberStarts has it too where both member columns do.

#pragma once

#include <cstddef>
#include <cstdint>

#include "unit.h"

namespace tspahole::dwarf {

// Order of the columns in the table at the start of the buffer.
enum class BatchColumn : uint32_t {
  Words, Starts, DieOffsets, Scopes, Flags, Alignments, Attributes, DeclFiles, DeclLines, MemberStarts,
  MemberFlags, MemberAlignments, ChildStarts, Children, Functions, Outlines, Signatures, Variables, Contents, Arena,
};
constexpr uint32_t kBatchColumns = static_cast<uint32_t>(BatchColumn::Arena) + 1;

// Words of the buffer of a batch.
size_t batchWords(const UnitBatch& batch);
// Writes a batch into a buffer of that many words.
void writeBatch(const UnitBatch& batch, uint32_t* buffer);

}  // namespace tspahole::dwarf
