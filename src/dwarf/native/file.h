// One ELF file with DWARF in it: opened through libdwfl, which applies the relocations of ET_REL files and
// finds separate debug files, and handed to each thread as a Dwarf handle of its own over the same bytes.

#pragma once

#include <elfutils/libdw.h>
#include <elfutils/libdwfl.h>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "error.h"
#include "locations.h"
#include "signatures.h"

namespace tspahole::dwarf {

// Header of one unit of .debug_info.
struct UnitHeader {
  Dwarf_Off offset;
  Dwarf_Off end;
  Dwarf_Off dieOffset;
  // Where its abbreviation table lies in .debug_abbrev, and its bytes.
  Dwarf_Off abbreviationOffset;
  uint64_t abbreviationSize;
  uint16_t version;
  uint8_t addressSize;
  uint8_t offsetSize;
};

// Where a section lies in memory. libdwfl gives addresses to the sections of ET_REL files.
struct SectionRange {
  uint64_t address;
  uint64_t size;
};

struct DwflDeleter {
  void operator()(Dwfl* dwfl) const { dwfl_end(dwfl); }
};
struct DwarfDeleter {
  void operator()(Dwarf* dwarf) const { dwarf_end(dwarf); }
};
using DwarfHandle = std::unique_ptr<Dwarf, DwarfDeleter>;

class File {
 public:
  // Throws Error: 'not-found' for a file that does not exist or has no DWARF, 'io' for one that cannot be
  // read, 'bad-data' for a damaged one.
  explicit File(const std::string& path);

  // A new handle over the file, for use by one thread. Safe to call from any thread. Throws Error.
  DwarfHandle makeHandle();

  // Units of .debug_info in file order; what follows a damaged header is left out, with a note.
  const std::vector<UnitHeader>& units() const { return units_; }
  std::vector<Note> takeNotes() { return std::move(notes_); }
  // DIEs of other units that the lowering of one unit may visit: a share of what no honest file exceeds.
  uint64_t visitsPerUnit() const;

  // The contents of .debug_str and .debug_abbrev, or nothing.
  std::string_view debugStr() const { return debugStr_; }
  std::string_view debugAbbrev() const { return debugAbbrev_; }
  bool isLittleEndian() const { return isLittleEndian_; }
  const LocationSections& locations() const { return locations_; }
  const CallingConvention& callingConvention() const { return convention_; }
  // Number of the first section of a program that holds the address, which becomes an offset in it; 0 where none does.
  uint32_t sectionAt(uint64_t& address) const;

 private:
  void openModule(const std::string& path);
  void listUnits();
  void listSections();
  void leaveOut(Dwarf_Off offset, const char* reason);

  std::unique_ptr<Dwfl, DwflDeleter> dwfl_;
  std::mutex handles_;
  Elf* elf_ = nullptr;
  std::string_view debugStr_;
  std::string_view debugAbbrev_;
  uint64_t infoSize_ = 0;
  bool isLittleEndian_ = true;
  LocationSections locations_;
  CallingConvention convention_{};
  // In the order of the file; of those that are of no interest the size is 0.
  std::vector<SectionRange> sections_;
  std::vector<UnitHeader> units_;
  std::vector<Note> notes_;
};

// The contents of the first section of this name, as libdw has uncompressed them; empty where it could not.
std::string_view sectionContents(Elf* elf, const char* name);

}  // namespace tspahole::dwarf
