#include "tags.h"

#include <dwarf.h>

namespace tspahole::dwarf {

namespace {

constexpr int kLlvmAnnotation = 0x6000;
constexpr int kGnuAnnotation = 0x6001;

}  // namespace

bool isTypeTag(int tag) {
  switch (tag) {
    case DW_TAG_base_type:
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
    case DW_TAG_rvalue_reference_type:
    case DW_TAG_ptr_to_member_type:
    case DW_TAG_const_type:
    case DW_TAG_volatile_type:
    case DW_TAG_restrict_type:
    case DW_TAG_atomic_type:
    case DW_TAG_typedef:
    case DW_TAG_array_type:
    case DW_TAG_structure_type:
    case DW_TAG_class_type:
    case DW_TAG_interface_type:
    case DW_TAG_union_type:
    case DW_TAG_enumeration_type:
    case DW_TAG_subroutine_type:
    case DW_TAG_subrange_type:
    case DW_TAG_unspecified_type:
    case DW_TAG_string_type: return true;
    default: return false;
  }
}

bool isAnnotationTag(int tag) { return tag == kLlvmAnnotation || tag == kGnuAnnotation; }

}  // namespace tspahole::dwarf
