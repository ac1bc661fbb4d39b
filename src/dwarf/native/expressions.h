// DWARF expressions that are one constant.

#pragma once

#include <elfutils/libdw.h>

#include <cstdint>

namespace tspahole::dwarf {

// Says that there is no such constant.
constexpr uint64_t kNoConstant = ~uint64_t{0};

// The constant that an expression is or adds to what it is given, where it does nothing else; kNoConstant for
// any other.
uint64_t constantOf(const Dwarf_Block& expression);

}  // namespace tspahole::dwarf
