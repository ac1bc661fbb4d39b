// How long abbreviation tables are. libdw keeps what it has read of the table of each unit until its handle
// is closed, also when many units share one table, so that a small file can fill the memory. The sizes tell
// when a handle has read so much that it should be replaced.

#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>

namespace tspahole::dwarf {

class AbbreviationTables {
 public:
  // `section` is .debug_abbrev.
  explicit AbbreviationTables(std::string_view section);

  // Bytes of the table at `offset`; those up to the end of the section when the table has no end, or when
  // tables overlap so much that measuring them would take long.
  uint64_t sizeAt(uint64_t offset);

 private:
  uint64_t measure(uint64_t offset);

  std::string_view section_;
  uint64_t bytesLeft_;
  std::unordered_map<uint64_t, uint64_t> sizes_;
};

}  // namespace tspahole::dwarf
