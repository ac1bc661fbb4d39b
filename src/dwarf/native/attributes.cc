#include "attributes.h"

#include <dwarf.h>

#include <array>

namespace tspahole::dwarf {

namespace {

constexpr unsigned kGnuAnnotation = 0x2139;

struct Pair {
  unsigned code;
  Attribute attribute;
};

constexpr Pair kStandard[] = {
    {DW_AT_name, Attribute::Name},
    {DW_AT_type, Attribute::Type},
    {DW_AT_byte_size, Attribute::ByteSize},
    {DW_AT_bit_size, Attribute::BitSize},
    {DW_AT_bit_offset, Attribute::BitOffset},
    {DW_AT_data_bit_offset, Attribute::DataBitOffset},
    {DW_AT_data_member_location, Attribute::DataMemberLocation},
    {DW_AT_declaration, Attribute::Declaration},
    {DW_AT_specification, Attribute::Specification},
    {DW_AT_abstract_origin, Attribute::AbstractOrigin},
    {DW_AT_signature, Attribute::Signature},
    {DW_AT_encoding, Attribute::Encoding},
    {DW_AT_upper_bound, Attribute::UpperBound},
    {DW_AT_lower_bound, Attribute::LowerBound},
    {DW_AT_count, Attribute::Length},
    {DW_AT_const_value, Attribute::ConstValue},
    {DW_AT_alignment, Attribute::Alignment},
    {DW_AT_decl_file, Attribute::DeclFile},
    {DW_AT_decl_line, Attribute::DeclLine},
    {DW_AT_external, Attribute::External},
    {DW_AT_artificial, Attribute::Artificial},
    {DW_AT_accessibility, Attribute::Accessibility},
    {DW_AT_virtuality, Attribute::Virtuality},
    {DW_AT_containing_type, Attribute::ContainingType},
    {DW_AT_enum_class, Attribute::EnumClass},
    {DW_AT_export_symbols, Attribute::ExportSymbols},
    {DW_AT_prototyped, Attribute::Prototyped},
    {DW_AT_low_pc, Attribute::LowPc},
    {DW_AT_high_pc, Attribute::HighPc},
    {DW_AT_ranges, Attribute::Ranges},
    {DW_AT_linkage_name, Attribute::LinkageName},
    {DW_AT_inline, Attribute::Inline},
    {DW_AT_mutable, Attribute::Mutable},
    {DW_AT_noreturn, Attribute::Noreturn},
    {DW_AT_explicit, Attribute::Explicit},
    {DW_AT_deleted, Attribute::Deleted},
    {DW_AT_defaulted, Attribute::Defaulted},
    {DW_AT_calling_convention, Attribute::CallingConvention},
    {DW_AT_producer, Attribute::Producer},
    {DW_AT_comp_dir, Attribute::CompilationDirectory},
    {DW_AT_language, Attribute::Language},
    {DW_AT_import, Attribute::Import},
    {DW_AT_vtable_elem_location, Attribute::VtableElementLocation},
    {DW_AT_location, Attribute::Location},
    {DW_AT_call_line, Attribute::CallLine},
    {DW_AT_discr_value, Attribute::DiscriminantValue},
};

constexpr std::array<Attribute, 256> makeStandardTable() {
  std::array<Attribute, 256> table{};
  for (Attribute& entry : table) entry = Attribute::Ignored;
  for (const Pair& pair : kStandard) table[pair.code] = pair.attribute;
  return table;
}

constexpr std::array<Attribute, 256> kTable = makeStandardTable();

}  // namespace

Attribute attributeOf(unsigned code) {
  if (code < kTable.size()) return kTable[code];
  switch (code) {
    case DW_AT_MIPS_linkage_name: return Attribute::LinkageName;
    case DW_AT_GNU_vector: return Attribute::Vector;
    case kGnuAnnotation: return Attribute::GnuAnnotation;
    default: return Attribute::Ignored;
  }
}

namespace {

bool isConstantForm(unsigned form) {
  switch (form) {
    case DW_FORM_data1:
    case DW_FORM_data2:
    case DW_FORM_data4:
    case DW_FORM_data8:
    case DW_FORM_udata: return true;
    default: return isSignedForm(form);
  }
}

bool isReferenceForm(unsigned form) {
  switch (form) {
    case DW_FORM_ref1:
    case DW_FORM_ref2:
    case DW_FORM_ref4:
    case DW_FORM_ref8:
    case DW_FORM_ref_udata:
    case DW_FORM_ref_addr:
    case DW_FORM_ref_sig8:
    case DW_FORM_ref_sup4:
    case DW_FORM_ref_sup8:
    case DW_FORM_GNU_ref_alt: return true;
    default: return false;
  }
}

bool isAddressForm(unsigned form) {
  switch (form) {
    case DW_FORM_addr:
    case DW_FORM_addrx:
    case DW_FORM_addrx1:
    case DW_FORM_addrx2:
    case DW_FORM_addrx3:
    case DW_FORM_addrx4:
    case DW_FORM_GNU_addr_index: return true;
    default: return false;
  }
}

}  // namespace

bool isSignedForm(unsigned form) { return form == DW_FORM_sdata || form == DW_FORM_implicit_const; }

int Attributes::collect(Dwarf_Attribute* attribute, void* self) {
  auto* attributes = static_cast<Attributes*>(self);
  const Attribute slot = attributeOf(attribute->code);
  attributes->last_ = slot;
  if (attributes->has(slot)) return DWARF_CB_OK;
  attributes->values_[index(slot)] = {attribute->valp, attribute->form, attribute->code};
  // The bit of Ignored stays 0, so that `has` is never true for it.
  if (slot != Attribute::Ignored) attributes->present_ |= uint64_t{1} << index(slot);
  return DWARF_CB_OK;
}

bool Attributes::read(Dwarf_Die& die) {
  present_ = 0;
  offsetSize_ = 0;
  last_ = Attribute::Ignored;
  unit_ = die.cu;
  if (dwarf_getattrs(&die, collect, this, 0) == 1) return true;
  // libdw names an attribute before it checks that its value ends inside the unit.
  present_ &= ~(uint64_t{1} << index(last_));
  return false;
}

Dwarf_Attribute Attributes::raw(Attribute attribute) const {
  const Value& value = values_[index(attribute)];
  return {value.code, value.form, value.data, unit_};
}

std::optional<uint64_t> Attributes::readNumber(Attribute attribute) const {
  if (!isConstantForm(form(attribute))) return std::nullopt;
  Dwarf_Attribute value = raw(attribute);
  Dwarf_Word number;
  if (dwarf_formudata(&value, &number) != 0) return std::nullopt;
  return number;
}

bool Attributes::isNegative(Attribute attribute) const {
  return isSignedForm(form(attribute)) && static_cast<int64_t>(numberOr(attribute, 0)) < 0;
}

bool Attributes::readFlag(Attribute attribute) const {
  switch (form(attribute)) {
    case DW_FORM_flag_present: return true;
    case DW_FORM_flag: return *values_[index(attribute)].data != 0;
    default: return numberOr(attribute, 0) != 0;
  }
}

std::optional<uint64_t> Attributes::address(Attribute attribute) const {
  if (!isAddressForm(form(attribute))) return std::nullopt;
  Dwarf_Attribute value = raw(attribute);
  Dwarf_Addr address;
  if (dwarf_formaddr(&value, &address) != 0) return std::nullopt;
  return address;
}

std::optional<Dwarf_Block> Attributes::block(Attribute attribute) const {
  if (!has(attribute)) return std::nullopt;
  Dwarf_Attribute value = raw(attribute);
  Dwarf_Block block;
  if (dwarf_formblock(&value, &block) != 0) return std::nullopt;
  return block;
}

bool Attributes::target(Attribute attribute, Dwarf_Die& die) const {
  if (!isReferenceForm(form(attribute))) return false;
  Dwarf_Attribute value = raw(attribute);
  return dwarf_formref_die(&value, &die) != nullptr;
}

}  // namespace tspahole::dwarf
