// What BTF says of functions and variables, which get no records when a unit is read to be encoded: rows of the
// signatures and variables columns.

#include <dwarf.h>

#include "lowering.h"
#include "tags.h"

namespace tspahole::dwarf {

namespace {

constexpr uint32_t kMaxParameters = 0xffff;

// Whether clang says that it changed the signature; an inlined function has the one of the source.
bool isChanged(const Entry& entry) {
  const Attributes& attributes = entry.attributes;
  if (attributes.numberOr(Attribute::Inline, 0) != 0) return false;
  Dwarf_Die die;
  Attributes origin;
  const Attributes* holder = &attributes;
  if (attributes.has(Attribute::AbstractOrigin)) {
    if (!attributes.target(Attribute::AbstractOrigin, die) || !origin.read(die)) return false;
    holder = &origin;
  }
  return holder->numberOr(Attribute::CallingConvention, 0) == DW_CC_nocall;
}

}  // namespace

// A function, behind those that are declared in it.
void Lowering::lowerSignature(Dwarf_Die& die) {
  const Marks marks = mark();
  Entry entry = read(die);
  Body body{};
  bool isVariadic = false;
  position_.functionDepth += 1;
  forEachChild(entry.die, [&](Dwarf_Die& child) {
    const int tag = dies_.tag(child);
    if (tag == DW_TAG_formal_parameter) {
      Entry parameter = read(child);
      addDeclTagsOf(parameter, body.parameterCount);
      signatureParameters_.push_back(readParameter(parameter, body.parameterCount++));
    } else if (tag == DW_TAG_unspecified_parameters) {
      isVariadic = true;
    } else if (isAnnotationTag(tag)) {
      addDeclTag(read(child), kMissing);
    } else {
      lowerBodyChild(body, child);
    }
  });
  position_.functionDepth -= 1;
  addChainDeclTags(entry, kMissing);
  if (!entry.attributes.has(Attribute::Declaration)) saveSignature(entry, marks, isVariadic);
  release(marks);
}

// `entry` is that of the parameter; an instance takes name and type from what it is an instance of.
SignatureParameter Lowering::readParameter(const Entry& entry, uint32_t position) {
  const Attributes& attributes = entry.attributes;
  const bool isInstance = !attributes.has(Attribute::Type);
  SignatureParameter parameter{};
  parameter.key = references_.keyOf(entry.die);
  parameter.position = position;
  parameter.hasLocation = attributes.has(Attribute::Location);
  parameter.hasConstant = attributes.has(Attribute::ConstValue);
  if (parameter.hasLocation) parameter.location = attributes.raw(Attribute::Location);
  if (isInstance) parameter.origin = references_.keyOf(attributes, Attribute::AbstractOrigin);
  if (parameter.origin == kVoidKey || References::isForeign(parameter.origin)) {
    parameter.name = nameOf(entry);
    parameter.type = typeOf(entry);
  }
  return parameter;
}

void Lowering::saveSignature(const Entry& entry, const Marks& marks, bool isVariadic) {
  SignatureFunction function{};
  function.name = nameOf(entry);
  function.address = entry.attributes.address(Attribute::LowPc).value_or(0);
  function.result = typeOf(entry);
  function.isVariadic = isVariadic;
  function.firstParameter = static_cast<uint32_t>(signatures_.parameters.size());
  function.parameterCount = static_cast<uint32_t>(signatureParameters_.size() - marks.signature);
  function.firstTag = static_cast<uint32_t>(signatures_.tags.size());
  function.tagCount = static_cast<uint32_t>(declTags_.size() - marks.declTags);
  for (size_t tag = marks.declTags; tag < declTags_.size(); ++tag) {
    signatures_.tags.push_back({declTags_[tag].value, declTags_[tag].component});
  }
  for (size_t index = marks.signature; index < signatureParameters_.size(); ++index) {
    const SignatureParameter& parameter = signatureParameters_[index];
    signatures_.parameterIndexes.insert(parameter.key, static_cast<uint32_t>(signatures_.parameters.size()));
    signatures_.parameters.push_back(parameter);
  }
  if (isClang_ && isChanged(entry)) function.flags |= signatureFlag::Changed;
  signatures_.functions.push_back(function);
}

// Turns the keys of types into ids.
void Lowering::resolveSignatures() {
  for (SignatureParameter& parameter : signatures_.parameters) {
    if (parameter.type != kVoidKey) parameter.type = resolve(parameter.type);
  }
  for (SignatureFunction& function : signatures_.functions) function.result = resolve(function.result);
  for (const uint32_t at : variableTypeWords_) batch_->variables.set(at, resolve(batch_->variables[at]));
}

void Lowering::writeSignatures() {
  static const LocationSections kNoSections;
  uint8_t offsetSize = 4;
  Dwarf_Die self;
  dwarf_diecu(&unitDie_, &self, nullptr, &offsetSize);
  // The lists of split units are in their own file.
  const bool isSplit = batch_->head.kind == DW_UT_split_compile;
  const UnitHead& head = batch_->head;
  const LocationReader locations(isSplit ? kNoSections : file_.locations(), head.version, head.addressSize,
                                 offsetSize);
  SignatureAnalysis analysis(signatures_, *batch_, file_.callingConvention());
  analysis.run(locations, isClang_, options_.trueSignatures, visitsLeft_);
  for (const SignatureFunction& function : signatures_.functions) {
    if (isNamed(function)) writeSignature(function, analysis.structsOnStack(function));
  }
}

// Whether the function and all of its parameters have names. One with more than older readers of BTF accept has none.
bool Lowering::isNamed(const SignatureFunction& function) const {
  bool isNamed = function.name != 0 && function.parameterCount < kMaxParameters;
  for (uint32_t index = 0; index < function.parameterCount; ++index) {
    isNamed &= signatures_.parameters[function.firstParameter + index].name != 0;
  }
  return isNamed;
}

// Whether a parameter is not passed.
bool Lowering::isDropped(const SignatureFunction& function, const SignatureParameter& parameter) const {
  if ((function.flags & signatureFlag::Reordered) != 0 && (!parameter.hasLocation || parameter.isOptimized)) return true;
  return options_.trueSignatures && (function.flags & signatureFlag::Changed) != 0 && parameter.isOptimized;
}

void Lowering::writeSignature(const SignatureFunction& function, const std::vector<uint32_t>& structs) {
  Column& row = batch_->signatures;
  row.push(function.name);
  row.push(static_cast<uint32_t>(function.address));
  row.push(static_cast<uint32_t>(function.address >> 32));
  row.push(function.flags);
  row.push(function.result);
  const size_t counts = row.size();
  row.push(0);
  row.push(function.tagCount);
  row.push(static_cast<uint32_t>(structs.size()));
  uint32_t count = function.isVariadic ? 1 : 0;
  for (uint32_t index = 0; index < function.parameterCount; ++index) {
    const SignatureParameter& parameter = signatures_.parameters[function.firstParameter + index];
    if (isDropped(function, parameter)) continue;
    count += 1;
    row.push(parameter.name);
    row.push(options_.trueSignatures && (function.flags & signatureFlag::Changed) != 0 ? parameter.memberName : 0);
    row.push(parameter.type);
  }
  if (function.isVariadic) {
    for (uint32_t word = 0; word < kSignatureParameterWords; ++word) row.push(0);
  }
  row.set(counts, count);
  for (uint32_t index = 0; index < function.tagCount; ++index) {
    const SignatureTag& tag = signatures_.tags[function.firstTag + index];
    row.push(tag.value);
    row.push(tag.component);
  }
  for (const uint32_t id : structs) row.push(id);
}

// A variable at the top of the unit, if it has an address in a section.
void Lowering::lowerStaticVariable(Dwarf_Die& die) {
  Entry entry = read(die);
  const Attributes& attributes = entry.attributes;
  uint64_t address;
  if (attributes.has(Attribute::Declaration) || attributes.has(Attribute::Artificial)) return;
  if (!attributes.has(Attribute::Location) || !staticAddress(attributes.raw(Attribute::Location), address)) return;
  const uint32_t section = file_.sectionAt(address);
  if (section == 0) return;
  const size_t tags = declTags_.size();
  Dwarf_Die declaration;
  const auto addTags = [&](Dwarf_Die& child) {
    if (isAnnotationTag(dies_.tag(child))) addDeclTag(read(child), kMissing);
  };
  // What is declared elsewhere is described there. Chains of tags, which gcc writes, pahole leaves aside.
  if (attributes.target(Attribute::Specification, declaration)) {
    stepAside(declaration, false, [&] {
      entry = read(declaration);
      forEachChild(declaration, addTags);
    });
  } else {
    forEachChild(die, addTags);
  }
  Column& row = batch_->variables;
  row.push(names_.of(entry.attributes, Attribute::Name));
  row.push(section);
  row.push(static_cast<uint32_t>(address));
  row.push(static_cast<uint32_t>(address >> 32));
  variableTypeWords_.push_back(static_cast<uint32_t>(row.size()));
  row.push(references_.keyOf(entry.attributes, Attribute::Type));
  row.push(entry.attributes.has(Attribute::External) ? 1 : 0);
  row.push(static_cast<uint32_t>(declTags_.size() - tags));
  for (size_t tag = tags; tag < declTags_.size(); ++tag) row.push(declTags_[tag].value);
  declTags_.resize(tags);
}

}  // namespace tspahole::dwarf
