// The unit batch: what one compile unit is lowered to, in columns. See batch.h for how it is handed over.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "error.h"

namespace tspahole::dwarf {

// Kinds of records: BTF's numbers (linux uapi/linux/btf.h), and ours from 64 on.
enum class Kind : uint32_t {
  Int = 1, Pointer, Array, Struct, Union, Enum, Forward, Typedef, Volatile, Const, Restrict, Func, FuncProto,
  Var, Float = 16, DeclTag, TypeTag, Enum64,
  Reference = 64, RvalueReference, PointerToMember, Atomic, Unspecified, Subrange, VariantPart, Namespace,
  Complex, String, TemplateParameter,
};

// Bits of the `flags` column.
namespace typeFlag {
constexpr uint32_t Class = 1;
constexpr uint32_t Declaration = 2;
// Made by us: it has no DIE of its own.
constexpr uint32_t Synthetic = 4;
constexpr uint32_t Vector = 8;
// An array whose count is not constant.
constexpr uint32_t Variable = 16;
constexpr uint32_t EnumClass = 32;
constexpr uint32_t Artificial = 64;
// Declared in the body of a function.
constexpr uint32_t LocalToFunction = 128;
constexpr uint32_t ExportSymbols = 256;
// An enumeration does not say whether it is signed; its values do.
constexpr uint32_t GuessedSign = 512;
// The number of the declaring file is 0.
constexpr uint32_t DeclFileZero = 1024;
}  // namespace typeFlag

// Bits of the `memberFlags` column.
namespace memberFlag {
constexpr uint32_t Inheritance = 1;
constexpr uint32_t Virtual = 2;
// Two bits: 0 not said, else DW_ACCESS_public, protected, private.
constexpr uint32_t AccessibilityShift = 2;
constexpr uint32_t Artificial = 16;
constexpr uint32_t Mutable = 32;
// The offset is not a constant; the value word is 0xffffffff.
constexpr uint32_t NoConstantOffset = 64;
// The bits from this one on: those of the bit offset that the value word has no room for.
constexpr uint32_t HighOffsetShift = 8;
}  // namespace memberFlag

// Codes of the pairs of the `children` column; bits 8-9 hold the accessibility as in memberFlags.
namespace childCode {
constexpr uint32_t DataMember = 0;  // value: index of the element
constexpr uint32_t NestedType = 1;  // value: type id
constexpr uint32_t StaticMember = 2;  // value: type id of a Var
constexpr uint32_t Method = 3;  // value: type id of a Func
constexpr uint32_t TemplateParameter = 4;  // value: type id
constexpr uint32_t VariantPart = 5;  // value: type id
// In the children of a variant part only: a variant begins; value: 1 when it has a discriminant value.
constexpr uint32_t Variant = 6;
// The constant of the pair before: the value of a static member, the discriminant of a variant.
constexpr uint32_t ConstantLow = 7;  // value: low 32 bits
constexpr uint32_t ConstantHigh = 8;  // value: high 32 bits; left out where they are 0
constexpr uint32_t Using = 9;  // value: id of an Unspecified with the name of what is imported
constexpr uint32_t AccessibilityShift = 8;
// A static member that is written as a data member (DWARF 4), in a union too.
constexpr uint32_t WrittenAsMember = 1 << 10;
// The constant that follows is in a signed form.
constexpr uint32_t SignedConstant = 1 << 11;
}  // namespace childCode

// Bits of the fifth word of a row of `functions`.
namespace functionFlag {
constexpr uint32_t External = 1;
constexpr uint32_t Declaration = 2;
constexpr uint32_t InlineShift = 2;  // two bits: DW_INL_*
constexpr uint32_t Prototyped = 16;
constexpr uint32_t VirtualityShift = 5;  // two bits: DW_VIRTUALITY_*
constexpr uint32_t Artificial = 128;
constexpr uint32_t Noreturn = 256;
constexpr uint32_t AccessibilityShift = 9;  // two bits
constexpr uint32_t Explicit = 1 << 11;
constexpr uint32_t HasLowPc = 1 << 12;
// The code lies in several ranges; the size is their sum.
constexpr uint32_t HasRanges = 1 << 13;
constexpr uint32_t AbstractOrigin = 1 << 14;
constexpr uint32_t Specification = 1 << 15;
constexpr uint32_t Deleted = 1 << 16;
constexpr uint32_t Defaulted = 1 << 17;
// DW_CC_nocall: clang says so when it changed the signature.
constexpr uint32_t NoStandardCall = 1 << 18;
// The linkage name is in DW_AT_MIPS_linkage_name, as before DWARF 4.
constexpr uint32_t OldLinkageName = 1 << 19;
// The result's type is in the DIE itself and not in one that it completes.
constexpr uint32_t OwnType = 1 << 20;
// There is a DW_AT_external, whatever it says: the GNU assembler states it of static functions too.
constexpr uint32_t StatesExternal = 1 << 21;
}  // namespace functionFlag

// Bits 0 to 7 of the first word of a row of `outlines`.
namespace outlineCode {
constexpr uint32_t Block = 0;  // a block begins
constexpr uint32_t BlockEnd = 1;
constexpr uint32_t Variable = 2;
constexpr uint32_t Label = 3;
// The type word is the id of the function.
constexpr uint32_t Inline = 4;
constexpr uint32_t Parameter = 5;
// Of a variable, where it lies: the first byte of its location expression (DW_OP_*); 0 where it has none.
constexpr uint32_t LocationShift = 8;
// A declaration of a variable that is elsewhere.
constexpr uint32_t Declaration = 1 << 16;
// A block or an expansion in several ranges.
constexpr uint32_t HasRanges = 1 << 17;
}  // namespace outlineCode

// Words of a row of `outlines`: code, name, type id, low pc (low, high), size, line, DIE offset. An inlined
// function comes behind those that were inlined into it and stands for its own block; only what its blocks
// contain is listed.
constexpr uint32_t kOutlineWords = 8;
constexpr uint32_t kOutlineNameWord = 1;
constexpr uint32_t kOutlineTypeWord = 2;

// Words of a row of `functions`: type id, low pc (low, high), size, flags, linkage name, line, inline count, the
// id of the function that it completes, index of its first row in `outlines`, number of these rows.
constexpr uint32_t kFunctionWords = 11;
constexpr uint32_t kFunctionNameWord = 5;
constexpr uint32_t kFunctionOriginWord = 8;

// Bits of the flags word of a row of `signatures`.
namespace signatureFlag {
// A parameter, or where it is, is optimized away.
constexpr uint32_t Optimized = 1;
// A parameter is in another register than the calling convention says.
constexpr uint32_t Misplaced = 2;
// The parameters of an instance have another order.
constexpr uint32_t Reordered = 4;
// The compiler says that it changed the signature.
constexpr uint32_t Changed = 8;
}  // namespace signatureFlag

// Words at the start of a row of `signatures`: name, low pc (low, high), flags, type id of the result, number of
// parameters, of tags, of structs that are passed behind the parameters in registers. Then three words for each
// parameter (name, name of the one member that is passed instead, type id), two for each tag (value, component), and
// one for each of these structs (type id).
constexpr uint32_t kSignatureWords = 8;
constexpr uint32_t kSignatureCountsWord = 5;
constexpr uint32_t kSignatureParameterWords = 3;
constexpr uint32_t kSignatureTagWords = 2;

// Words at the start of a row of `variables`: name, number of the ELF section, offset in it (low, high), type id,
// whether it is external, number of tags. Then one word for each tag (value).
constexpr uint32_t kVariableWords = 7;
constexpr uint32_t kVariableTypeWord = 4;
constexpr uint32_t kVariableTagsWord = 6;

// A reference whose target cannot be read.
constexpr uint32_t kMissing = 0xffffffff;
// The largest size and offset in bytes that the model tells apart from others.
constexpr uint64_t kMaxBytes = 0xfffffffe;
// Largest element count of a record: all bits that an info word has for it.
constexpr uint32_t kMaxElements = 0x00ffffff;
// Word of a data member without a constant offset.
constexpr uint32_t kNoOffset = 0xffffffff;

// A column of 32-bit words that knows whether it says anything.
class Column {
 public:
  void push(uint32_t word) {
    words_.push_back(word);
    any_ |= word;
  }
  void set(size_t index, uint32_t word) {
    words_[index] = word;
    any_ |= word;
  }
  uint32_t operator[](size_t index) const { return words_[index]; }
  size_t size() const { return words_.size(); }
  const uint32_t* data() const { return words_.data(); }
  bool isAllZero() const { return any_ == 0; }
  void clear() {
    words_.clear();
    any_ = 0;
  }

