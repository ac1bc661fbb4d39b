// The DIEs of one unit, read from its bytes. libdw finds the attributes of a DIE by a call, a lock and a search for
// each; here the abbreviations of the unit are taken apart once, and a DIE is a walk along one of them. What is
// unusual (damage, forms of no fixed meaning, another byte order, DIEs of other units) is left to libdw, so that the
// answers are always those of libdw.

#pragma once

#include <elfutils/libdw.h>

#include <cstdint>
#include <string_view>
#include <vector>

#include "attributes.h"
#include "file.h"

namespace tspahole::dwarf {

class Dies {
 public:
  // `abbreviations` is .debug_abbrev and must outlive this.
  explicit Dies(std::string_view abbreviations) : section_(abbreviations) {}

  // Starts the unit of `unitDie`. Everything is left to libdw unless `isOwn`: the unit lies in the file of
  // `abbreviations`, and its numbers and those of this machine are little endian.
  void reset(const Dwarf_Die& unitDie, const UnitHeader& header, bool isOwn);

  // DW_TAG_*, as dwarf_tag.
  int tag(Dwarf_Die& die) const;
  // Finds the attributes of `die`. False when they are damaged; those before the damage are kept.
  bool read(Dwarf_Die& die, Attributes& attributes) const;
  // The first child and the next sibling, as dwarf_child and dwarf_siblingof. `next` may be `die`.
  int child(Dwarf_Die& parent, Dwarf_Die& first) const;
  int sibling(Dwarf_Die& die, Dwarf_Die& next) const;

 private:
  // One attribute of an abbreviation.
  struct Field {
    // Of DW_FORM_implicit_const.
    const unsigned char* constant;
    uint32_t code;
    uint16_t form;
    uint8_t slot;
    // Bytes, or kVariable.
    uint8_t size;
  };
  struct Abbreviation {
    uint32_t tag;
    uint32_t firstField;
    uint32_t endField;
    // Bytes of all attributes; kNotFixed when they vary.
    uint32_t fixedSize;
    // Bits of the slots.
    uint64_t present;
    bool hasChildren;
    bool hasSibling;
  };
  // How the unit writes what its header decides, and the table it uses.
  struct Encoding {
    uint64_t offset;
    uint8_t addressSize;
    uint8_t offsetSize;
    // DWARF 2 wrote references to other units as addresses.
    bool hasOldReferences;
    bool operator==(const Encoding& other) const {
      return offset == other.offset && addressSize == other.addressSize && offsetSize == other.offsetSize &&
             hasOldReferences == other.hasOldReferences;
    }
  };
  static constexpr uint8_t kVariable = 0xff;
  static constexpr uint32_t kNotFixed = 0xffffffff;

  bool readTable();
  bool readAbbreviation(uint64_t code, const unsigned char*& at, const unsigned char* end);
  bool readFields(Abbreviation& abbreviation, const unsigned char*& at, const unsigned char* end);
  bool addAbbreviation(uint64_t code, const Abbreviation& abbreviation);
  uint8_t sizeOf(unsigned form) const;

  const Abbreviation* find(const Dwarf_Die& die, const unsigned char*& attributes) const;
  const Abbreviation* lookUp(uint32_t code) const;
  bool isOdd(const unsigned char* at) const;
  const unsigned char* skip(const unsigned char* at, unsigned form) const;
  // The end of the attributes; null when libdw should look.
  const unsigned char* endOf(const Abbreviation& abbreviation, const unsigned char* at) const;
  const unsigned char* siblingOf(const Abbreviation& abbreviation, const unsigned char* die,
                                 const unsigned char* at) const;
  // The DIE behind `die`, over what it contains; null when libdw should look.
  const unsigned char* behind(const unsigned char* die) const;

  std::string_view section_;
  Encoding encoding_{};
  bool isTableUsable_ = false;
  std::vector<Field> fields_;
  std::vector<Abbreviation> abbreviations_;
  // Index of the abbreviation plus one, by its code.
  std::vector<uint32_t> byCode_;

  // The unit; null where all is left to libdw.
  Dwarf_CU* unit_ = nullptr;
  const unsigned char* start_ = nullptr;
  const unsigned char* end_ = nullptr;
};

}  // namespace tspahole::dwarf
