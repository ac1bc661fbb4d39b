// The attributes of one DIE, found in one pass and decoded when they are asked for.

#pragma once

#include <dwarf.h>
#include <elfutils/libdw.h>

#include <cstdint>
#include <cstring>
#include <optional>

namespace tspahole::dwarf {

// The attributes that lowering looks at.
enum class Attribute : uint8_t {
  Name, Type, ByteSize, BitSize, BitOffset, DataBitOffset, DataMemberLocation, Declaration, Specification,
  AbstractOrigin, Signature, Encoding, UpperBound, LowerBound, Length, ConstValue, Alignment, DeclFile,
  DeclLine, External, Artificial, Accessibility, Virtuality, ContainingType, EnumClass, Vector, ExportSymbols,
  Prototyped, LowPc, HighPc, Ranges, LinkageName, Inline, Mutable, Noreturn, Explicit, Deleted, Defaulted,
  CallingConvention, Producer, CompilationDirectory, Language, DiscriminantValue,
  Import, VtableElementLocation, Location, CallLine, GnuAnnotation, Ignored,
};

// The attribute of a DW_AT_* number; Ignored for one that lowering does not look at.
Attribute attributeOf(unsigned code);

// Whether numbers of a form are signed.
bool isSignedForm(unsigned form);

class Attributes {
 public:
  // Lets libdw find the attributes of `die`. False when they are damaged; those before the damage are kept.
  bool read(Dwarf_Die& die);

  // For Dies, which finds them itself: those of the slots in `present`, whose values have been seen to end inside of
  // `unit`, are little endian, and have `offsetSize` bytes where they are offsets.
  void begin(Dwarf_CU* unit, uint64_t present, uint8_t offsetSize) {
    present_ = present;
    unit_ = unit;
    offsetSize_ = offsetSize;
  }
  void put(unsigned slot, const unsigned char* value, unsigned form, unsigned code) {
    values_[slot] = {const_cast<unsigned char*>(value), form, code};
  }

  bool has(Attribute attribute) const { return (present_ >> index(attribute) & 1) != 0; }
  unsigned form(Attribute attribute) const { return has(attribute) ? values_[index(attribute)].form : 0; }

  // The DW_AT_* number that an attribute was found under, since some have two; 0 when absent.
  unsigned code(Attribute attribute) const { return has(attribute) ? values_[index(attribute)].code : 0; }

  // A constant, sign-extended where its form is signed. Nothing when absent or of another form.
  std::optional<uint64_t> number(Attribute attribute) const {
    if (!has(attribute)) return std::nullopt;
    const Value& value = values_[index(attribute)];
    if (offsetSize_ != 0) {
      switch (value.form) {
        case DW_FORM_data1: return *value.data;
        case DW_FORM_data2: return load(value.data, 2);
        case DW_FORM_data4: return load(value.data, 4);
        default: break;
      }
    }
    return readNumber(attribute);
  }
  uint64_t numberOr(Attribute attribute, uint64_t fallback) const { return number(attribute).value_or(fallback); }
  // Whether a constant is given in a signed form and is below 0.
  bool isNegative(Attribute attribute) const;
  // True for a set flag, and for a constant that is not 0.
  bool flag(Attribute attribute) const { return has(attribute) && readFlag(attribute); }
  // An address. Nothing when absent or of another form.
  std::optional<uint64_t> address(Attribute attribute) const;
  // The bytes of a block or an expression.
  std::optional<Dwarf_Block> block(Attribute attribute) const;
  // Offset in the unit that a reference inside of it has, and in .debug_str; nothing where libdw should look.
  std::optional<uint64_t> localReference(Attribute attribute) const {
    if (offsetSize_ == 0 || form(attribute) != DW_FORM_ref4) return std::nullopt;
    return load(values_[index(attribute)].data, 4);
  }
  std::optional<uint64_t> stringOffset(Attribute attribute) const {
    if (offsetSize_ == 0 || form(attribute) != DW_FORM_strp) return std::nullopt;
    return load(values_[index(attribute)].data, offsetSize_);
  }
  // Fills `die` with the DIE that a reference leads to; its offset is inside its section, no more is checked.
  bool target(Attribute attribute, Dwarf_Die& die) const;

  // For libdw. `attribute` must be present.
  Dwarf_Attribute raw(Attribute attribute) const;
  Dwarf_CU* unit() const { return unit_; }

 private:
  struct Value {
    unsigned char* data;
    unsigned form;
    unsigned code;
  };
  static unsigned index(Attribute attribute) { return static_cast<unsigned>(attribute); }
  // A little-endian number.
  static uint64_t load(const unsigned char* at, size_t size) {
    uint64_t value = 0;
    std::memcpy(&value, at, size);
    return value;
  }
  std::optional<uint64_t> readNumber(Attribute attribute) const;
  bool readFlag(Attribute attribute) const;
  static int collect(Dwarf_Attribute* attribute, void* self);

  uint64_t present_ = 0;
  Dwarf_CU* unit_ = nullptr;
  Attribute last_ = Attribute::Ignored;
  // Bytes of an offset; 0 where libdw found the attributes.
  uint8_t offsetSize_ = 0;
  // Meaningful where `present_` has the bit, so that nothing needs to be cleared.
  Value values_[static_cast<unsigned>(Attribute::Ignored) + 1];
};

}  // namespace tspahole::dwarf
