#include "signatures.h"

#include <dwarf.h>
#include <elf.h>

namespace tspahole::dwarf {

namespace {

// Types that only refer to others that are followed.
constexpr int kMaxChain = 64;

constexpr uint32_t kPointerKinds[] = {static_cast<uint32_t>(Kind::Pointer), static_cast<uint32_t>(Kind::Reference),
                                      static_cast<uint32_t>(Kind::RvalueReference)};

bool isPointer(uint32_t kind) {
  for (const uint32_t each : kPointerKinds) {
    if (kind == each) return true;
  }
  return false;
}

bool isOneBit(uint64_t bits) { return bits != 0 && (bits & (bits - 1)) == 0; }

unsigned lowestBit(uint64_t bits) {
  unsigned index = 0;
  while ((bits >> index & 1) == 0) ++index;
  return index;
}

}  // namespace

CallingConvention callingConventionOf(unsigned machine) {
  switch (machine) {
    case EM_S390: return {{2, 3, 4, 5, 6, -1, -1, -1}, 5, false};
    case EM_X86_64: return {{5, 4, 1, 2, 8, 9, -1, -1}, 6, true};
    case EM_ARM:
    case EM_AARCH64: return {{0, 1, 2, 3, 4, 5, 6, 7}, 8, true};
    case EM_SPARC:
    case EM_SPARCV9: return {{-1, -1, -1, -1, -1, -1, -1, -1}, 6, true};
    case EM_ARC:
    case EM_MIPS:
    case EM_PPC:
    case EM_PPC64:
    case EM_RISCV: return {{-1, -1, -1, -1, -1, -1, -1, -1}, 8, true};
    default: return {{-1, -1, -1, -1, -1, -1, -1, -1}, 0, true};
  }
}

void Signatures::clear() {
  parameters.clear();
  functions.clear();
  tags.clear();
  parameterIndexes.reset(0);
}

void SignatureAnalysis::run(const LocationReader& locations, bool isClang, bool wantsTrue, uint64_t& visitsLeft) {
  for (SignatureFunction& function : signatures_.functions) share(function);
  for (SignatureParameter& parameter : signatures_.parameters) place(parameter, locations, visitsLeft);
  // Instances that come later say where a parameter is, as far as they know.
  for (const SignatureParameter& parameter : signatures_.parameters) {
    const uint32_t index = parameter.origin == kVoidKey ? kNoId : signatures_.parameterIndexes.find(parameter.origin);
    if (index == kNoId) continue;
    SignatureParameter& origin = signatures_.parameters[index];
    origin.hasLocation |= parameter.hasLocation;
    origin.hasConstant |= parameter.hasConstant;
    origin.place.isConstant |= parameter.place.isConstant;
    origin.place.isOnStack |= parameter.place.isOnStack;
    if (parameter.place.reg != kNoRegister) origin.place.reg = parameter.place.reg;
    origin.place.firstPieces |= parameter.place.firstPieces;
    origin.place.secondPieces |= parameter.place.secondPieces;
  }
  for (SignatureFunction& function : signatures_.functions) judge(function, isClang, wantsTrue);
}

// Takes names and types of an instance's parameters from what they are instances of.
void SignatureAnalysis::share(SignatureFunction& function) {
  for (uint32_t index = 0; index < function.parameterCount; ++index) {
    SignatureParameter& parameter = signatures_.parameters[function.firstParameter + index];
    if (parameter.origin == kVoidKey) continue;
    const uint32_t found = signatures_.parameterIndexes.find(parameter.origin);
    if (found == kNoId) continue;
    const SignatureParameter& origin = signatures_.parameters[found];
    parameter.name = origin.name;
    parameter.type = origin.type;
    if (parameter.position != origin.position) function.flags |= signatureFlag::Reordered;
  }
}

void SignatureAnalysis::place(SignatureParameter& parameter, const LocationReader& locations, uint64_t& visitsLeft) {
  parameter.byteSize = valueSize(parameter.type);
  if (!parameter.hasLocation) return;
  const bool isWide = convention_.splitsStructs && parameter.byteSize > batch_.head.addressSize;
  parameter.place = locations.place(parameter.location, isWide, visitsLeft);
  if (parameter.origin == kVoidKey && parameter.name != 0) findMember(parameter);
}

bool SignatureAnalysis::takesMemory(const SignatureParameter& parameter) const {
  return parameter.byteSize > (convention_.splitsStructs ? 2u : 1u) * batch_.head.addressSize;
}

// Registers, or words of the stack, that a parameter takes.
unsigned SignatureAnalysis::slots(const SignatureParameter& parameter) const {
  const uint64_t word = batch_.head.addressSize;
  if (!convention_.splitsStructs || parameter.byteSize <= word) return 1;
  return static_cast<unsigned>((parameter.byteSize + word - 1) / word);
}

void SignatureAnalysis::judge(SignatureFunction& function, bool isClang, bool wantsTrue) {
  if (isClang && (function.flags & signatureFlag::Changed) == 0) judgeUnchanged(function);
  else judgeAll(function, isClang, wantsTrue && (function.flags & signatureFlag::Changed) != 0);
  bool isMisplaced = false;
  bool hasStruct = false;
  for (uint32_t index = 0; index < function.parameterCount; ++index) {
    const SignatureParameter& parameter = signatures_.parameters[function.firstParameter + index];
    if (parameter.isOptimized || !parameter.hasLocation) function.flags |= signatureFlag::Optimized;
    isMisplaced |= parameter.isMisplaced;
    hasStruct |= isStruct(parameter.type);
  }
  // A struct may take several registers, and so move the others.
  if (isMisplaced && !hasStruct) function.flags |= signatureFlag::Misplaced;
}

// Functions whose parameters clang has left alone: each is somewhere in the registers that it may take.
void SignatureAnalysis::judgeUnchanged(const SignatureFunction& function) {
  unsigned at = 0;
  for (uint32_t index = 0; index < function.parameterCount && at < convention_.registerCount; ++index) {
    SignatureParameter& parameter = signatures_.parameters[function.firstParameter + index];
    if (takesMemory(parameter)) continue;
    const unsigned count = slots(parameter);
    bool isThere = parameter.place.reg == kNoRegister;
    for (unsigned slot = at; slot < at + count && slot < convention_.registerCount; ++slot) {
      isThere |= parameter.place.reg == convention_.registers[slot];
    }
    if (!isThere) parameter.isMisplaced = true;
    at += count;
  }
}

void SignatureAnalysis::judgeAll(const SignatureFunction& function, bool isClang, bool wantsTrue) {
  unsigned at = 0;
  for (uint32_t index = 0; index < function.parameterCount; ++index) {
    SignatureParameter& parameter = signatures_.parameters[function.firstParameter + index];
    const bool hasNext = index + 1 < function.parameterCount;
    const unsigned taken = judgeParameter(parameter, hasNext ? &parameter + 1 : nullptr, at, isClang, wantsTrue);
    // More than there are is as good as all.
    at = taken > convention_.registerCount ? convention_.registerCount : at + taken;
  }
}

// Judges a parameter that is expected in the register with the number `at`, and says how many it takes.
unsigned SignatureAnalysis::judgeParameter(SignatureParameter& parameter, const SignatureParameter* next, unsigned at,
                                           bool isClang, bool wantsTrue) {
  const bool isRegisterLeft = at < convention_.registerCount;
  const unsigned all = slots(parameter);
  const unsigned usual = takesMemory(parameter) ? 1 : all;
  const ParameterPlace& place = parameter.place;
  if (!parameter.hasLocation) {
    if (parameter.hasConstant && !isClang) {
      parameter.isOptimized = true;
    } else if (wantsTrue) {
      if (isRegisterLeft && isInPlace(next, at + all)) return all;
      parameter.isOptimized = true;
      return 0;
    }
    return usual;
  }
  if (wantsTrue && place.isConstant) {
    parameter.isOptimized = true;
    return 0;
  }
  if (!isRegisterLeft) return 0;
  if (wantsTrue && place.isOnStack) {
    if (takesMemory(parameter)) return 0;
    parameter.isMisplaced = true;
    return usual;
  }
  if (place.reg == kNoRegister) {
    (wantsTrue ? parameter.isMisplaced : parameter.isOptimized) = true;
    return usual;
  }
  const int expected = convention_.registers[at];
  if (expected != kNoRegister && expected != place.reg) {
    parameter.isMisplaced = true;
    return usual;
  }
  if (!wantsTrue || (place.firstPieces | place.secondPieces) == 0) return usual;
  if (place.firstPieces != 0 && place.secondPieces != 0) return all;
  if (isInPlace(next, at + all)) {
    parameter.memberName = 0;
    return all;
  }
  if (parameter.memberName == 0 || parameter.memberType == 0) return usual;
  parameter.type = parameter.memberType;
  return 1;
}

// Whether a parameter is known to be in the register with the number `at`.
bool SignatureAnalysis::isInPlace(const SignatureParameter* parameter, unsigned at) const {
  return parameter != nullptr && parameter->place.reg != kNoRegister && at < convention_.registerCount &&
         parameter->place.reg == convention_.registers[at];
}

// The one member of a struct that is used.
void SignatureAnalysis::findMember(SignatureParameter& parameter) const {
  const auto [reg, isConstant, isOnStack, first, second] = parameter.place;
  if ((first == 0) == (second == 0) || !isOneBit(first | second)) return;
  const uint64_t byteOffset = first != 0 ? lowestBit(first) : batch_.head.addressSize + lowestBit(second);
  const uint32_t id = sizedType(parameter.type);
  if (id == 0 || kind(id) != static_cast<uint32_t>(Kind::Struct)) return;
  const uint32_t info = word(id, 1);
  for (uint32_t index = 0; index < (info & kMaxElements); ++index) {
    const uint32_t place = word(id, 5 + 3 * index);
    if ((info >> 31 != 0 ? place & 0xffffff : place) != 8 * byteOffset) continue;
    parameter.memberName = word(id, 3 + 3 * index);
    parameter.memberType = word(id, 4 + 3 * index);
    return;
  }
}

uint32_t SignatureAnalysis::kind(uint32_t id) const {
  return id - 1 < batch_.typeCount() ? word(id, 1) >> 24 & 0x7f : 0;
}

// The first type on the way from a type to what it refers to that states its size; 0 where none does.
uint32_t SignatureAnalysis::sizedType(uint32_t id) const {
  for (int step = 0; step < kMaxChain; ++step) {
    const uint32_t found = kind(id);
    if (isPointer(found)) return id;
    switch (static_cast<Kind>(found)) {
      case Kind::Int:
      case Kind::Float:
      case Kind::Complex:
      case Kind::Struct:
      case Kind::Union:
      case Kind::Enum:
      case Kind::Enum64: return word(id, 2) == 0 ? 0 : id;
      case Kind::Array: id = word(id, 3); break;
      case Kind::Typedef:
      case Kind::Const:
      case Kind::Volatile:
      case Kind::Restrict:
      case Kind::Atomic:
      case Kind::FuncProto: id = word(id, 2); break;
      default: return 0;
    }
  }
  return 0;
}

uint64_t SignatureAnalysis::valueSize(uint32_t id) const {
  const uint32_t sized = sizedType(id);
  if (sized == 0) return 0;
  return isPointer(kind(sized)) ? batch_.head.addressSize : word(sized, 2);
}

// Whether a parameter is a struct, behind typedefs and const.
bool SignatureAnalysis::isStruct(uint32_t id) const {
  for (int step = 0; step < kMaxChain; ++step) {
    switch (static_cast<Kind>(kind(id))) {
      case Kind::Struct: return (batch_.flags[id - 1] & typeFlag::Class) == 0;
      case Kind::Typedef:
      case Kind::Const: id = word(id, 2); break;
      default: return false;
    }
  }
  return false;
}

std::vector<uint32_t> SignatureAnalysis::structsOnStack(const SignatureFunction& function) const {
  std::vector<uint32_t> found;
  if (function.parameterCount < convention_.registerCount) return found;
  for (uint32_t index = convention_.registerCount; index < function.parameterCount; ++index) {
    const uint32_t id = signatures_.parameters[function.firstParameter + index].type;
    if (kind(id) == static_cast<uint32_t>(Kind::Struct) && word(id, 0) != 0) found.push_back(id);
  }
  return found;
}

}  // namespace tspahole::dwarf
