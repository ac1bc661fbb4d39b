#include "contents.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <utility>

#include "record_shapes.h"
#include "strings.h"

namespace tspahole::dwarf {

namespace {

// Size of a chunk for runs, in 64-bit words; longer runs have chunks of their own.
constexpr size_t kChunkSize = 1 << 17;

// First words of keys that are no record, where those have an info word: kinds that do not exist.
constexpr uint32_t kTextKey = 0x7f000000;
constexpr uint32_t kTagKey = 0x7f000001;

// What of the flags column decides about a type of BTF.
constexpr uint32_t kFlags = typeFlag::Synthetic | typeFlag::GuessedSign;

uint64_t mix(uint64_t a, uint64_t b) {
  const unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

uint64_t hashOf(const uint32_t* words, size_t length) {
  constexpr uint64_t kFirst = 0x9e3779b97f4a7c15, kSecond = 0xd1b54a32d192ed03;
  uint64_t hash = length;
  size_t index = 0;
  for (; index + 1 < length; index += 2) {
    hash = mix(hash ^ (words[index] | uint64_t{words[index + 1]} << 32) ^ kFirst, kSecond);
  }
  if (index < length) hash = mix(hash ^ words[index] ^ kFirst, kSecond);
  return hash;
}

// The kind of what has the name, of a declaration that of what it declares; Int for what is no tag.
Kind tagKindOf(uint32_t info) {
  switch (infoKind(info)) {
    case Kind::Struct: return Kind::Struct;
    case Kind::Union: return Kind::Union;
    case Kind::Forward: return info >> 31 != 0 ? Kind::Union : Kind::Struct;
    case Kind::Enum:
    case Kind::Enum64: return Kind::Enum;
    default: return Kind::Int;
  }
}

}  // namespace

const Run* RunTable::find(const uint32_t* words, size_t length, uint64_t hash) const {
  const size_t mask = slots_.size() - 1;
  for (size_t slot = hash & mask; slots_[slot].run != nullptr; slot = (slot + 1) & mask) {
    const Run* run = slots_[slot].run;
    if (slots_[slot].hash == hash && run->isEqual(words, length)) return run;
  }
  return nullptr;
}

void RunTable::add(const Run* run) {
  if (2 * ++count_ > slots_.size()) {
    std::vector<Slot> before(2 * slots_.size(), Slot{});
    before.swap(slots_);
    for (const Slot& slot : before) {
      if (slot.run != nullptr) place(slot.run);
    }
  }
  place(run);
}

void RunTable::place(const Run* run) {
  const size_t mask = slots_.size() - 1;
  size_t slot = run->hash & mask;
  while (slots_[slot].run != nullptr) slot = (slot + 1) & mask;
  slots_[slot] = {run->hash, run};
}

const Run* SharedRuns::intern(const uint32_t* words, size_t length, uint64_t hash) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (const Run* known = table_.find(words, length, hash)) return known;
  const Run* run = copyOf(words, length, hash);
  table_.add(run);
  return run;
}

const Run* SharedRuns::copyOf(const uint32_t* words, size_t length, uint64_t hash) {
  constexpr size_t kUnit = sizeof(uint64_t);
  uint64_t* place = room((sizeof(Run) + length * sizeof(uint32_t) + kUnit - 1) / kUnit);
  Run* run = new (place) Run{hash, ++count_, static_cast<uint32_t>(length)};
  std::memcpy(run + 1, words, length * sizeof(uint32_t));
  return run;
}

uint64_t* SharedRuns::room(size_t size) {
  if (size > chunkSize_ - chunkUsed_) {
    chunkSize_ = std::max(size, kChunkSize);
    chunkUsed_ = 0;
    chunks_.push_back(std::make_unique<uint64_t[]>(chunkSize_));
  }
  uint64_t* place = chunks_.back().get() + chunkUsed_;
  chunkUsed_ += size;
  return place;
}

template <typename Visit>
void Contents::forEachOperand(uint32_t id, Visit visit) const {
  const uint32_t* word = recordOf(id);
  const uint32_t vlen = infoVlen(word[1]);
  const RecordShape& shape = recordShapeOf(word[1]);
  if (shape.thirdIsType) visit(word[2]);
  word += kHeaderWords;
  for (unsigned index = 0; index < shape.extra; ++index, ++word) {
    if ((shape.extraTypes >> index & 1) != 0) visit(*word);
  }
  if (!shape.elementHasType) return;
  for (uint32_t element = 0; element < vlen; ++element, word += shape.element) visit(word[1]);
}

void Contents::number(UnitBatch& batch) {
  start(batch);
  numberTags();
  const uint32_t count = batch.typeCount();
  for (uint32_t id = 1; id <= count; ++id) {
    if (nodes_[id].number == kNew) visit(id);
  }
  for (uint32_t id = 1; id <= count; ++id) batch.contents.push(nodes_[id].number);
}

void Contents::start(UnitBatch& batch) {
  batch_ = &batch;
  unit_ += 1;
  nodes_.assign(size_t{batch.typeCount()} + 1, {0, kNew});
  // There is no record of void.
  nodes_[0].number = 0;
  names_.assign(batch.localNames.size(), 0);
}

void Contents::numberTags() {
  for (uint32_t id = 1; id < nodes_.size(); ++id) {
    const uint32_t tag = tagOf(id);
    if (tag == 0) continue;
    nodes_[id].tag = tag;
    if (tag >= uses_.size()) uses_.resize(2 * size_t{tag} + 1, 0);
    uses_[tag] = uses_[tag] / 2 == unit_ ? 2 * unit_ + 1 : 2 * unit_;
  }
}

uint32_t Contents::tagOf(uint32_t id) {
  const uint32_t* record = recordOf(id);
  const Kind kind = tagKindOf(record[1]);
  if (kind == Kind::Int || record[0] == 0) return 0;
  const uint32_t name = nameOf(record[0]);
  key_ = {kTagKey, static_cast<uint32_t>(kind), name};
  return intern(key_, tags_);
}

// Numbers a type after those that it refers to, without recursion.
void Contents::visit(uint32_t root) {
  path_.assign(1, root);
  while (!path_.empty()) {
    const uint32_t id = path_.back();
    const bool isOpen = nodes_[id].number == kOpen;
    if ((!isOpen && nodes_[id].number != kNew) || tryToNumber(id)) {
      path_.pop_back();
    } else {
      nodes_[id].number = kOpen;
      pushOperands(id);
    }
  }
}

// False while it refers to types that have no number yet.
bool Contents::tryToNumber(uint32_t id) {
  switch (build(id)) {
    case Outcome::Blocked: return false;
    case Outcome::Unknown: nodes_[id].number = 0; return true;
    case Outcome::Done: nodes_[id].number = intern(key_, types_);
  }
  return true;
}

void Contents::pushOperands(uint32_t id) {
  forEachOperand(id, [&](uint32_t operand) {
    if (operand >= nodes_.size()) return;
    if (nodes_[operand].number == kNew && nodes_[operand].tag == 0) path_.push_back(operand);
  });
}

// Makes the key of a type.
Contents::Outcome Contents::build(uint32_t id) {
  const uint32_t* word = recordOf(id);
  const uint32_t info = word[1];
  const RecordShape& shape = recordShapeOf(info);
  const uint32_t elements = shape.element == 0 ? 0 : infoVlen(info);
  key_.resize(size_t{4} + shape.extra + size_t{elements} * shape.element);
  uint32_t* key = key_.data();
  *key++ = info;
  *key++ = nameOf(word[0]);
  *key++ = batch_->flags[id - 1] & kFlags;
  Outcome outcome = Outcome::Done;
  *key++ = shape.thirdIsType ? reference(word[2], outcome) : word[2];
  word += kHeaderWords;
  for (unsigned index = 0; index < shape.extra; ++index, ++word) {
    *key++ = (shape.extraTypes >> index & 1) != 0 ? reference(*word, outcome) : *word;
  }
  for (uint32_t element = 0; element < elements && outcome == Outcome::Done; ++element) {
    *key++ = nameOf(word[0]);
    *key++ = shape.elementHasType ? reference(word[1], outcome) : word[1];
    if (shape.element > 2) *key++ = word[2];
    word += shape.element;
  }
  if (elements > 0 && !batch_->memberFlags.isAllZero()) pushHighOffsets(id, elements);
  return outcome;
}

// What a reference is in a key.
uint32_t Contents::reference(uint32_t target, Outcome& outcome) const {
  if (target == 0 || target >= nodes_.size()) return target;
  const Node& node = nodes_[target];
  if (node.tag != 0) {
    if (isAmbiguous(node.tag)) outcome = Outcome::Unknown;
    return node.tag;
  }
  if (node.number == 0 || node.number == kOpen) outcome = Outcome::Unknown;
  if (node.number == kNew && outcome == Outcome::Done) outcome = Outcome::Blocked;
  return node.number;
}

// The bits of offsets that the record has no room for, where there are any.
void Contents::pushHighOffsets(uint32_t id, uint32_t vlen) {
  const Kind kind = infoKind(recordOf(id)[1]);
  if (kind != Kind::Struct && kind != Kind::Union) return;
  const uint32_t* flags = batch_->memberFlags.data() + batch_->memberStarts[id - 1];
  const auto isHigh = [](uint32_t word) { return word >> memberFlag::HighOffsetShift != 0; };
  if (std::none_of(flags, flags + vlen, isHigh)) return;
  for (uint32_t index = 0; index < vlen; ++index) key_.push_back(flags[index] >> memberFlag::HighOffsetShift);
}

// A word that stands for the text of a name, in whatever unit.
uint32_t Contents::nameOf(uint32_t word) {
  if ((word & kLocalName) == 0) return word;
  uint32_t& known = names_[word & ~kLocalName];
  if (known == 0) {
    const std::string& text = batch_->localNames[word & ~kLocalName];
    text_.assign(2 + (text.size() + 3) / 4, 0);
    text_[0] = kTextKey;
    text_[1] = static_cast<uint32_t>(text.size());
    std::memcpy(text_.data() + 2, text.data(), text.size());
    known = intern(text_, texts_);
  }
  return kLocalName | known;
}

void Contents::omitRepeats() {
  markNeeded();
  UnitBatch& batch = *batch_;
  Column words, starts;
  std::vector<uint32_t> localNameWords;
  auto localName = batch.localNameWords.begin();
  // One record for each kind, with nothing in it.
  for (uint32_t kind = 0; kind < kKinds; ++kind) {
    for (const uint32_t word : {0u, kind << 24, 0u}) words.push(word);
  }
  for (uint32_t id = 1; id < nodes_.size(); ++id) {
    const uint32_t start = batch.starts[id - 1];
    if (!isNeeded(id)) {
      starts.push(kHeaderWords * static_cast<uint32_t>(infoKind(batch.words[start + 1])));
      continue;
    }
    const uint32_t end = id + 1 < nodes_.size() ? batch.starts[id] : static_cast<uint32_t>(batch.words.size());
    const uint32_t place = static_cast<uint32_t>(words.size());
    starts.push(place);
    for (uint32_t word = start; word < end; ++word) words.push(batch.words[word]);
    localName = std::lower_bound(localName, batch.localNameWords.end(), start);
    for (; localName != batch.localNameWords.end() && *localName < end; ++localName) {
      localNameWords.push_back(*localName - start + place);
    }
  }
  batch.words = std::move(words);
  batch.starts = std::move(starts);
  batch.localNameWords = std::move(localNameWords);
}

// Whether all of a record is handed over.
bool Contents::isNeeded(uint32_t id) {
  const Kind kind = infoKind(recordOf(id)[1]);
  const bool isPart = (batch_->flags[id - 1] & typeFlag::Synthetic) != 0;
  // What may stand for what it refers to, and what says something about that.
  const bool isLink = kind == Kind::Atomic || kind == Kind::TypeTag || kind == Kind::DeclTag;
  const uint32_t number = nodes_[id].number;
  if (number == 0 || isPart || isLink || isSized_[id]) return true;
  if (number >= firstUnits_.size()) firstUnits_.resize(2 * size_t{number}, 0);
  if (firstUnits_[number] == 0) firstUnits_[number] = unit_;
  return firstUnits_[number] == unit_;
}

// Marks the types of which sizes or alignments are asked for.
void Contents::markNeeded() {
  isSized_.assign(nodes_.size(), false);
  const Column& signatures = batch_->signatures;
  for (size_t row = 0; row < signatures.size();) {
    const uint32_t* counts = signatures.data() + row + kSignatureCountsWord;
    const size_t structs = row + kSignatureWords + size_t{kSignatureParameterWords} * counts[0] +
                           size_t{kSignatureTagWords} * counts[1];
    for (size_t at = structs; at < structs + counts[2]; ++at) markSized(signatures[at]);
    row = structs + counts[2];
  }
  const Column& variables = batch_->variables;
  for (size_t row = 0; row < variables.size(); row += kVariableWords + variables[row + kVariableTagsWord]) {
    markSized(variables[row + kVariableTypeWord]);
  }
}

// Marks a type and what lies in it.
void Contents::markSized(uint32_t root) {
  path_.assign(1, root);
  while (!path_.empty()) {
    const uint32_t id = path_.back();
    path_.pop_back();
    if (id == 0 || id >= nodes_.size() || isSized_[id]) continue;
    isSized_[id] = true;
    const Kind kind = infoKind(recordOf(id)[1]);
    if (kind == Kind::Pointer || kind == Kind::Reference || kind == Kind::FuncProto) continue;
    forEachOperand(id, [&](uint32_t operand) { path_.push_back(operand); });
  }
}

// Units repeat what their headers declare in the same order: what followed last time is tried first.
uint32_t Contents::intern(const std::vector<uint32_t>& words, Chain& chain) {
  const Run*& next = chain.next[chain.last];
  if (next == nullptr || !next->isEqual(words.data(), words.size())) next = find(words);
  chain.last = next->number;
  if (chain.last >= chain.next.size()) chain.next.resize(2 * size_t{chain.last}, nullptr);
  return chain.last;
}

const Run* Contents::find(const std::vector<uint32_t>& words) {
  const uint64_t hash = hashOf(words.data(), words.size());
  const Run* run = known_.find(words.data(), words.size(), hash);
  if (run == nullptr) {
    run = shared_.intern(words.data(), words.size(), hash);
    known_.add(run);
  }
  return run;
}

}  // namespace tspahole::dwarf
