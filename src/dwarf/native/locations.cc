#include "locations.h"

#include <dwarf.h>

#include <vector>

namespace tspahole::dwarf {

namespace {

constexpr unsigned kLastRegister = DW_OP_reg31 - DW_OP_reg0;

// Entries of lists in DWARF 5.
enum ListEntry : uint8_t {
  EndOfList, BaseAddressIndex, StartEndIndexes, StartIndexLength, OffsetPair, DefaultLocation, BaseAddress, StartEnd,
  StartLength,
};

bool isRegister(unsigned code) { return code - DW_OP_reg0 <= kLastRegister; }
bool isRegisterPlus(unsigned code) { return code - DW_OP_breg0 <= kLastRegister; }
bool isConstantOperation(unsigned code) {
  return code - DW_OP_lit0 <= DW_OP_lit31 - DW_OP_lit0 || code == DW_OP_constu || code == DW_OP_consts;
}

void foundRegister(ParameterPlace& place, unsigned reg) {
  if (place.reg == kNoRegister) place.reg = static_cast<int>(reg);
}

void addPiece(uint64_t& pieces, uint64_t offset) {
  if (offset < 64) pieces |= uint64_t{1} << offset;
}

}  // namespace

struct LocationReader::Cursor {
  const unsigned char* at;
  const unsigned char* end;
  bool isLittleEndian;
  bool isDamaged = false;

  explicit Cursor(std::string_view bytes, bool isLittleEndian)
      : at(reinterpret_cast<const unsigned char*>(bytes.data())), end(at + bytes.size()),
        isLittleEndian(isLittleEndian) {}

