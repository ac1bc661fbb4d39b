// The bodies of functions: the types that they declare, and, where they are asked for, their variables and an
// outline of their blocks, labels and inlined functions.

#include <dwarf.h>

#include "lowering.h"
#include "tags.h"

namespace tspahole::dwarf {

void Lowering::lowerBodyChild(Body& body, Dwarf_Die& die) {
  const int tag = dies_.tag(die);
  if (isTypeTag(tag)) {
    lowerType(die);
    return;
  }
  if (!options_.bodies) return;
  switch (tag) {
    case DW_TAG_lexical_block: lowerBlock(body, die); return;
    case DW_TAG_inlined_subroutine: lowerInlined(body, die); return;
    case DW_TAG_subprogram: lowerSubprogram(die); return;
    case DW_TAG_label: addOutline(outlineCode::Label, die); return;
    case DW_TAG_formal_parameter:
      if (!body.isInInlined) addOutline(outlineCode::Parameter, die);
      return;
    case DW_TAG_variable:
      if (options_.variables) {
        Entry entry = read(die);
        lowerVariable(entry);
      }
      if (!body.isInInlined) addOutline(outlineCode::Variable, die);
  }
}

void Lowering::lowerBlock(Body& body, Dwarf_Die& die) {
  const bool isInInlined = body.isInInlined;
  addOutline(outlineCode::Block, die);
  body.isInInlined = false;
  forEachChild(die, [&](Dwarf_Die& child) { lowerBodyChild(body, child); });
  body.isInInlined = isInInlined;
  if (options_.outlines) outline_.push_back({{outlineCode::BlockEnd}});
}

void Lowering::lowerInlined(Body& body, Dwarf_Die& die) {
  const bool isInInlined = body.isInInlined;
  body.inlineCount += 1;
  body.isInInlined = true;
  forEachChild(die, [&](Dwarf_Die& child) { lowerBodyChild(body, child); });
  body.isInInlined = isInInlined;
  addOutline(outlineCode::Inline, die);
}

void Lowering::addOutline(uint32_t code, Dwarf_Die& die) {
  if (!options_.outlines) return;
  const Entry entry = read(die);
  OutlineRow row{{code}};
  fillOutline(row, entry);
  outline_.push_back(row);
}

// The type word is a key until the unit is complete.
void Lowering::fillOutline(OutlineRow& row, const Entry& entry) {
  const Attributes& attributes = entry.attributes;
  const bool isInline = row.words[0] == outlineCode::Inline;
  const Code code = codeOf(entry);
  Dwarf_Die die = entry.die;
  if (attributes.flag(Attribute::Declaration)) row.words[0] |= outlineCode::Declaration;
  if (attributes.has(Attribute::Ranges)) row.words[0] |= outlineCode::HasRanges;
  const auto location = attributes.block(Attribute::Location);
  if (location && location->length > 0) row.words[0] |= uint32_t{location->data[0]} << outlineCode::LocationShift;
  row.words[1] = nameOf(entry);
  row.words[2] = isInline ? references_.keyOf(attributes, Attribute::AbstractOrigin) : typeOf(entry);
  row.words[3] = static_cast<uint32_t>(code.lowPc);
  row.words[4] = static_cast<uint32_t>(code.lowPc >> 32);
  row.words[5] = code.size;
  row.words[6] = isInline ? static_cast<uint32_t>(attributes.numberOr(Attribute::CallLine, 0)) : declLineOf(entry);
  row.words[7] = static_cast<uint32_t>(dwarf_dieoffset(&die));
}

// Moves the rows from `from` on into the batch.
void Lowering::writeOutline(size_t from) {
  for (size_t index = from; index < outline_.size(); ++index) {
    for (const uint32_t word : outline_[index].words) batch_->outlines.push(word);
  }
  outline_.resize(from);
}

// Turns the keys of functions and outlines into ids.
void Lowering::resolveOutlines() {
  const auto known = [&](Key key) {
    if (key == kVoidKey || key == kBrokenKey) return 0u;
    const uint32_t id = references_.find(key);
    return id - 1 < batch_->typeCount() ? id : 0u;
  };
  Column& functions = batch_->functions;
  for (size_t row = kFunctionOriginWord; row < functions.size(); row += kFunctionWords) {
    functions.set(row, known(functions[row]));
  }
  Column& outlines = batch_->outlines;
  for (size_t row = 0; row < outlines.size(); row += kOutlineWords) {
    const bool isInline = (outlines[row] & 0xff) == outlineCode::Inline;
    const Key key = outlines[row + kOutlineTypeWord];
    outlines.set(row + kOutlineTypeWord, isInline ? known(key) : resolve(key));
  }
}

}  // namespace tspahole::dwarf
