#include "reader.h"

#include <algorithm>
#include <new>

#include "lowering.h"

namespace tspahole::dwarf {

namespace {

constexpr size_t kUnitsAheadPerThread = 4;
// The same where repeats are left out.
constexpr size_t kSmallUnitsAheadPerThread = 64;
constexpr size_t kBytesAhead = 64 << 20;
// Abbreviations after which a thread gets a new handle; they take about ten times as much in libdw.
constexpr uint64_t kAbbreviationBytes = 8 << 20;

// Units that all threads together may have in libdw, which keeps about 1 KB for each in every handle.
constexpr size_t kUnitsOfThreads = 1 << 18;

// The offsets of the local names of a unit, which go to the arena when they are asked for.
class LocalNames {
 public:
  LocalNames(const std::vector<std::string>& names, Arena& arena)
      : names_(names), arena_(arena), offsets_(names.size(), kUnknown) {}

  // Replaces the number of a local name by its offset; leaves all else as it is.
  void patch(uint32_t& word) {
    if ((word & kLocalName) == 0) return;
    const uint32_t number = word & ~kLocalName;
    uint32_t& offset = offsets_[number];
    if (offset == kUnknown) offset = arena_.offsetOf(names_[number]);
    word = offset;
  }
  void patch(Column& column, size_t index) {
    uint32_t word = column[index];
    if ((word & kLocalName) == 0) return;
    patch(word);
    column.set(index, word);
  }
  // Every `stride`th word of a column from `first` on.
  void patchEach(Column& column, size_t first, size_t stride) {
    for (size_t index = first; index < column.size(); index += stride) patch(column, index);
  }

 private:
  static constexpr uint32_t kUnknown = 0xffffffff;

  const std::vector<std::string>& names_;
  Arena& arena_;
  std::vector<uint32_t> offsets_;
};

// Rows of different lengths: a first word is a name, and those of the parts.
void patchSignatures(Column& column, LocalNames& names) {
  for (size_t row = 0; row < column.size();) {
    const uint32_t* counts = column.data() + row + kSignatureCountsWord;
    const size_t parameters = row + kSignatureWords;
    const size_t tags = parameters + size_t{kSignatureParameterWords} * counts[0];
    const size_t structs = tags + size_t{kSignatureTagWords} * counts[1];
    const size_t end = structs + counts[2];
    names.patch(column, row);
    for (size_t at = parameters; at < tags; at += kSignatureParameterWords) {
      names.patch(column, at);
      names.patch(column, at + 1);
    }
    for (size_t at = tags; at < structs; at += kSignatureTagWords) names.patch(column, at);
    row = end;
  }
}

void patchVariables(Column& column, LocalNames& names) {
  for (size_t row = 0; row < column.size();) {
    const size_t end = row + kVariableWords + column[row + kVariableTagsWord];
    names.patch(column, row);
    for (size_t tag = row + kVariableWords; tag < end; ++tag) names.patch(column, tag);
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
  ready_.resize((options_.omitRepeats ? kSmallUnitsAheadPerThread : kUnitsAheadPerThread) * threads);
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
    Contents contents(runs_);
    while (lowerUnits(file_.makeHandle(), contents)) {
    }
  } catch (const std::bad_alloc&) {
    fail(std::make_exception_ptr(Error("unsupported", "out of memory")));
  } catch (...) {
    fail(std::current_exception());
  }
}

// Lowers units with one handle. True when another one should be taken to go on.
bool Reader::lowerUnits(DwarfHandle dwarf, Contents& contents) {
  Lowering lowering(options_, file_, cancelled_);
  uint64_t abbreviationBytes = 0;
  size_t unit;
  while (abbreviationBytes < kAbbreviationBytes) {
    if (!takeUnit(unit)) return false;
    std::unique_ptr<UnitBatch> batch = emptyBatch();
    lowering.lowerUnit(dwarf.get(), file_.units()[unit], *batch);
    abbreviationBytes += file_.units()[unit].abbreviationSize;
    if (!options_.omitRepeats) {
      finish(unit, std::move(batch));
      continue;
    }
    contents.number(*batch);
    contents.omitRepeats();
    // What is left is little: it does not wait in the memory that was for all of it.
    finish(unit, std::make_unique<UnitBatch>(batch->takeForEncoding()));
    recycle(std::move(batch));
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
  if (spare_.size() < kUnitsAheadPerThread * size_t{options_.threads}) spare_.push_back(std::move(batch));
}

// Gives the local names of a unit their offsets in the arena.
void Reader::deliverNames(UnitBatch& batch) {
  LocalNames names(batch.localNames, arena_);
  batch.arenaStart = arena_.end();
  for (const uint32_t index : batch.localNameWords) names.patch(batch.words, index);
  names.patchEach(batch.declFiles, 0, 1);
  names.patchEach(batch.functions, kFunctionNameWord, kFunctionWords);
  names.patchEach(batch.outlines, kOutlineNameWord, kOutlineWords);
  patchSignatures(batch.signatures, names);
  patchVariables(batch.variables, names);
  names.patch(batch.head.name);
  names.patch(batch.head.compilationDirectory);
  names.patch(batch.head.producer);
  batch.arenaBytes = arena_.takeBytes();
}

void Reader::deliverNotes(UnitBatch& batch) {
  std::vector<Note> notes = file_.takeNotes();
  for (Note& note : batch.notes) {
    if (!note.oncePerFile || saidNotes_.insert(note.text).second) notes.push_back(std::move(note));
  }
  batch.notes = std::move(notes);
}

}  // namespace tspahole::dwarf
