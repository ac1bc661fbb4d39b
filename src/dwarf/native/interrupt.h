// What SIGINT leaves on a terminal. JavaScript cannot answer a signal while it waits for a unit.

#pragma once

#include <string>

namespace tspahole::dwarf {

// From now on SIGINT writes the text, of at most 16 bytes, to the descriptor and then does what it did before;
// with an empty text it only does what it did before. A process that ignores SIGINT goes on ignoring it.
void writeAtInterrupt(int descriptor, const std::string& text);

}  // namespace tspahole::dwarf
