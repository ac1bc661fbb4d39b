// What a reader is asked to read.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace tspahole::dwarf {

struct Options {
  // Number of threads that lower units; at least 1.
  unsigned threads = 1;
  // Records for functions that are no methods. Methods always get records.
  bool functions = false;
  // Records for variables of units and namespaces.
  bool variables = false;
  // Also look inside function bodies: for types, and for local variables when `variables` is set.
  // Without it a type in a body still gets a record where something outside the body refers to it.
  bool bodies = false;
  // The outlines column: what the bodies of functions contain. Takes `functions` and `bodies`.
  bool outlines = false;
  // The signatures and variables columns, instead of records for functions and variables; also looks for types in
  // bodies.
  bool encoding = false;
  // With `encoding`: parameters as they are passed after clang has changed the signature.
  bool trueSignatures = false;
  // With `encoding`: the contents column, and types that an earlier unit of the same thread has keep the kind alone of
  // their records, unless something of the unit is worked out from them.
  bool omitRepeats = false;
  // The declFiles column. Costs the reading of every line table.
  bool declFiles = false;
  // Every name that starts with this becomes this; empty for none.
  std::string kabiPrefix;
  // Lets libdw find all DIEs and attributes: the answers are the same, which tests show.
  bool throughLibdw = false;
  // DW_LANG numbers of units to deliver without types.
  std::vector<uint32_t> excludedLanguages;
};

}  // namespace tspahole::dwarf
