// Where the parameters of functions are on entry, as far as the locations say that the compiler wrote.

#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <string_view>

namespace tspahole::dwarf {

constexpr int kNoRegister = -1;

// What the locations of a parameter say.
struct ParameterPlace {
  // DWARF's number of the register that holds it, or its beginning, on entry.
  int reg = kNoRegister;
  bool isConstant = false;
  bool isOnStack = false;
  // A bit for each byte offset at which a piece begins: in the first register, and in the second.
  uint64_t firstPieces = 0;
  uint64_t secondPieces = 0;
};

// The sections that hold lists of locations, and how to read them.
struct LocationSections {
  // .debug_loc, of DWARF up to 4.
  std::string_view old;
  // .debug_loclists
  std::string_view lists;
  bool isLittleEndian = true;
};

// Reads locations of one unit.
class LocationReader {
 public:
  LocationReader(const LocationSections& sections, uint16_t version, uint8_t addressSize, uint8_t offsetSize)
      : sections_(sections), version_(version), addressSize_(addressSize), offsetSize_(offsetSize) {}

  // What a DW_AT_location says of a parameter. `isWide` is for one that may lie in two registers. Takes one from
  // `visitsLeft` for each location and ends with them; ends at damage as well, with what was found until then.
  ParameterPlace place(Dwarf_Attribute location, bool isWide, uint64_t& visitsLeft) const;

 private:
  struct Cursor;
  struct Operation;
  bool readList(Cursor& cursor, std::string_view& expression) const;
  bool readOldList(Cursor& cursor, std::string_view& expression) const;
  bool readOperation(Cursor& cursor, Operation& operation) const;
  bool addExpression(std::string_view expression, bool isFirst, bool isWide, ParameterPlace& place) const;

  const LocationSections& sections_;
  uint16_t version_;
  uint8_t addressSize_;
  uint8_t offsetSize_;
};

// The address that an expression begins with, plus the constant that it adds to it; false for any other expression.
bool staticAddress(const Dwarf_Attribute& location, uint64_t& address);

}  // namespace tspahole::dwarf
