/**
 * Sizes and natural alignments of all types: src/layout/type-facts.ts has the rules, and reads the same columns where
 * a type is printed by the host.
 */

import { Kind } from './kinds';
import {
  allocate,
  end,
  extraOf,
  HEADER,
  isType,
  kindById,
  kindOf,
  MEMBER,
  pointerSize,
  recordOf,
  thirdOf,
  vlenOf,
} from './table';

/**
 * By id: size plus one, 0 while it has not been measured; natural alignment, 0 while it is not known; whether the type is
 * an int made for a bitfield.
 */
export let sizes: usize = 0;
export let alignments: usize = 0;
export let legacyBitfields: usize = 0;
/** By id: the composite that a type is made of, 0 for none. */
export let compositeOf: usize = 0;
/** By id: whether a flexible array is embedded; 0 while that is not known, then 1 for no and 2 for yes. */
let embedded: usize = 0;
/** Composites whose alignment waits for another's, and the next member of each that is looked at. */
let waiting: usize = 0;
let readsLegacy: bool = true;

/** Longest chain of types that is followed. */
const MAX_DEPTH: i32 = 256;
/** Largest size that is told apart from others. */
const MAX_SIZE: u64 = 0xffff_fffe;

/** Without `legacy` an int narrower than its storage is as large as the bytes it uses, and no bitfield. */
export function beginFacts(legacy: bool): void {
  const count = <usize>end;
  sizes = allocate(4 * count);
  alignments = allocate(4 * count);
  legacyBitfields = allocate(count);
  compositeOf = allocate(4 * count);
  embedded = allocate(count);
  waiting = allocate(8 * count);
  readsLegacy = legacy;
}

/** Finds the size of a type, and its alignment where it is not made of a composite. Returns the size plus one. */
function measure(id: u32): u32 {
  let type = id;
  let count: u64 = 1;
  let isElement = false;
  let size: u32 = 0;
  let alignment: u32 = 1;
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const record = recordOf(type);
    const kind = kindOf(record);
    const third = thirdOf(record);
    if (kind === Kind.Pointer || kind === Kind.FuncProto) {
      size = pointerSize;
      alignment = kind === Kind.Pointer ? pointerSize : 1;
      break;
    }
    if (kind === Kind.Struct || kind === Kind.Union) {
      size = third === 1 && vlenOf(record) === 0 ? 0 : third;
      store<u32>(compositeOf + (id << 2), type);
      alignment = 0;
      break;
    }
    if (isAlias(kind) || kind === Kind.TypeTag) type = third;
    else if (kind === Kind.Array) {
      count = min<u64>(count * <u64>extraOf(record, 2), MAX_SIZE);
      isElement = true;
      type = extraOf(record, 0);
    } else {
      if (kind === Kind.Int) {
        const used = extraOf(record, 0) & 0xff;
        size = readsLegacy ? third : used >>> 3;
        const isWhole = <u64>used === 8 * <u64>third;
        if (readsLegacy && !isElement && used !== 0 && !isWhole) store<u8>(legacyBitfields + id, 1);
      } else if (kind === Kind.Enum || kind === Kind.Enum64) size = third === 0 ? 4 : third;
      else if (kind === Kind.Float) size = third;
      alignment = max<u32>(size, 1);
      break;
    }
    if (!isType(type)) break;
  }
  const known = <u32>min<u64>(<u64>size * count, MAX_SIZE) + 1;
  store<u32>(sizes + (id << 2), known);
  store<u32>(alignments + (id << 2), alignment);
  return known;
}

/** Size of a type in bytes, 0 for what is none. */
export function sizeOf(id: u32): u32 {
  if (!isType(id)) return 0;
  const known = load<u32>(sizes + (id << 2));
  return (known !== 0 ? known : measure(id)) - 1;
}

/** Natural alignment of a type in bytes, at least 1. */
export function alignmentOf(id: u32): u32 {
  if (!isType(id)) return 1;
  if (load<u32>(sizes + (id << 2)) === 0) measure(id);
  const known = load<u32>(alignments + (id << 2));
  return known !== 0 ? known : alignComposite(id);
}

