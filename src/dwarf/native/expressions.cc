#include "expressions.h"

#include <dwarf.h>

namespace tspahole::dwarf {

namespace {

// Number at `at`, which advances; kNoConstant when it does not end before `end` or does not fit.
uint64_t readUleb(const unsigned char*& at, const unsigned char* end) {
  uint64_t value = 0;
  for (unsigned shift = 0; at < end && shift < 64; shift += 7) {
    const unsigned char byte = *at++;
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  return kNoConstant;
}

}  // namespace

uint64_t constantOf(const Dwarf_Block& expression) {
  const unsigned char* at = expression.data;
  const unsigned char* end = at + expression.length;
  if (at == end || (*at != DW_OP_plus_uconst && *at != DW_OP_constu)) return kNoConstant;
  at += 1;
  const uint64_t value = readUleb(at, end);
  return at == end ? value : kNoConstant;
}

}  // namespace tspahole::dwarf
