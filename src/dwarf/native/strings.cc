#include "strings.h"

#include <dwarf.h>

#include <algorithm>
#include <cstring>

#include "error.h"
#include "file.h"

namespace tspahole::dwarf {

namespace {

// Bytes of .debug_str for which a bit is kept.
constexpr size_t kMaxKnownNames = 64 << 20;

// The text at `at`, without its NUL; nothing when the holder ends before it does.
std::string_view textAt(const char* at, std::string_view holder) {
  if (at < holder.data() || at >= holder.data() + holder.size()) return {};
  const size_t room = static_cast<size_t>(holder.data() + holder.size() - at);
  const void* end = std::memchr(at, '\0', room);
  if (end == nullptr) return {};
  return {at, static_cast<size_t>(static_cast<const char*>(end) - at)};
}

bool isAlternateForm(unsigned form) { return form == DW_FORM_GNU_strp_alt || form == DW_FORM_strp_sup; }

}  // namespace

UnitNames::UnitNames(NameSection section, std::string_view prefix)
    : section_(section),
      prefix_(prefix),
      ownEnd_(prefix.empty() ? section.bytes.rfind('\0') + 1 : 0),
      isName_(std::min(ownEnd_, kMaxKnownNames) / 64, 0) {}

uint32_t UnitNames::of(const Attributes& attributes, Attribute attribute) {
  if (!attributes.has(attribute)) return 0;
  if (const auto offset = attributes.stringOffset(attribute); offset && *offset < ownEnd_) {
    return isEmpty(*offset) ? 0 : section_.start + static_cast<uint32_t>(*offset);
  }
  Dwarf_Attribute value = attributes.raw(attribute);
  if (value.form != DW_FORM_strp || !prefix_.empty()) return of(textOf(attributes, attribute));
  const char* at = dwarf_formstring(&value);
  const std::string_view bytes = section_.bytes;
  if (at < bytes.data() || at >= bytes.data() + bytes.size()) return of(textOf(attributes, attribute));
  return *at == '\0' ? 0 : section_.start + static_cast<uint32_t>(at - bytes.data());
}

// Whether the name at an offset of .debug_str is empty. Names repeat from unit to unit.
bool UnitNames::isEmpty(size_t offset) {
  if (offset / 64 >= isName_.size()) return section_.bytes[offset] == '\0';
  const uint64_t bit = uint64_t{1} << offset % 64;
  uint64_t& bits = isName_[offset / 64];
  if ((bits & bit) != 0) return false;
  if (section_.bytes[offset] == '\0') return true;
  bits |= bit;
  return false;
}

uint32_t UnitNames::of(std::string_view text) {
  if (text.empty()) return 0;
  if (hasPrefix(text)) text = prefix_;
  const std::string_view bytes = section_.bytes;
  if (text.data() >= bytes.data() && text.data() < bytes.data() + bytes.size()) {
    return section_.start + static_cast<uint32_t>(text.data() - bytes.data());
  }
  const auto [entry, isNew] = numbers_.emplace(text, static_cast<uint32_t>(local_.size()));
  if (isNew) local_.push_back(text);
  return kLocalName | entry->second;
}

std::vector<std::string> UnitNames::take() {
  std::vector<std::string> taken(local_.begin(), local_.end());
  local_.clear();
  numbers_.clear();
  return taken;
}

std::string_view UnitNames::textOf(const Attributes& attributes, Attribute attribute) {
  if (!attributes.has(attribute)) return {};
  Dwarf_Attribute value = attributes.raw(attribute);
  const char* at = dwarf_formstring(&value);
  if (at == nullptr) return {};
  // libdw has seen the NUL of an inline string, but not that of others.
  if (value.form == DW_FORM_string) return at;
  return textAt(at, holderOf(value));
}

std::string_view UnitNames::holderOf(const Dwarf_Attribute& attribute) {
  Dwarf* dwarf = dwarf_cu_getdwarf(attribute.cu);
  if (isAlternateForm(attribute.form)) dwarf = dwarf_getalt(dwarf);
  if (dwarf == nullptr) return {};
  return otherSection(dwarf, attribute.form == DW_FORM_line_strp ? ".debug_line_str" : ".debug_str");
}

std::string_view UnitNames::otherSection(Dwarf* dwarf, const char* name) {
  Elf* elf = dwarf_getelf(dwarf);
  for (const OtherSection& other : others_) {
    if (other.elf == elf && std::strcmp(other.name, name) == 0) return other.bytes;
  }
  std::string_view bytes = sectionContents(elf, name);
  if (bytes.empty()) bytes = sectionContents(elf, (std::string(name) + ".dwo").c_str());
  others_.push_back({elf, name, bytes});
  return bytes;
}

bool UnitNames::hasPrefix(std::string_view text) const {
  return !prefix_.empty() && text.substr(0, prefix_.size()) == prefix_;
}

uint32_t Arena::offsetOf(const std::string& text) {
  const auto [entry, isNew] = offsets_.emplace(text, end());
  if (!isNew) return entry->second;
  if (text.size() + 1 > kLocalName - uint64_t{end()}) throw Error("unsupported", "the names exceed 2 GiB");
  size_ += static_cast<uint32_t>(text.size()) + 1;
  bytes_.append(text).push_back('\0');
  return entry->second;
}

std::string Arena::takeBytes() {
  std::string taken;
  taken.swap(bytes_);
  return taken;
}

}  // namespace tspahole::dwarf
