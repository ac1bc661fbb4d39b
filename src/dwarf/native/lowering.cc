#include "lowering.h"

#include <dwarf.h>

namespace tspahole::dwarf {

namespace {

// Links from a DIE to the one that it completes that are followed.
constexpr int kMaxOrigins = 8;
// Ranges of one DIE that are looked at.
constexpr int kMaxRanges = 4096;
// Visits between two looks at the flag that cancels.
constexpr uint64_t kCancelMask = 0xfff;

uint32_t clampToWord(uint64_t value) { return value > 0xffffffff ? 0xffffffff : static_cast<uint32_t>(value); }

}  // namespace

Lowering::Lowering(const Options& options, const File& file, const std::atomic<bool>& cancelled)
    : options_(options),
      file_(file),
      cancelled_(cancelled),
      names_(NameSection(file.debugStr()), options.kabiPrefix),
      dies_(file.debugAbbrev()) {}

Entry Lowering::read(Dwarf_Die& die) {
  Entry entry;
  entry.tag = dies_.tag(die);
  entry.die = die;
  if (!dies_.read(die, entry.attributes)) note(die, "its attributes are damaged");
  return entry;
}

bool Lowering::admit(const Dwarf_Die& die) {
  if (die.addr <= position_.address) {
    note(die, "lies before the DIE that precedes it; it and its siblings are left out");
    return false;
  }
  position_.address = die.addr;
  if (visitsLeft_ == 0 || writer_.isFull()) {
    noteOnce(die, "there is more in this unit than can be; the rest is left out");
    return false;
  }
  visitsLeft_ -= 1;
  return (visitsLeft_ & kCancelMask) != 0 || !cancelled_.load(std::memory_order_relaxed);
}

// The attributes of `entry`, or of what it completes (its specification or abstract origin, and theirs), that
// hold `wanted`; null where none do. `room` keeps those that are not the entry's own.
const Attributes* Lowering::holderOf(const Entry& entry, Attribute wanted, Attributes& room) {
  const Attributes* from = &entry.attributes;
  for (int step = 0; step < kMaxOrigins; ++step) {
    if (from->has(wanted)) return from;
    const Attribute link =
        from->has(Attribute::Specification) ? Attribute::Specification : Attribute::AbstractOrigin;
    Dwarf_Die die;
    if (!from->target(link, die) || !dies_.read(die, room)) return nullptr;
    from = &room;
  }
  return nullptr;
}

uint32_t Lowering::textIn(const Entry& entry, Attribute attribute) {
  Attributes room;
  const Attributes* holder = holderOf(entry, attribute, room);
  return holder == nullptr ? 0 : names_.of(*holder, attribute);
}

uint32_t Lowering::nameOf(const Entry& entry) { return textIn(entry, Attribute::Name); }

Key Lowering::typeOf(const Entry& entry) {
  Attributes room;
  const Attributes* holder = holderOf(entry, Attribute::Type, room);
  return holder == nullptr ? kVoidKey : references_.keyOf(*holder, Attribute::Type);
}

bool Lowering::isExternal(const Entry& entry) {
  Attributes room;
  const Attributes* holder = holderOf(entry, Attribute::External, room);
  return holder != nullptr && holder->flag(Attribute::External);
}

uint32_t Lowering::byteSizeOf(const Entry& entry) {
  const uint64_t size = entry.attributes.numberOr(Attribute::ByteSize, 0);
  if (size > 0xffffffff) note(entry.die, "its size exceeds 32 bits");
  return clampToWord(size);
}

uint32_t Lowering::declLineOf(const Entry& entry) {
  Attributes room;
  const Attributes* holder = holderOf(entry, Attribute::DeclLine, room);
  return holder == nullptr ? 0 : clampToWord(holder->numberOr(Attribute::DeclLine, 0));
}

// Reads the line table of the unit at the first call.
uint32_t Lowering::declFileOf(const Entry& entry) {
  Attributes room;
  const Attributes* holder = holderOf(entry, Attribute::DeclFile, room);
  const auto index = holder == nullptr ? std::nullopt : holder->number(Attribute::DeclFile);
  Dwarf_Die unit;
  Dwarf_Files* files;
  size_t count;
  if (!index || dwarf_cu_info(holder->unit(), nullptr, nullptr, &unit, nullptr, nullptr, nullptr, nullptr) != 0 ||
      dwarf_getsrcfiles(&unit, &files, &count) != 0 || *index >= count) {
    return 0;
  }
  const char* path = dwarf_filesrc(files, *index, nullptr, nullptr);
  return path == nullptr ? 0 : names_.of(std::string_view(path));
}

// Where the code of a DIE lies: its first address, and the bytes of all its ranges.
Lowering::Code Lowering::codeOf(const Entry& entry) {
  const Attributes& attributes = entry.attributes;
  const uint64_t lowPc = attributes.address(Attribute::LowPc).value_or(0);
  // DW_AT_high_pc is an offset, or the address behind the code.
  if (const auto size = attributes.number(Attribute::HighPc)) return {lowPc, clampToWord(*size)};
  const auto highPc = attributes.address(Attribute::HighPc);
  if (highPc) return {lowPc, *highPc > lowPc ? clampToWord(*highPc - lowPc) : 0};
  if (!attributes.has(Attribute::Ranges)) return {lowPc, 0};
  Dwarf_Die die = entry.die;
  Dwarf_Addr base, begin, end, first = 0;
  uint64_t size = 0;
  ptrdiff_t offset = 0;
  for (int range = 0; range < kMaxRanges; ++range) {
    offset = dwarf_ranges(&die, offset, &base, &begin, &end);
    if (offset <= 0) break;
    if (range == 0) first = begin;
    if (end > begin) size += end - begin;
  }
  return {first, clampToWord(size)};
}

uint32_t Lowering::flagsOf(const Entry& entry) const {
  uint32_t flags = 0;
  if (options_.declFiles && entry.attributes.number(Attribute::DeclFile) == 0) flags |= typeFlag::DeclFileZero;
  if (entry.attributes.flag(Attribute::Artificial)) flags |= typeFlag::Artificial;
  if (position_.functionDepth > 0) flags |= typeFlag::LocalToFunction;
  return flags;
}

RecordHead Lowering::headOf(const Entry& entry, Kind kind) {
  RecordHead head{kind};
  head.name = nameOf(entry);
  head.flags = flagsOf(entry);
  return head;
}

RecordOrigin Lowering::originOf(const Entry& entry) {
  Dwarf_Die die = entry.die;
  RecordOrigin origin;
  origin.dieOffset = clampToWord(dwarf_dieoffset(&die));
  // BTF says no more.
  if (options_.encoding) return origin;
  origin.alignment = clampToWord(entry.attributes.numberOr(Attribute::Alignment, 0));
  origin.declLine = declLineOf(entry);
  if (options_.declFiles) origin.declFile = declFileOf(entry);
  return origin;
}

// Starts the record that references to `entry` will lead to.
uint32_t Lowering::begin(const Entry& entry, const RecordHead& head) { return begin(entry, head, originOf(entry)); }

uint32_t Lowering::begin(const Entry& entry, const RecordHead& head, const RecordOrigin& origin) {
  const uint32_t id = writer_.begin(head, origin);
  references_.define(references_.keyOf(entry.die), id);
  if (entry.attributes.has(Attribute::Specification)) {
    completions_.push_back({id, references_.keyOf(entry.attributes, Attribute::Specification)});
  }
  return id;
}

Lowering::Marks Lowering::mark() const {
  return {members_.size(),    children_.size(), enumerators_.size(),
          parameters_.size(), declTags_.size(), outline_.size(), signatureParameters_.size(), writer_.openScope()};
}

void Lowering::release(const Marks& marks) {
  members_.resize(marks.members);
  children_.resize(marks.children);
  enumerators_.resize(marks.enumerators);
  parameters_.resize(marks.parameters);
  declTags_.resize(marks.declTags);
  outline_.resize(marks.outline);
  signatureParameters_.resize(marks.signature);
}

void Lowering::note(const Dwarf_Die& die, std::string text) { addNote(die, std::move(text), false); }

void Lowering::noteOnce(const Dwarf_Die& die, std::string text) { addNote(die, std::move(text), true); }

void Lowering::addNote(const Dwarf_Die& die, std::string text, bool oncePerFile) {
  if (notesLeft_ == 0) return;
  if (--notesLeft_ == 0) text = "more was wrong in this unit than is said here";
  Dwarf_Die copy = die;
  batch_->notes.push_back({std::move(text), ".debug_info", dwarf_dieoffset(&copy), oncePerFile});
}

}  // namespace tspahole::dwarf
