// Lowers the DIEs of one unit to records. The rules are spread over the lower_*.cc files by concern:
//
//   lower_unit      the unit, its head, which DIEs get records, types that are only reached by a reference
//   lower_simple    base types, pointers, qualifiers, typedefs and what else has one reference
//   lower_array     arrays and their dimensions
//   lower_composite structs, unions, classes and what they contain
//   lower_member    where a data member lies
//   lower_variant   variant parts
//   lower_enum      enumerations
//   lower_function  function types, functions, variables
//   lower_body      what the bodies of functions contain
//   lower_signature what BTF says of functions and variables
//   annotations     tags that the source gives to declarations and types
//
// Ids are given in post-order: what a DIE contains gets its ids before the DIE itself, siblings in order.
// Recursion follows nesting only, never references, and is limited in depth.

#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "attributes.h"
#include "dies.h"
#include "file.h"
#include "options.h"
#include "references.h"
#include "signatures.h"
#include "strings.h"
#include "unit.h"
#include "writer.h"

namespace tspahole::dwarf {

// A DIE with its attributes.
struct Entry {
  Dwarf_Die die;
  int tag;
  Attributes attributes;
};

class Lowering {
 public:
  // `cancelled` ends a unit early. All arguments must outlive this.
  Lowering(const Options& options, const File& file, const std::atomic<bool>& cancelled);

  // Lowers one unit into an empty batch. Damage inside the unit becomes notes.
  void lowerUnit(Dwarf* dwarf, const UnitHeader& header, UnitBatch& batch);

 private:
  // A data member or a base class on its way into a record.
  struct Member {
    uint32_t name;
    Key type;
    uint64_t bitOffset;
    uint32_t bitSize;
    uint32_t flags;
    uint32_t alignment;
  };
  struct Child {
    uint32_t code;
    uint32_t value;
  };
  struct Enumerator {
    uint32_t name;
    uint64_t value;
  };
  struct Parameter {
    uint32_t name;
    Key type;
  };
  // A tag on a declaration, or on one of its members or parameters.
  struct DeclTag {
    uint32_t value;
    uint32_t component;
    uint32_t dieOffset;
  };
  // What is known of a composite while its children are visited.
  struct Composite {
    bool isUnion;
    bool hasOnlyMembers;
    uint32_t memberCount;
    // Too large for a record: its members are left out.
    bool isTooLarge;
  };
  // What is known of a function while its children are visited.
  struct Body {
    uint32_t parameterCount;
    uint32_t inlineCount;
    // Directly in an inlined function.
    bool isInInlined;
  };
  // A row of the outlines on its way into the batch.
  struct OutlineRow {
    uint32_t words[kOutlineWords];
  };
  // Where code lies.
  struct Code {
    uint64_t lowPc;
    uint32_t size;
  };
  struct Dimension {
    Key index;
    uint32_t length;
    bool isVariable;
    uint32_t dieOffset;
  };
  // Where the walk is.
  struct Position {
    // Of the last DIE. DIEs must come in ascending order, which bounds the walk whatever siblings say.
    const void* address;
    unsigned depth;
    unsigned functionDepth;
    // Reached by a reference, not by the walk over the unit.
    bool isAside;
  };
  // Where the parts of a DIE begin on the stacks that nested DIEs share.
  struct Marks {
    size_t members, children, enumerators, parameters, declTags, outline, signature, scope;
  };
  // A record whose scope is that of the declaration that it completes.
  struct Completion {
    uint32_t id;
    Key declaration;
  };

  // lower_unit.cc
  void start(const Dwarf_Die& unitDie, const UnitHeader& header);
  bool canReadDies() const;
  void readHead(Entry& unit);
  bool isExcluded(uint32_t language) const;
  bool hasOwnTypes(const Entry& unit);
  void lowerScopeChild(Dwarf_Die& die);
  void lowerNamespace(Dwarf_Die& die);
  void lowerImportedUnit(Dwarf_Die& die);
  uint32_t lowerType(Dwarf_Die& die);
  uint32_t lowerEntry(Entry& entry);
  bool isDefinedElsewhere(const Entry& entry) const;
  uint32_t lowerDefinitionElsewhere(Entry& entry);
  void resolveReferences();
  uint32_t resolve(Key key);
  uint32_t lowerOnDemand(Key key);
  template <typename Visit>
  void stepAside(const Dwarf_Die& die, bool isInFunction, Visit visit);
  void resolveScopes();

