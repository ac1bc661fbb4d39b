// What can go wrong: an Error ends a reader or its opening, a Note is about one place of the input.

#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace tspahole::dwarf {

// Why a file cannot be read. `code` is one of the codes of TspaholeError; the message names neither the file
// nor the place. Without a section the offset means nothing.
struct Error : std::runtime_error {
  const char* code;
  const char* section;
  uint64_t offset;

  Error(const char* code, const std::string& message, const char* section = "", uint64_t offset = 0)
      : std::runtime_error(message), code(code), section(section), offset(offset) {}
};

// Something odd in the input, with what was made of it.
struct Note {
  std::string text;
  const char* section;
  // Of the DIE that the note is about, in `section`.
  uint64_t offset;
  // Said once per file, however many units it is true of.
  bool oncePerFile = false;
};

}  // namespace tspahole::dwarf
