// Where the parameters of a function are when its first instruction runs, as DW_AT_location says.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tspahole::dwarf {

enum class EntryKind { Absent, Constant, Register, Memory, Frame, Other };

struct EntryParameter {
  // Empty without a name.
  std::string name;
  EntryKind kind = EntryKind::Absent;
  // DWARF's number of the register; of what lies in memory that of the register that points to it. On the frame the
  // distance in bytes from the canonical frame address.
  int64_t number = 0;
};

// A function with code of its own.
struct EntryFunction {
  uint64_t address = 0;
  std::vector<EntryParameter> parameters;
};

struct EntryPlaces {
  std::vector<EntryFunction> functions;
  // Whether there is a function of the name, be it that all of its calls are inlined.
  bool isKnown = false;
};

// Looks for functions of C of this name in a file. Throws as File does.
EntryPlaces entryPlaces(const std::string& path, const std::string& name);

}  // namespace tspahole::dwarf