  // lower_simple.cc
  uint32_t lowerBaseType(Entry& entry);
  uint32_t lowerReference(Entry& entry, Kind kind);
  uint32_t lowerPointer(Entry& entry);
  uint32_t lowerPointerToMember(Entry& entry);
  uint32_t lowerTypedef(Entry& entry);
  uint32_t lowerUnspecified(Entry& entry);
  uint32_t lowerString(Entry& entry);

  // lower_array.cc
  uint32_t lowerArray(Entry& entry);
  std::vector<Dimension> readDimensions(Entry& array);
  uint32_t dimensionLength(const Entry& range, bool& isVariable);
  uint32_t writeInnerDimension(const Dimension& dimension, Key element, uint32_t inner);
  void writeDimensionWords(const Dimension& dimension, Key element, uint32_t inner);

  // lower_composite.cc
  uint32_t lowerComposite(Entry& entry);
  bool isTooLarge(const Entry& entry);
  void lowerCompositeChild(Composite& composite, Dwarf_Die& die);
  void addMember(Composite& composite, Dwarf_Die& die);
  void addStaticMember(Composite& composite, Entry& entry);
  void addMethod(Composite& composite, Dwarf_Die& die);
  void addTemplateParameter(Composite& composite, Dwarf_Die& die);
  void addNestedType(Composite& composite, Dwarf_Die& die);
  void addChild(Composite& composite, uint32_t code, uint32_t value, uint32_t accessibility);
  void addConstant(uint64_t value);
  void addUsing(Composite& composite, Dwarf_Die& die);
  uint32_t writeForward(Entry& entry);
  uint32_t writeComposite(Entry& entry, const Marks& marks);
  void sortMembers(size_t from);
  uint32_t elementCount(const Entry& entry, size_t count);
  void writeChildren(uint32_t id, size_t from);

  // lower_member.cc
  bool isStaticMember(const Entry& entry, bool isInUnion) const;
  Member readMember(Entry& entry);
  uint32_t memberFlagsOf(const Entry& entry) const;
  uint64_t tooFar(const Entry& entry);
  uint64_t memberBitOffset(Entry& entry, uint32_t bitSize);
  uint64_t memberByteOffset(const Entry& entry);
  uint64_t oldBitfieldOffset(Entry& entry, uint64_t byteOffset, uint32_t bitSize);
  uint64_t storageByteSize(Entry& entry);
  bool hasBitfields(size_t from) const;
  void writeMembers(size_t from, const RecordHead& head);
  uint32_t memberValue(const Member& member, bool hasBitfields) const;

  // lower_variant.cc
  uint32_t lowerVariantPart(Dwarf_Die& die);
  void lowerVariant(Composite& part, Dwarf_Die& die);

  // lower_enum.cc
  uint32_t lowerEnum(Entry& entry);
  void addEnumerator(Dwarf_Die& die, bool& hasNegative);
  bool allFitWord(size_t from) const;
  std::optional<bool> saysSigned(const Entry& entry) const;
  void writeEnumerators(size_t from, const RecordHead& head);

  // lower_function.cc
  uint32_t lowerFunctionType(Entry& entry);
  uint32_t lowerFunction(Entry& entry);
  bool addParameter(Dwarf_Die& die, int tag);
  void lowerFunctionChild(Body& body, Dwarf_Die& die);
  void lowerSubprogram(Dwarf_Die& die);
  void writePrototype(Key result, size_t from, uint32_t count);
  void writeFunctionRow(const Entry& entry, uint32_t id, const Body& body, size_t outlineFrom);
  Key originKeyOf(const Entry& entry);
  uint32_t lowerVariable(Entry& entry);

  // lower_body.cc
  void lowerBodyChild(Body& body, Dwarf_Die& die);
  void lowerBlock(Body& body, Dwarf_Die& die);
  void lowerInlined(Body& body, Dwarf_Die& die);
  void addOutline(uint32_t code, Dwarf_Die& die);
  void fillOutline(OutlineRow& row, const Entry& entry);
  void writeOutline(size_t from);
  void resolveOutlines();

