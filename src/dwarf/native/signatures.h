// What BTF says of the functions of a unit, and what speaks against saying it: parameters that are not where the
// calling convention has them. The rules are pahole's.
//
// Functions and parameters are collected while the unit is walked. When all types have ids, the instances of a
// function share what they know with the one that they are instances of, and each is judged.

#pragma once

#include <string>
#include <vector>

#include "locations.h"
#include "references.h"
#include "unit.h"

namespace tspahole::dwarf {

// Which registers hold the parameters of functions.
struct CallingConvention {
  static constexpr unsigned kMaxRegisters = 8;
  // Known places say where; without them only the number is known.
  int registers[kMaxRegisters];
  unsigned registerCount;
  // A struct of up to two words is passed in two registers.
  bool splitsStructs;
};

// For an e_machine of ELF.
CallingConvention callingConventionOf(unsigned machine);

// A parameter of a function with a DIE of its own.
struct SignatureParameter {
  Key key;
  // Name word; 0 without a name.
  uint32_t name;
  // A key, at the end an id.
  uint32_t type;
  // Key of the parameter that this is an instance of, where it has no type of its own; else void.
  Key origin;
  uint32_t position;
  bool hasLocation;
  bool hasConstant;
  // Meaningful with `hasLocation`.
  Dwarf_Attribute location;
  ParameterPlace place;
  uint64_t byteSize;
  bool isOptimized;
  bool isMisplaced;
  // What a struct of which one member is used is replaced by: member's name word and type; type 0 for none.
  uint32_t memberName;
  uint32_t memberType;
};

// A function that is defined, or of which there are instances.
struct SignatureFunction {
  uint32_t name;
  uint64_t address;
  // Bits of `signatureFlag`.
  uint32_t flags;
  // A key, at the end an id.
  uint32_t result;
  uint32_t firstParameter, parameterCount;
  bool isVariadic;
  uint32_t firstTag, tagCount;
};

struct SignatureTag {
  uint32_t value;
  uint32_t component;
};

struct Signatures {
  std::vector<SignatureParameter> parameters;
  std::vector<SignatureFunction> functions;
  std::vector<SignatureTag> tags;
  // From keys of parameters to their indexes.
  IdTable parameterIndexes;

  void clear();
};

// Judges the functions of one unit, the records of which are complete.
class SignatureAnalysis {
 public:
  SignatureAnalysis(Signatures& signatures, const UnitBatch& batch, const CallingConvention& convention)
      : signatures_(signatures), batch_(batch), convention_(convention) {}

  // `isClang`: of a unit that clang made. `wantsTrue`: parameters are to be those that are passed indeed.
  void run(const LocationReader& locations, bool isClang, bool wantsTrue, uint64_t& visitsLeft);

  // Structs that a function takes by value behind the parameters in registers.
  std::vector<uint32_t> structsOnStack(const SignatureFunction& function) const;

 private:
  void place(SignatureParameter& parameter, const LocationReader& locations, uint64_t& visitsLeft);
  void share(SignatureFunction& function);
  void judge(SignatureFunction& function, bool isClang, bool wantsTrue);
  void judgeUnchanged(const SignatureFunction& function);
  void judgeAll(const SignatureFunction& function, bool isClang, bool wantsTrue);
  unsigned judgeParameter(SignatureParameter& parameter, const SignatureParameter* next, unsigned at, bool isClang,
                          bool wantsTrue);
  bool takesMemory(const SignatureParameter& parameter) const;
  unsigned slots(const SignatureParameter& parameter) const;
  bool isInPlace(const SignatureParameter* next, unsigned at) const;
  void findMember(SignatureParameter& parameter) const;

  uint32_t kind(uint32_t id) const;
  uint32_t word(uint32_t id, uint32_t index) const { return batch_.words[batch_.starts[id - 1] + index]; }
  uint32_t sizedType(uint32_t id) const;
  uint64_t valueSize(uint32_t id) const;
  bool isStruct(uint32_t id) const;

  Signatures& signatures_;
  const UnitBatch& batch_;
  const CallingConvention& convention_;
};

}  // namespace tspahole::dwarf
