#include "reader.h"

#include <algorithm>
#include <new>

#include "lowering.h"

namespace tspahole::dwarf {

namespace {

constexpr size_t kUnitsAheadPerThread = 4;
constexpr size_t kBytesAhead = 64 << 20;
// Abbreviations after which a thread gets a new handle; they take about ten times as much in libdw.
constexpr uint64_t kAbbreviationBytes = 8 << 20;

// Units that all threads together may have in libdw, which keeps about 1 KB for each in every handle.
constexpr size_t kUnitsOfThreads = 1 << 18;

// Replaces the number of a local name by its offset.
void patchName(Column& column, size_t index, const std::vector<uint32_t>& offsets) {
  const uint32_t word = column[index];
  if ((word & kLocalName) != 0) column.set(index, offsets[word & ~kLocalName]);
}

// Replaces the numbers of local names in a column in which every `stride`th word from `first` on is a name.
void patchNames(Column& column, size_t first, size_t stride, const std::vector<uint32_t>& offsets) {
  for (size_t index = first; index < column.size(); index += stride) patchName(column, index, offsets);
}

void patchName(uint32_t& word, const std::vector<uint32_t>& offsets) {
  if ((word & kLocalName) != 0) word = offsets[word & ~kLocalName];
}

// Replaces the numbers of local names in rows of different lengths: a first word, and those of the parts.
void patchSignatures(Column& column, const std::vector<uint32_t>& offsets) {
  for (size_t row = 0; row < column.size();) {
    const uint32_t* counts = column.data() + row + kSignatureCountsWord;
    const size_t parameters = row + kSignatureWords;
    const size_t tags = parameters + size_t{kSignatureParameterWords} * counts[0];
    const size_t structs = tags + size_t{kSignatureTagWords} * counts[1];
    const size_t end = structs + counts[2];
    patchName(column, row, offsets);
    for (size_t at = parameters; at < tags; at += kSignatureParameterWords) {
      patchName(column, at, offsets);
      patchName(column, at + 1, offsets);
    }
    for (size_t at = tags; at < structs; at += kSignatureTagWords) patchName(column, at, offsets);
    row = end;
  }
}

void patchVariables(Column& column, const std::vector<uint32_t>& offsets) {
  for (size_t row = 0; row < column.size();) {
    const size_t end = row + kVariableWords + column[row + kVariableTagsWord];
    patchName(column, row, offsets);
    for (size_t tag = row + kVariableWords; tag < end; ++tag) patchName(column, tag, offsets);
    row = end;
  }
}

NameSection checkedNames(std::string_view debugStr) {
  if (debugStr.size() >= kLocalName - 1) throw Error("unsupported", ".debug_str exceeds 2 GiB", ".debug_str");
  return NameSection(debugStr);
}

}  // namespace

Reader::Reader(const std::string& path, Options options)
    : options_(std::move(options)), file_(path), arena_(checkedNames(file_.debugStr()).end()) {
  const size_t mostThreads = std::min(unitCount(), kUnitsOfThreads / unitCount());
  const size_t threads = std::max<size_t>(1, std::min<size_t>(options_.threads, mostThreads));
  ready_.resize(kUnitsAheadPerThread * threads);
  try {
    for (size_t index = 0; index < threads; ++index) threads_.emplace_back([this] { work(); });
  } catch (const std::exception&) {
    // A system that gives fewer threads gets by with those; without any there is nobody to wait for.
    if (threads_.empty()) throw Error("unsupported", "no thread can be started");
  }
}

Reader::~Reader() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    cancelled_ = true;
  }
  mayContinue_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Reader::work() {
  try {
    while (lowerUnits(file_.makeHandle())) {
    }
  } catch (const std::bad_alloc&) {
    fail(std::make_exception_ptr(Error("unsupported", "out of memory")));
  } catch (...) {
    fail(std::current_exception());
  }
}