  // lower_signature.cc
  void lowerSignature(Dwarf_Die& die);
  SignatureParameter readParameter(const Entry& entry, uint32_t position);
  void saveSignature(const Entry& entry, const Marks& marks, bool isVariadic);
  void resolveSignatures();
  void writeSignatures();
  void writeSignature(const SignatureFunction& function, const std::vector<uint32_t>& structs);
  bool isNamed(const SignatureFunction& function) const;
  bool isDropped(const SignatureFunction& function, const SignatureParameter& parameter) const;
  void lowerStaticVariable(Dwarf_Die& die);

  // annotations.cc
  std::vector<Entry> chainOf(const Entry& entry, std::string_view name);
  void addDeclTag(const Entry& annotation, uint32_t component);
  void addChainDeclTags(const Entry& entry, uint32_t component);
  void addDeclTagsOf(Entry& entry, uint32_t component);
  void writeDeclTags(uint32_t target, size_t from);
  uint32_t writeTypeTags(Entry& pointer, Key pointee);
  uint32_t writeTypeTag(const Entry& annotation, Key pointee, uint32_t next);

  // lowering.cc: what all of them use
  Entry read(Dwarf_Die& die);
  template <typename Visit>
  void forEachChild(Dwarf_Die& parent, Visit visit);
  bool admit(const Dwarf_Die& die);
  const Attributes* holderOf(const Entry& entry, Attribute wanted, Attributes& room);
  uint32_t textIn(const Entry& entry, Attribute attribute);
  uint32_t nameOf(const Entry& entry);
  Key typeOf(const Entry& entry);
  uint32_t byteSizeOf(const Entry& entry);
  bool isExternal(const Entry& entry);
  uint32_t declLineOf(const Entry& entry);
  uint32_t declFileOf(const Entry& entry);
  Code codeOf(const Entry& entry);
  uint32_t flagsOf(const Entry& entry) const;
  RecordHead headOf(const Entry& entry, Kind kind);
  RecordOrigin originOf(const Entry& entry);
  uint32_t begin(const Entry& entry, const RecordHead& head);
  uint32_t begin(const Entry& entry, const RecordHead& head, const RecordOrigin& origin);
  Marks mark() const;
  void release(const Marks& marks);
  void note(const Dwarf_Die& die, std::string text);
  void noteOnce(const Dwarf_Die& die, std::string text);
  void addNote(const Dwarf_Die& die, std::string text, bool oncePerFile);

  const Options& options_;
  const File& file_;
  const std::atomic<bool>& cancelled_;
  UnitNames names_;
  Dies dies_;
  References references_;
  Writer writer_;
  UnitBatch* batch_ = nullptr;
  Dwarf_Die unitDie_{};

  // Stacks of parts of the DIEs that are being lowered.
  std::vector<Member> members_;
  std::vector<Child> children_;
  std::vector<Enumerator> enumerators_;
  std::vector<Parameter> parameters_;
  std::vector<DeclTag> declTags_;
  std::vector<OutlineRow> outline_;
  std::vector<SignatureParameter> signatureParameters_;
  std::vector<Completion> completions_;

  Signatures signatures_;
  // Static variables at the top of the unit: the index of their type word in the column, which holds a key.
  std::vector<uint32_t> variableTypeWords_;
  bool isClang_ = false;

  Position position_{};
  uint64_t visitsLeft_ = 0;
  uint32_t notesLeft_ = 0;
};

// Nesting that is followed.
constexpr unsigned kMaxDepth = 512;

template <typename Visit>
void Lowering::forEachChild(Dwarf_Die& parent, Visit visit) {
  if (position_.depth >= kMaxDepth) {
    note(parent, "nested too deeply; what it contains is left out");
    return;
  }
  position_.depth += 1;
  Dwarf_Die child;
  int status = dies_.child(parent, child);
  while (status == 0 && admit(child)) {
    visit(child);
    status = dies_.sibling(child, child);
  }
  if (status < 0) note(parent, "the list of its children is damaged");
  position_.depth -= 1;
}

// Visits something outside of the walk.
template <typename Visit>
void Lowering::stepAside(const Dwarf_Die& die, bool isInFunction, Visit visit) {
  const Position before = position_;
  position_ = {die.addr, before.depth + 1, isInFunction ? 1u : 0u, true};
  if (visitsLeft_ > 0) visitsLeft_ -= 1;
  visit();
  position_ = before;
}

}  // namespace tspahole::dwarf
