// Names. A name is an offset into one logical blob:
//
//     [one NUL byte, unless .debug_str starts with one] .debug_str | arena
//
// so that offset 0 is the empty name. Names that lie in .debug_str are taken as they are, by their address;
// all others (DW_FORM_string, .debug_line_str, other files) go to the arena. Threads do not share the arena:
// a unit numbers its own arena names from 0 and marks them with kLocalName, and the reader replaces these
// numbers by offsets when it delivers the unit, in unit order, so that they do not depend on the threads.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "attributes.h"

namespace tspahole::dwarf {

// Set in a name word that holds the number of a name of its unit; .debug_str must be smaller than this.
constexpr uint32_t kLocalName = 0x80000000;

// Where .debug_str lies in memory and in the logical blob.
struct NameSection {
  std::string_view bytes;
  // Offset of the first byte in the logical blob: 0 or 1.
  uint32_t start;

  explicit NameSection(std::string_view bytes)
      : bytes(bytes), start(bytes.empty() || bytes.front() != '\0' ? 1 : 0) {}
  uint32_t end() const { return start + static_cast<uint32_t>(bytes.size()); }
};

// The names of one unit at a time.
class UnitNames {
 public:
  // `prefix` is Options::kabiPrefix and must outlive this.
  UnitNames(NameSection section, std::string_view prefix);

  // Name word for a string attribute; 0 when it is absent, empty or damaged.
  uint32_t of(const Attributes& attributes, Attribute attribute);
  // The text of a string attribute; empty when it is absent or damaged.
  std::string_view textOf(const Attributes& attributes, Attribute attribute);
  // Name word for a text that stays in memory until `take`.
  uint32_t of(std::string_view text);

  // The local names in order of their numbers. Starts anew for the next unit.
  std::vector<std::string> take();

 private:
  struct OtherSection {
    Elf* elf;
    const char* name;
    std::string_view bytes;
  };
  std::string_view holderOf(const Dwarf_Attribute& attribute);
  std::string_view otherSection(Dwarf* dwarf, const char* name);
  bool isEmpty(size_t offset);
  bool hasPrefix(std::string_view text) const;

  NameSection section_;
  std::string_view prefix_;
  // End of the names that are words as they are: no NUL follows it.
  size_t ownEnd_;
  // A bit for each of the first bytes of .debug_str where a name was seen to begin: one is a cache miss, its bit is not.
  std::vector<uint64_t> isName_;
  std::vector<OtherSection> others_;
  std::vector<std::string_view> local_;
  std::unordered_map<std::string_view, uint32_t> numbers_;
};

// The arena of a reader.
class Arena {
 public:
  // `start` is the logical offset of the first byte.
  explicit Arena(uint32_t start) : start_(start) {}

  // Logical offset of a text. Throws Error when the blob is full.
  uint32_t offsetOf(const std::string& text);
  // Logical offset that the next new text gets.
  uint32_t end() const { return start_ + size_; }
  // The bytes added since the last call.
  std::string takeBytes();

 private:
  uint32_t start_;
  uint32_t size_ = 0;
  std::string bytes_;
  std::unordered_map<std::string, uint32_t> offsets_;
};

}  // namespace tspahole::dwarf