// Lowers units with one handle. True when another one should be taken to go on.
bool Reader::lowerUnits(DwarfHandle dwarf) {
  Lowering lowering(options_, file_, cancelled_);
  uint64_t abbreviationBytes = 0;
  size_t unit;
  while (abbreviationBytes < kAbbreviationBytes) {
    if (!takeUnit(unit)) return false;
    std::unique_ptr<UnitBatch> batch = emptyBatch();
    lowering.lowerUnit(dwarf.get(), file_.units()[unit], *batch);
    abbreviationBytes += file_.units()[unit].abbreviationSize;
    finish(unit, std::move(batch));
  }
  return true;
}

bool Reader::takeUnit(size_t& unit) {
  std::unique_lock<std::mutex> lock(mutex_);
  mayContinue_.wait(lock, [this] { return cancelled_ || taken_ == unitCount() || mayStart(); });
  if (cancelled_ || taken_ == unitCount()) return false;
  unit = taken_++;
  return true;
}

bool Reader::mayStart() const {
  if (taken_ == delivered_) return true;
  return taken_ - delivered_ < ready_.size() && pendingBytes_ < kBytesAhead;
}

std::unique_ptr<UnitBatch> Reader::emptyBatch() {
  std::lock_guard<std::mutex> lock(mutex_);
  if (spare_.empty()) return std::make_unique<UnitBatch>();
  std::unique_ptr<UnitBatch> batch = std::move(spare_.back());
  spare_.pop_back();
  return batch;
}

void Reader::finish(size_t unit, std::unique_ptr<UnitBatch> batch) {
  std::lock_guard<std::mutex> lock(mutex_);
  pendingBytes_ += batch->byteSize();
  ready_[unit % ready_.size()] = std::move(batch);
  if (unit == delivered_) isReady_.notify_one();
}

void Reader::fail(std::exception_ptr error) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!error_) error_ = error;
  cancelled_ = true;
  mayContinue_.notify_all();
  isReady_.notify_one();
}

std::unique_ptr<UnitBatch> Reader::next() {
  std::unique_ptr<UnitBatch> batch;
  {
    std::unique_lock<std::mutex> lock(mutex_);
    if (delivered_ == unitCount()) return nullptr;
    std::unique_ptr<UnitBatch>& slot = ready_[delivered_ % ready_.size()];
    isReady_.wait(lock, [&] { return error_ || slot != nullptr; });
    if (error_) std::rethrow_exception(error_);
    batch = std::move(slot);
    pendingBytes_ -= batch->byteSize();
    delivered_ += 1;
  }
  mayContinue_.notify_all();
  deliverNames(*batch);
  deliverNotes(*batch);
  return batch;
}

void Reader::recycle(std::unique_ptr<UnitBatch> batch) {
  // A single huge unit must not keep its memory.
  if (batch->byteSize() > kBytesAhead / 8) return;
  batch->clear();
  std::lock_guard<std::mutex> lock(mutex_);
  if (spare_.size() < ready_.size()) spare_.push_back(std::move(batch));
}

// Gives the local names of a unit their offsets in the arena.
void Reader::deliverNames(UnitBatch& batch) {
  std::vector<uint32_t> offsets;
  offsets.reserve(batch.localNames.size());
  batch.arenaStart = arena_.end();
  for (const std::string& name : batch.localNames) offsets.push_back(arena_.offsetOf(name));
  batch.arenaBytes = arena_.takeBytes();
  for (const uint32_t index : batch.localNameWords) {
    batch.words.set(index, offsets[batch.words[index] & ~kLocalName]);
  }
  patchNames(batch.declFiles, 0, 1, offsets);
  patchNames(batch.functions, kFunctionNameWord, kFunctionWords, offsets);
  patchNames(batch.outlines, kOutlineNameWord, kOutlineWords, offsets);
  patchSignatures(batch.signatures, offsets);
  patchVariables(batch.variables, offsets);
  patchName(batch.head.name, offsets);
  patchName(batch.head.compilationDirectory, offsets);
  patchName(batch.head.producer, offsets);
}

void Reader::deliverNotes(UnitBatch& batch) {
  std::vector<Note> notes = file_.takeNotes();
  for (Note& note : batch.notes) {
    if (!note.oncePerFile || saidNotes_.insert(note.text).second) notes.push_back(std::move(note));
  }
  batch.notes = std::move(notes);
}

}  // namespace tspahole::dwarf
