#include "entry_places.h"

#include <dwarf.h>

#include <cstring>

#include "file.h"

namespace tspahole::dwarf {

namespace {

// Instances of instances; compilers make two levels.
constexpr int kMaxOrigins = 8;
constexpr size_t kMaxParameters = 1024;
constexpr size_t kMaxFunctions = 4096;
constexpr unsigned kLastRegister = DW_OP_reg31 - DW_OP_reg0;

// The attribute, or that of what the DIE is an instance or the definition of.
bool findAttribute(Dwarf_Die die, unsigned name, Dwarf_Attribute& attribute) {
  for (int step = 0; step < kMaxOrigins; ++step) {
    if (dwarf_attr(&die, name, &attribute) != nullptr) return true;
    Dwarf_Attribute link;
    if (dwarf_attr(&die, DW_AT_abstract_origin, &link) == nullptr &&
        dwarf_attr(&die, DW_AT_specification, &link) == nullptr) {
      return false;
    }
    Dwarf_Die origin;
    if (dwarf_formref_die(&link, &origin) == nullptr) return false;
    die = origin;
  }
  return false;
}

const char* nameOf(const Dwarf_Die& die) {
  Dwarf_Attribute attribute;
  const char* name = findAttribute(die, DW_AT_name, attribute) ? dwarf_formstring(&attribute) : nullptr;
  return name == nullptr ? "" : name;
}

// Whether offsets of frames count from the canonical frame address, which is known at the first instruction.
bool hasCanonicalFrame(Dwarf_Die& function) {
  Dwarf_Attribute attribute;
  Dwarf_Op* operations;
  size_t count;
  if (dwarf_attr(&function, DW_AT_frame_base, &attribute) == nullptr) return false;
  if (dwarf_getlocation(&attribute, &operations, &count) != 0 || count != 1) return false;
  return operations[0].atom == DW_OP_call_frame_cfa;
}

bool isConstant(const Dwarf_Op& operation) {
  const unsigned atom = operation.atom;
  if (atom >= DW_OP_const1u && atom <= DW_OP_consts) return true;
  return (atom >= DW_OP_lit0 && atom <= DW_OP_lit31) || atom == DW_OP_implicit_value;
}

// What an expression says; only what it begins with matters: of pieces the first.
void readExpression(const Dwarf_Op* operations, size_t count, bool isCanonical, EntryParameter& parameter) {
  const Dwarf_Op& first = operations[0];
  const unsigned atom = first.atom;
  const bool isValue = operations[count - 1].atom == DW_OP_stack_value;
  parameter.kind = EntryKind::Other;
  if (atom - DW_OP_reg0 <= kLastRegister || atom == DW_OP_regx) {
    parameter.kind = EntryKind::Register;
    parameter.number = atom == DW_OP_regx ? static_cast<int64_t>(first.number) : atom - DW_OP_reg0;
  } else if (isConstant(first)) {
    parameter.kind = EntryKind::Constant;
  } else if (atom == DW_OP_fbreg && isCanonical && count == 1) {
    parameter.kind = EntryKind::Frame;
    parameter.number = static_cast<int64_t>(first.number);
  } else if (atom - DW_OP_breg0 <= kLastRegister && count == 1 && !isValue && first.number == 0) {
    parameter.kind = EntryKind::Memory;
    parameter.number = atom - DW_OP_breg0;
  }
}

EntryParameter readParameter(Dwarf_Die& die, Dwarf_Addr address, bool isCanonical) {
  EntryParameter parameter;
  parameter.name = nameOf(die);
  Dwarf_Attribute attribute;
  Dwarf_Op* operations;
  size_t count = 0;
  if (dwarf_attr(&die, DW_AT_location, &attribute) != nullptr) {
    if (dwarf_getlocation_addr(&attribute, address, &operations, &count, 1) == 1 && count > 0) {
      readExpression(operations, count, isCanonical, parameter);
    }
  } else if (dwarf_attr(&die, DW_AT_const_value, &attribute) != nullptr) {
    parameter.kind = EntryKind::Constant;
  }
  return parameter;
}

// The next DIE on the level, which lies behind this one: what says otherwise would be followed in circles.
bool nextSibling(Dwarf_Die& die) {
  Dwarf_Die next;
  if (dwarf_siblingof(&die, &next) != 0 || dwarf_dieoffset(&next) <= dwarf_dieoffset(&die)) return false;
  die = next;
  return true;
}

EntryFunction readFunction(Dwarf_Die& die, Dwarf_Addr address) {
  EntryFunction function;
  function.address = address;
  const bool isCanonical = hasCanonicalFrame(die);
  Dwarf_Die child;
  if (dwarf_child(&die, &child) != 0) return function;
  do {
    if (dwarf_tag(&child) != DW_TAG_formal_parameter) continue;
    function.parameters.push_back(readParameter(child, address, isCanonical));
  } while (function.parameters.size() < kMaxParameters && nextSibling(child));
  return function;
}

// The address of the first instruction; compilers put what is split into hot and cold parts into ranges, the hot first.
bool entryAddress(Dwarf_Die& function, Dwarf_Addr& address) {
  if (dwarf_entrypc(&function, &address) == 0) return true;
  Dwarf_Addr base, end;
  return dwarf_ranges(&function, 0, &base, &address, &end) > 0;
}

void readUnit(Dwarf* dwarf, const UnitHeader& unit, const std::string& name, EntryPlaces& places) {
  Dwarf_Die unitDie, die;
  if (dwarf_offdie(dwarf, unit.dieOffset, &unitDie) == nullptr || dwarf_child(&unitDie, &die) != 0) return;
  do {
    if (dwarf_tag(&die) != DW_TAG_subprogram || name != nameOf(die)) continue;
    Dwarf_Addr address;
    Dwarf_Attribute attribute;
    if (entryAddress(die, address)) places.functions.push_back(readFunction(die, address));
    places.isKnown |= dwarf_attr(&die, DW_AT_declaration, &attribute) == nullptr;
  } while (places.functions.size() < kMaxFunctions && nextSibling(die));
}

}  // namespace

EntryPlaces entryPlaces(const std::string& path, const std::string& name) {
  File file(path);
  const DwarfHandle handle = file.makeHandle();
  EntryPlaces places;
  for (const UnitHeader& unit : file.units()) readUnit(handle.get(), unit, name, places);
  return places;
}

}  // namespace tspahole::dwarf
