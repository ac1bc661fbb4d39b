// Where a record keeps type ids and name words, kind by kind: what src/model/records.ts says, for C++.

#pragma once

#include <cstdint>

#include "unit.h"

namespace tspahole::dwarf {

struct RecordShape {
  // The third word, behind the name and the info word, is a type id.
  bool thirdIsType = false;
  // Words that follow the three common ones, once.
  uint8_t extra = 0;
  // Bit i says that word i of these is a type id.
  uint8_t extraTypes = 0;
  // Words of each element, the first of which is a name.
  uint8_t element = 0;
  // The second word of an element is a type id.
  bool elementHasType = false;
};

constexpr uint32_t kHeaderWords = 3;

constexpr Kind infoKind(uint32_t info) { return static_cast<Kind>(info >> 24 & 0x7f); }
constexpr uint32_t infoVlen(uint32_t info) { return info & kMaxElements; }

constexpr RecordShape makeRecordShape(Kind kind) {
  switch (kind) {
    case Kind::Pointer:
    case Kind::Typedef:
    case Kind::Volatile:
    case Kind::Const:
    case Kind::Restrict:
    case Kind::Func:
    case Kind::TypeTag:
    case Kind::Reference:
    case Kind::RvalueReference:
    case Kind::Atomic:
    case Kind::Subrange:
    case Kind::TemplateParameter: return {true};
    case Kind::Int: return {false, 1};
    case Kind::Array: return {false, 3, 0b011};
    case Kind::Struct:
    case Kind::Union:
    case Kind::VariantPart: return {false, 0, 0, 3, true};
    case Kind::Enum: return {false, 0, 0, 2};
    case Kind::Enum64: return {false, 0, 0, 3};
    case Kind::FuncProto: return {true, 0, 0, 2, true};
    case Kind::Var:
    case Kind::DeclTag: return {true, 1};
    case Kind::PointerToMember: return {true, 1, 0b1};
    default: return {};
  }
}

constexpr uint32_t kKinds = 128;

struct RecordShapes {
  RecordShape of[kKinds];
};

constexpr RecordShapes makeRecordShapes() {
  RecordShapes shapes{};
  for (uint32_t kind = 0; kind < kKinds; ++kind) shapes.of[kind] = makeRecordShape(static_cast<Kind>(kind));
  return shapes;
}

inline constexpr RecordShapes kRecordShapes = makeRecordShapes();

// That of a record with this info word.
inline const RecordShape& recordShapeOf(uint32_t info) { return kRecordShapes.of[static_cast<uint32_t>(infoKind(info))]; }

}  // namespace tspahole::dwarf
