#include "unit.h"

namespace tspahole::dwarf {

size_t UnitBatch::byteSize() const {
  const size_t perType = 10 * starts.size();
  const size_t perMember = 2 * memberFlags.size();
  return sizeof(uint32_t) * (words.size() + perType + perMember + children.size() + functions.size() +
                             outlines.size() + signatures.size() + variables.size());
}

void UnitBatch::clear() {
  head = {};
  notes.clear();
  for (Column* column : {&words, &starts, &dieOffsets, &scopes, &flags, &alignments, &attributes, &declFiles,
                         &declLines, &memberStarts, &childStarts, &memberFlags, &memberAlignments, &children,
                         &functions, &outlines, &signatures, &variables}) {
    column->clear();
  }
  localNameWords.clear();
  localNames.clear();
  arenaBytes.clear();
}

}  // namespace tspahole::dwarf
