#include "unit.h"

#include <utility>

namespace tspahole::dwarf {

size_t UnitBatch::byteSize() const {
  const size_t perType = 10 * starts.size();
  const size_t perMember = 2 * memberFlags.size();
  return sizeof(uint32_t) * (words.size() + perType + perMember + children.size() + functions.size() +
                             outlines.size() + signatures.size() + variables.size() + contents.size());
}

UnitBatch UnitBatch::takeForEncoding() {
  UnitBatch taken;
  taken.head = head;
  taken.isForEncoding = isForEncoding;
  taken.notes = std::move(notes);
  taken.words = words;
  taken.starts = starts;
  taken.dieOffsets = dieOffsets;
  taken.flags = flags;
  taken.signatures = signatures;
  taken.variables = variables;
  taken.contents = contents;
  if (!memberFlags.isAllZero() || !memberAlignments.isAllZero()) {
    taken.memberStarts = memberStarts;
    taken.memberFlags = memberFlags;
    taken.memberAlignments = memberAlignments;
  }
  taken.localNameWords = std::move(localNameWords);
  taken.localNames = std::move(localNames);
  return taken;
}

void UnitBatch::clear() {
  head = {};
  notes.clear();
  for (Column* column : {&words, &starts, &dieOffsets, &scopes, &flags, &alignments, &attributes, &declFiles,
                         &declLines, &memberStarts, &childStarts, &memberFlags, &memberAlignments, &children,
                         &functions, &outlines, &signatures, &variables, &contents}) {
    column->clear();
  }
  localNameWords.clear();
  localNames.clear();
  arenaBytes.clear();
}

}  // namespace tspahole::dwarf