 private:
  std::vector<uint32_t> words_;
  uint32_t any_ = 0;
};

struct UnitHead {
  // Name words.
  uint32_t name = 0;
  uint32_t compilationDirectory = 0;
  uint32_t producer = 0;
  uint32_t language = 0;
  uint16_t version = 0;
  uint8_t addressSize = 0;
  // DW_UT_*.
  uint8_t kind = 0;
  // Left out because of its language.
  bool isExcluded = false;
  bool isLittleEndian = true;
  uint64_t dieOffset = 0;
  uint64_t lowPc = 0;
};

struct UnitBatch {
  UnitHead head;
  // Read to be encoded: the columns of what BTF cannot say stay empty, but for flags and DIE offsets.
  bool isForEncoding = false;
  std::vector<Note> notes;

  // Records, as src/model/records.ts describes them; type ids and name words in place.
  Column words;
  // One word per type.
  Column starts, dieOffsets, scopes, flags, alignments, attributes, declFiles, declLines, memberStarts,
      childStarts;
  // One word per element of composites and variant parts, in type order.
  Column memberFlags, memberAlignments;
  Column children;
  Column functions;
  Column outlines;
  Column signatures;
  Column variables;
  // One word per type, where the unit is read to be encoded: see contents.h.
  Column contents;

  // Indexes into `words` of the words that hold a local name.
  std::vector<uint32_t> localNameWords;
  std::vector<std::string> localNames;
  // Filled at delivery: the new bytes of the arena, and the logical offset of the first.
  std::string arenaBytes;
  uint32_t arenaStart = 0;

  uint32_t typeCount() const { return static_cast<uint32_t>(starts.size()); }
  // Bytes of all columns together.
  size_t byteSize() const;
  // Empties it, and keeps the memory for the next unit.
  void clear();
  // What of it an encoder is handed, in memory of its own; takes the names and notes out of here.
  UnitBatch takeForEncoding();
};

}  // namespace tspahole::dwarf