  bool skip(uint64_t count) {
    if (count > static_cast<uint64_t>(end - at)) isDamaged = true;
    else at += count;
    return !isDamaged;
  }
  uint64_t fixed(unsigned size) {
    const unsigned char* from = at;
    if (!skip(size)) return 0;
    uint64_t value = 0;
    for (unsigned index = 0; index < size; ++index) {
      const unsigned shift = 8 * (isLittleEndian ? index : size - 1 - index);
      value |= static_cast<uint64_t>(from[index]) << shift;
    }
    return value;
  }
  // Signed numbers too: nothing looks at the upper bits of these.
  uint64_t leb() {
    uint64_t value = 0;
    for (unsigned shift = 0; at < end; shift += 7) {
      const unsigned char byte = *at++;
      if (shift < 64) value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    isDamaged = true;
    return 0;
  }
  std::string_view block(uint64_t size) {
    const unsigned char* from = at;
    return skip(size) ? std::string_view(reinterpret_cast<const char*>(from), size) : std::string_view();
  }
};

struct LocationReader::Operation {
  unsigned code;
  // The first operand of those that have one number.
  uint64_t number;
  // The block of those that have one.
  std::string_view block;
};

// One operation; false at damage and for operations that are not known.
bool LocationReader::readOperation(Cursor& cursor, Operation& operation) const {
  const unsigned code = static_cast<unsigned>(cursor.fixed(1));
  operation = {code, 0, {}};
  switch (code) {
    case DW_OP_addr: operation.number = cursor.fixed(addressSize_); break;
    case DW_OP_const1u: case DW_OP_const1s: case DW_OP_pick: case DW_OP_deref_size: case DW_OP_xderef_size:
      cursor.skip(1);
      break;
    case DW_OP_const2u: case DW_OP_const2s: case DW_OP_skip: case DW_OP_bra: case DW_OP_call2: cursor.skip(2); break;
    case DW_OP_const4u: case DW_OP_const4s: case DW_OP_call4: case DW_OP_GNU_parameter_ref: cursor.skip(4); break;
    case DW_OP_const8u: case DW_OP_const8s: cursor.skip(8); break;
    case DW_OP_constu: case DW_OP_consts: case DW_OP_plus_uconst: case DW_OP_regx: case DW_OP_fbreg: case DW_OP_piece:
    case DW_OP_addrx: case DW_OP_constx: case DW_OP_convert: case DW_OP_reinterpret: case DW_OP_GNU_convert:
    case DW_OP_GNU_reinterpret: case DW_OP_GNU_addr_index: case DW_OP_GNU_const_index:
      operation.number = cursor.leb();
      break;
    case DW_OP_bregx: case DW_OP_bit_piece: case DW_OP_regval_type: case DW_OP_GNU_regval_type:
      operation.number = cursor.leb();
      cursor.leb();
      break;
    case DW_OP_deref_type: case DW_OP_xderef_type: case DW_OP_GNU_deref_type:
      cursor.skip(1);
      cursor.leb();
      break;
    case DW_OP_implicit_value: case DW_OP_entry_value: case DW_OP_GNU_entry_value:
      operation.block = cursor.block(cursor.leb());
      break;
    case DW_OP_const_type: case DW_OP_GNU_const_type:
      cursor.leb();
      cursor.skip(cursor.fixed(1));
      break;
    case DW_OP_implicit_pointer: case DW_OP_GNU_implicit_pointer:
      cursor.skip(version_ < 3 ? addressSize_ : offsetSize_);
      cursor.leb();
      break;
    case DW_OP_call_ref: case DW_OP_GNU_variable_value: cursor.skip(version_ < 3 ? addressSize_ : offsetSize_); break;
    case DW_OP_form_tls_address: case DW_OP_GNU_push_tls_address: case DW_OP_call_frame_cfa: case DW_OP_stack_value:
    case DW_OP_GNU_uninit: case DW_OP_deref: case DW_OP_dup: case DW_OP_drop: case DW_OP_over: case DW_OP_nop:
    case DW_OP_push_object_address:
      break;
    default:
      if (isRegisterPlus(code)) operation.number = cursor.leb();
      // Arithmetic, comparisons, registers and small constants.
      else if (code < DW_OP_swap || code > DW_OP_reg31) return false;
  }
  return !cursor.isDamaged;
}

// Takes up one location of a parameter; false at damage.
bool LocationReader::addExpression(std::string_view expression, bool isFirst, bool isWide,
                                   ParameterPlace& place) const {
  Cursor cursor(expression, sections_.isLittleEndian);
  Operation first{}, operation{};
  size_t count = 0;
  bool hasStackValue = false;
  bool endsInStackValue = false;
  // Pieces count from where an expression of several operations begins.
  ParameterPlace pieces = place;
  uint64_t offset = 0;
  for (; cursor.at < cursor.end; ++count) {
    if (!readOperation(cursor, operation)) return false;
    endsInStackValue = operation.code == DW_OP_stack_value;
    if (count == 0) first = operation;
    else if (endsInStackValue) hasStackValue = true;
    if (operation.code == DW_OP_piece) {
      if (count > 0 && offset < addressSize_) addPiece(pieces.firstPieces, offset);
      else if (count > 0) addPiece(pieces.secondPieces, offset - addressSize_);
      // A piece of nonsense ends what counts as a register.
      offset = count == 0 ? operation.number : offset + operation.number;
    } else if (isRegister(operation.code)) {
      foundRegister(pieces, operation.code - DW_OP_reg0);
    }
  }
  if (count == 0) return true;
  const bool isSimple = count == 1 || (count == 2 && endsInStackValue);
  if (isConstantOperation(first.code)) {
    if (isFirst) place.isConstant = true;
  } else if (!isSimple && isWide) {
    place = pieces;
  } else if (isRegister(first.code)) {
    if (isFirst) foundRegister(place, first.code - DW_OP_reg0);
  } else if (isRegisterPlus(first.code)) {
    if (isFirst && hasStackValue) foundRegister(place, first.code - DW_OP_breg0);
  } else if (isSimple && first.code == DW_OP_fbreg) {
    if (isFirst) place.isOnStack = true;
  } else if (isSimple && (first.code == DW_OP_entry_value || first.code == DW_OP_GNU_entry_value)) {
    Cursor inner(first.block, sections_.isLittleEndian);
    if (readOperation(inner, operation) && inner.at == inner.end && isRegister(operation.code)) {
      foundRegister(place, operation.code - DW_OP_reg0);
    }
  }
  return true;
}

// The next expression of a list of DWARF 5; false at its end.
bool LocationReader::readList(Cursor& cursor, std::string_view& expression) const {
  while (!cursor.isDamaged && cursor.at < cursor.end) {
    switch (cursor.fixed(1)) {
      case BaseAddressIndex: cursor.leb(); continue;
      case BaseAddress: cursor.skip(addressSize_); continue;
      case StartEndIndexes:
      case StartIndexLength:
      case OffsetPair:
        cursor.leb();
        cursor.leb();
        break;
      case DefaultLocation: break;
      case StartEnd: cursor.skip(2 * addressSize_); break;
      case StartLength:
        cursor.skip(addressSize_);
        cursor.leb();
        break;
      default: return false;
    }
    expression = cursor.block(cursor.leb());
    return !cursor.isDamaged;
  }
  return false;
}

// The next expression of a list of DWARF up to 4; false at its end.
bool LocationReader::readOldList(Cursor& cursor, std::string_view& expression) const {
  const uint64_t escape = addressSize_ == 8 ? ~uint64_t{0} : (uint64_t{1} << 8 * addressSize_) - 1;
  while (!cursor.isDamaged && cursor.at < cursor.end) {
    const uint64_t begin = cursor.fixed(addressSize_);
    const uint64_t end = cursor.fixed(addressSize_);
    if (begin == escape) continue;
    if (begin == 0 && end == 0) return false;
    expression = cursor.block(cursor.fixed(2));
    return !cursor.isDamaged;
  }
  return false;
}

ParameterPlace LocationReader::place(Dwarf_Attribute location, bool isWide, uint64_t& visitsLeft) const {
  ParameterPlace place;
  Dwarf_Block block;
  if (dwarf_formblock(&location, &block) == 0) {
    addExpression({reinterpret_cast<const char*>(block.data), block.length}, true, isWide, place);
    return place;
  }
  const std::string_view section = version_ < 5 ? sections_.old : sections_.lists;
  Dwarf_Word offset;
  if (dwarf_formudata(&location, &offset) != 0 || offset >= section.size()) return place;
  Cursor cursor(section.substr(offset), sections_.isLittleEndian);
  std::string_view expression;
  for (bool isFirst = true; visitsLeft > 0; isFirst = false) {
    visitsLeft -= 1;
    if (!(version_ < 5 ? readOldList(cursor, expression) : readList(cursor, expression))) break;
    if (!addExpression(expression, isFirst, isWide, place)) break;
    // What follows can only add pieces.
    if (!isWide && place.reg != kNoRegister) break;
  }
  return place;
}

bool staticAddress(const Dwarf_Attribute& location, uint64_t& address) {
  Dwarf_Attribute attribute = location;
  Dwarf_Op* operations;
  size_t count;
  if (dwarf_getlocation(&attribute, &operations, &count) != 0 || count == 0) return false;
  address = operations[0].number;
  if (operations[0].atom == DW_OP_addrx) {
    Dwarf_Attribute value;
    if (dwarf_getlocation_attr(&attribute, &operations[0], &value) != 0) return false;
    if (dwarf_formaddr(&value, &address) != 0) return false;
  } else if (operations[0].atom != DW_OP_addr) {
    return false;
  }
  if (count == 2 && operations[1].atom == DW_OP_plus_uconst) address += operations[1].number;
  return true;
}

}  // namespace tspahole::dwarf
