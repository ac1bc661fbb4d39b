// The unit: its head, which of its DIEs get records, and the types that lie elsewhere. Those are types in the
// bodies of functions that are not looked into, and types of other units (type units, partial units, and
// units that were merged at link time), which are lowered again into each unit that needs them, so that a
// batch never refers to another.

#include <dwarf.h>

#include <algorithm>

#include "lowering.h"
#include "tags.h"

namespace tspahole::dwarf {

namespace {

constexpr uint32_t kMaxNotes = 64;
constexpr uint64_t kVisitsPerByte = 4;

// What libdw assumes too where a unit says nonsense.
constexpr uint8_t kUsualAddressSize = 8;

bool isAddressSize(uint8_t size) { return size == 2 || size == 4 || size == 8; }

// The DIE of a unit. libdw finds units one after the other and fails once at each that it cannot read.
bool findUnit(Dwarf* dwarf, const UnitHeader& header, size_t attempts, Dwarf_Die& die) {
  for (size_t attempt = 0; attempt < attempts; ++attempt) {
    if (dwarf_offdie(dwarf, header.dieOffset, &die) != nullptr) return true;
  }
  return false;
}

// The kind of the unit, and for a split unit whose file was found its other half.
uint8_t openUnit(Dwarf_Die& die) {
  uint8_t kind = 0;
  Dwarf_Die half{};
  if (dwarf_cu_info(die.cu, nullptr, &kind, nullptr, &half, nullptr, nullptr, nullptr) != 0) return 0;
  if (kind != DW_UT_skeleton || half.addr == nullptr) return kind;
  die = half;
  return DW_UT_split_compile;
}

}  // namespace

void Lowering::lowerUnit(Dwarf* dwarf, const UnitHeader& header, UnitBatch& batch) {
  Dwarf_Die die{};
  batch_ = &batch;
  notesLeft_ = kMaxNotes;
  batch.isForEncoding = options_.encoding;
  batch.head.dieOffset = header.dieOffset;
  batch.head.version = header.version;
  batch.head.addressSize = isAddressSize(header.addressSize) ? header.addressSize : kUsualAddressSize;
  batch.head.isLittleEndian = file_.isLittleEndian();
  if (!findUnit(dwarf, header, file_.units().size(), die)) {
    batch.notes.push_back({"a unit that cannot be read", ".debug_info", header.offset});
    return;
  }
  batch.head.kind = openUnit(die);
  start(die, header);
  Entry unit = read(die);
  readHead(unit);
  if (!batch.head.isExcluded && hasOwnTypes(unit)) {
    forEachChild(unit.die, [&](Dwarf_Die& child) { lowerScopeChild(child); });
    resolveReferences();
    if (options_.encoding) writeSignatures();
    else resolveScopes();
  }
  batch.localNames = names_.take();
}

void Lowering::start(const Dwarf_Die& unitDie, const UnitHeader& header) {
  const uint64_t byteSize = header.end - header.offset;
  unitDie_ = unitDie;
  dies_.reset(unitDie, header, canReadDies());
  references_.reset(unitDie, byteSize);
  writer_.reset(*batch_);
  completions_.clear();
  signatures_.clear();
  variableTypeWords_.clear();
  release({});
  position_ = {};
  // Types of other units get an equal share of a multiple of all that there is.
  visitsLeft_ = kVisitsPerByte * byteSize + file_.visitsPerUnit();
}

// Whether the DIEs of the unit are read without libdw.
bool Lowering::canReadDies() const {
  const bool isLittleEndian = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ && file_.isLittleEndian();
  return isLittleEndian && batch_->head.kind != DW_UT_split_compile && !options_.throughLibdw;
}

void Lowering::readHead(Entry& unit) {
  const Attributes& attributes = unit.attributes;
  UnitHead& head = batch_->head;
  head.name = names_.of(attributes, Attribute::Name);
  head.compilationDirectory = names_.of(attributes, Attribute::CompilationDirectory);
  head.producer = names_.of(attributes, Attribute::Producer);
  isClang_ = names_.textOf(attributes, Attribute::Producer).find("clang") != std::string_view::npos;
  head.language = static_cast<uint32_t>(attributes.numberOr(Attribute::Language, 0));
  head.lowPc = attributes.address(Attribute::LowPc).value_or(0);
  head.isExcluded = isExcluded(head.language);
}

bool Lowering::isExcluded(uint32_t language) const {
  const auto& excluded = options_.excludedLanguages;
  return std::find(excluded.begin(), excluded.end(), language) != excluded.end();
}

bool Lowering::hasOwnTypes(const Entry& unit) {
  switch (unit.tag) {
    case DW_TAG_compile_unit:
      if (batch_->head.kind == DW_UT_skeleton) break;
      return true;
    case DW_TAG_skeleton_unit: break;
    // Their types are lowered into the units that need them.
    case DW_TAG_partial_unit:
    case DW_TAG_type_unit: return false;
    default: note(unit.die, "a unit that does not begin with a unit DIE"); return false;
  }
  noteOnce(unit.die, "a split unit whose .dwo file was not found");
  return false;
}

// A DIE of a unit or a namespace.
void Lowering::lowerScopeChild(Dwarf_Die& die) {
  const int tag = dies_.tag(die);
  switch (tag) {
    case DW_TAG_namespace:
    case DW_TAG_module: lowerNamespace(die); return;
    case DW_TAG_subprogram: lowerSubprogram(die); return;
    case DW_TAG_variable:
      if (options_.encoding) {
        lowerStaticVariable(die);
      } else if (options_.variables) {
        Entry entry = read(die);
        lowerVariable(entry);
      }
      return;
    case DW_TAG_imported_unit: lowerImportedUnit(die); return;
    default:
      if (isTypeTag(tag)) lowerType(die);
  }
}

void Lowering::lowerNamespace(Dwarf_Die& die) {
  const size_t scope = writer_.openScope();
  Entry entry = read(die);
  forEachChild(die, [&](Dwarf_Die& child) { lowerScopeChild(child); });
  writer_.closeScope(scope, writer_.nextId());
  RecordHead head = headOf(entry, Kind::Namespace);
  if (entry.attributes.flag(Attribute::ExportSymbols)) head.flags |= typeFlag::ExportSymbols;
  begin(entry, head);
  writer_.value(0);
}

// A partial unit stands for what it contains. Whole units are imported too, by gcc's link-time optimisation,
// but these are delivered by themselves.
void Lowering::lowerImportedUnit(Dwarf_Die& die) {
  Entry entry = read(die);
  Dwarf_Die unit;
  if (!entry.attributes.target(Attribute::Import, unit)) {
    note(die, "an imported unit that was not found");
    return;
  }
  const Key key = references_.keyOf(unit);
  if (dies_.tag(unit) != DW_TAG_partial_unit || references_.find(key) != kNoId) return;
  references_.define(key, 0);
  stepAside(unit, false, [&] { forEachChild(unit, [&](Dwarf_Die& child) { lowerScopeChild(child); }); });
}

uint32_t Lowering::lowerType(Dwarf_Die& die) {
  if (position_.isAside) {
    // It may have been asked for before, or contain what is being lowered.
    const uint32_t known = references_.find(references_.keyOf(die));
    if (known != kNoId) return known == kUnfinished ? kMissing : known;
  }
  Entry entry = read(die);
  return lowerEntry(entry);
}

uint32_t Lowering::lowerEntry(Entry& entry) {
  if (isDefinedElsewhere(entry)) return lowerDefinitionElsewhere(entry);
  switch (entry.tag) {
    case DW_TAG_base_type: return lowerBaseType(entry);
    case DW_TAG_pointer_type: return lowerPointer(entry);
    case DW_TAG_reference_type: return lowerReference(entry, Kind::Reference);
    case DW_TAG_rvalue_reference_type: return lowerReference(entry, Kind::RvalueReference);
    case DW_TAG_ptr_to_member_type: return lowerPointerToMember(entry);
    case DW_TAG_const_type: return lowerReference(entry, Kind::Const);
    case DW_TAG_volatile_type: return lowerReference(entry, Kind::Volatile);
    case DW_TAG_restrict_type: return lowerReference(entry, Kind::Restrict);
    case DW_TAG_atomic_type: return lowerReference(entry, Kind::Atomic);
    case DW_TAG_typedef: return lowerTypedef(entry);
    case DW_TAG_array_type: return lowerArray(entry);
    case DW_TAG_structure_type:
    case DW_TAG_class_type:
    case DW_TAG_interface_type:
    case DW_TAG_union_type: return lowerComposite(entry);
    case DW_TAG_enumeration_type: return lowerEnum(entry);
    case DW_TAG_subroutine_type: return lowerFunctionType(entry);
    case DW_TAG_subrange_type: return lowerReference(entry, Kind::Subrange);
    case DW_TAG_unspecified_type: return lowerUnspecified(entry);
    case DW_TAG_string_type: return lowerString(entry);
    default: return 0;
  }
}

// A declaration that names the type unit that defines the type.
bool Lowering::isDefinedElsewhere(const Entry& entry) const {
  return entry.attributes.has(Attribute::Signature) && entry.attributes.flag(Attribute::Declaration);
}

uint32_t Lowering::lowerDefinitionElsewhere(Entry& entry) {
  Dwarf_Die definition;
  uint32_t id = kMissing;
  if (entry.attributes.target(Attribute::Signature, definition) && isTypeTag(dies_.tag(definition))) {
    const Key key = references_.keyOf(definition);
    id = references_.find(key);
    if (id == kUnfinished) return kMissing;
    if (id == kNoId) id = lowerOnDemand(key);
  } else {
    note(entry.die, "the type unit that defines it was not found");
  }
  references_.define(references_.keyOf(entry.die), id);
  return id;
}

// The list of type words grows while types are lowered on demand.
void Lowering::resolveReferences() {
  resolveOutlines();
  resolveSignatures();
  for (size_t index = 0; index < writer_.typeWordCount(); ++index) {
    writer_.resolve(index, resolve(writer_.keyAt(index)));
  }
}

uint32_t Lowering::resolve(Key key) {
  if (key == kBrokenKey) return kMissing;
  const uint32_t id = references_.find(key);
  return id == kNoId ? lowerOnDemand(key) : id;
}

uint32_t Lowering::lowerOnDemand(Key key) {
  Dwarf_Die die = references_.dieOf(key);
  const int tag = dies_.tag(die);
  uint32_t id = kMissing;
  if (tag == DW_TAG_invalid || writer_.isFull() || visitsLeft_ == 0 || position_.depth >= kMaxDepth) {
    noteOnce(unitDie_, "a reference leads to no DIE, or to more than can be read");
  } else if (!isTypeTag(tag)) {
    note(die, "a reference to a DIE that is no type");
    id = 0;
  } else {
    references_.define(key, kUnfinished);
    // A type of this unit that the walk has not met is in the body of a function.
    stepAside(die, !References::isForeign(key), [&] {
      Entry entry = read(die);
      id = lowerEntry(entry);
    });
  }
  references_.define(key, id);
  return id;
}

// What completes a declaration has the declaration's scope.
void Lowering::resolveScopes() {
  for (const Completion& completion : completions_) {
    const uint32_t id = references_.find(completion.declaration);
    if (id - 1 < batch_->typeCount()) batch_->scopes.set(completion.id - 1, batch_->scopes[id - 1]);
  }
}

}  // namespace tspahole::dwarf
