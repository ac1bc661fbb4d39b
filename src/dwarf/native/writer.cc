#include "writer.h"

#include "strings.h"

namespace tspahole::dwarf {

namespace {

uint32_t infoWord(const RecordHead& head) {
  const uint32_t flag = head.kindFlag ? 0x80000000 : 0;
  return flag | static_cast<uint32_t>(head.kind) << 24 | head.vlen;
}

}  // namespace

void Writer::reset(UnitBatch& batch) {
  batch_ = &batch;
  typeWords_.clear();
  unscoped_.clear();
}

uint32_t Writer::begin(const RecordHead& head, const RecordOrigin& origin) {
  UnitBatch& batch = *batch_;
  batch.starts.push(static_cast<uint32_t>(batch.words.size()));
  name(head.name);
  batch.words.push(infoWord(head));
  batch.dieOffsets.push(origin.dieOffset);
  batch.flags.push(head.flags);
  batch.memberStarts.push(static_cast<uint32_t>(batch.memberFlags.size()));
  if (batch.isForEncoding) return batch.typeCount();
  batch.scopes.push(0);
  batch.alignments.push(origin.alignment);
  batch.attributes.push(origin.attributes);
  batch.declFiles.push(origin.declFile);
  batch.declLines.push(origin.declLine);
  batch.childStarts.push(0);
  unscoped_.push_back(batch.typeCount());
  return batch.typeCount();
}

void Writer::name(uint32_t word) {
  if ((word & kLocalName) != 0) batch_->localNameWords.push_back(static_cast<uint32_t>(batch_->words.size()));
  batch_->words.push(word);
}

void Writer::type(Key key) {
  if (key != kVoidKey) typeWords_.push_back(static_cast<uint32_t>(batch_->words.size()));
  batch_->words.push(key);
}

void Writer::member(uint32_t flags, uint32_t alignment) {
  batch_->memberFlags.push(flags);
  batch_->memberAlignments.push(alignment);
}

void Writer::closeScope(size_t mark, uint32_t owner) {
  for (size_t index = mark; index < unscoped_.size(); ++index) {
    batch_->scopes.set(unscoped_[index] - 1, owner);
  }
  unscoped_.resize(mark);
}

}  // namespace tspahole::dwarf
