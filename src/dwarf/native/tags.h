// Which DIEs are types, and which annotate others.

#pragma once

namespace tspahole::dwarf {

// Whether a DIE of this tag gets a record that other types may refer to.
bool isTypeTag(int tag);

// Whether a DIE of this tag is an annotation of the DIE above it.
bool isAnnotationTag(int tag);

}  // namespace tspahole::dwarf