/** Finds the alignment of the composite that a type is made of, and of all composites in it, each once. */
function alignComposite(id: u32): u32 {
  const top = load<u32>(compositeOf + (id << 2));
  let depth: i32 = -1;
  let composite = top;
  while (load<u32>(alignments + (top << 2)) === 0 || depth >= 0) {
    const record = recordOf(composite);
    let at = record + HEADER;
    const last = at + MEMBER * <usize>vlenOf(record);
    if (depth >= 0 && load<u32>(waiting + (depth << 3)) === composite)
      at = load<u32>(waiting + (depth << 3), 4);
    else {
      depth++;
      store<u32>(waiting + (depth << 3), composite);
      store<u32>(alignments + (composite << 2), 1);
    }
    let largest = load<u32>(alignments + (composite << 2));
    let child: u32 = 0;
    for (; at < last; at += MEMBER) {
      const type = load<u32>(at, 4);
      if (!isType(type)) continue;
      if (load<u32>(sizes + (type << 2)) === 0) measure(type);
      let alignment = load<u32>(alignments + (type << 2));
      if (alignment === 0) {
        child = load<u32>(compositeOf + (type << 2));
        alignment = load<u32>(alignments + (child << 2));
        if (alignment === 0) break;
      }
      if (alignment > largest) largest = alignment;
    }
    store<u32>(alignments + (composite << 2), largest);
    if (at < last) {
      store<u32>(waiting + (depth << 3), <u32>at, 4);
      composite = child;
    } else {
      depth--;
      if (depth < 0) break;
      composite = load<u32>(waiting + (depth << 3));
    }
  }
  const found = load<u32>(alignments + (top << 2));
  store<u32>(alignments + (id << 2), found);
  return found;
}

/** Whether a kind stands for another type of the same layout. */
export function isAlias(kind: i32): bool {
  return kind >= Kind.Typedef && kind <= Kind.Restrict;
}

/** The type behind typedefs and qualifiers; a cycle ends at some type of the cycle. */
export function strip(id: u32): u32 {
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    if (!isType(id)) return id;
    const record = recordOf(id);
    if (!isAlias(kindOf(record))) return id;
    id = thirdOf(record);
  }
  return id;
}

/** Whether a type is, behind aliases, an int made for a bitfield. */
export function isLegacyBitfield(id: u32): bool {
  if (!isType(id)) return false;
  if (load<u32>(sizes + (id << 2)) === 0) measure(id);
  return load<u8>(legacyBitfields + id) !== 0;
}

export function isScalarBehindAliases(id: u32): bool {
  const kind = kindById(strip(id));
  return kind === Kind.Int || kind === Kind.Enum || kind === Kind.Enum64 || kind === Kind.Float;
}

/** Whether the last member of a struct or union is directly an array without elements. */
export function hasFlexibleArray(record: usize): bool {
  const count = vlenOf(record);
  if (count === 0) return false;
  const last = load<u32>(record + MEMBER * <usize>count, 4);
  if (!isType(last)) return false;
  const array = recordOf(last);
  return kindOf(array) === Kind.Array && extraOf(array, 2) === 0;
}

/** Whether some member of a struct is, behind typedefs, a struct with a flexible array, at any depth. */
export function hasEmbeddedFlexibleArray(id: u32, depth: i32): bool {
  const known = load<u8>(embedded + id);
  if (known !== 0) return known === 2;
  store<u8>(embedded + id, 1);
  if (depth > MAX_DEPTH || kindById(id) !== Kind.Struct) return false;
  const record = recordOf(id);
  for (let at = record + MEMBER * <usize>vlenOf(record); at > record; at -= MEMBER) {
    const member = strip(load<u32>(at, 4));
    if (kindById(member) !== Kind.Struct) continue;
    if (hasFlexibleArray(recordOf(member)) || hasEmbeddedFlexibleArray(member, depth + 1)) {
      store<u8>(embedded + id, 2);
      return true;
    }
  }
  return false;
}
