/**
 * The layout rules of libbpf 1.8, for headers that equal those of bpftool 7.8. They know packed structs but no packed
 * unions, and no alignment beyond that of members.
 */

import { Kind } from '../kinds';
import { allocate, HEADER, kindFlagOf, kindOf, MEMBER, thirdOf, vlenOf } from '../table';
import { giveUp, MAX_NESTING, TOO_DEEP } from './failure';
import { NATURAL, PACKED } from './shapes';
import { hasSize } from './sizes';
import { dimensionOf, elementOf, end, isAlias, isComposite, isEnum, pointerSize, recordOf } from './types';

/** Steps after which a size is unknown (MAX_RESOLVE_DEPTH). */
const MAX_SIZE_STEPS: i32 = 32;
const MAX_SIZE: u64 = 0xffff_ffff;

/** By id, the alignment of structs and unions plus one; 0 where it is not known yet. */
let alignments: usize = 0;
let nesting: i32 = 0;

export function beginBpftoolLayout(): void {
  alignments = allocate(<usize>end + 1);
}

export function bpftoolShape(id: u32): i32 {
  const record = recordOf(id);
  if (kindOf(record) === Kind.Union) return NATURAL;
  const widths: u32 = kindFlagOf(record) ? 0xff00_0000 : 0;
  let largest: u32 = 1;
  const last = record + HEADER + MEMBER * <usize>vlenOf(record);
  for (let at = record + HEADER; at < last; at += MEMBER) {
    const alignment = bpftoolAlignment(load<u32>(at, 4));
    const offset = load<u32>(at, 8);
    if (alignment !== 0 && (offset & widths) === 0 && offset % (8 * alignment) !== 0) return PACKED;
    if (alignment > largest) largest = alignment;
  }
  return thirdOf(record) % largest === 0 ? NATURAL : PACKED;
}

/** Alignment of a type in bytes; 0 where it is not known. */
export function bpftoolAlignment(type: u32): u32 {
  let id = type;
  for (let step: u32 = 0; step <= end; step++) {
    const record = recordOf(id);
    const kind = kindOf(record);
    if (kind === Kind.Pointer) return pointerSize;
    if (isComposite(kind)) return alignComposite(id);
    if (kind === Kind.Int || isEnum(kind) || kind === Kind.Float)
      return min<u32>(pointerSize, thirdOf(record));
    if (kind === Kind.Array) id = elementOf(record);
    else if (isAlias(kind)) id = thirdOf(record);
    else return 0;
  }
  return 0;
}

/** Size of a type in bits, which passes through an int of C. */
export function bpftoolBits(type: u32): i32 {
  let id = type;
  let count: u64 = 1;
  for (let step = 0; step < MAX_SIZE_STEPS; step++) {
    const record = recordOf(id);
    const kind = kindOf(record);
    if (kind === Kind.Pointer) return toBits(<u64>pointerSize * count);
    if (kind === Kind.Array) {
      count *= dimensionOf(record);
      if (count > MAX_SIZE) return 0;
      id = elementOf(record);
    } else if (isAlias(kind) || kind === Kind.Var || kind === Kind.DeclTag) id = thirdOf(record);
    else if (hasSize(kind) || kind === Kind.Datasec) return toBits(<u64>thirdOf(record) * count);
    else return 0;
  }
  return 0;
}

function toBits(bytes: u64): i32 {
  return bytes > MAX_SIZE ? 0 : <i32>((<u32>bytes) << 3);
}

export function bpftoolHasMode(record: usize): bool {
  if (thirdOf(record) !== 8 || pointerSize !== 8) return false;
  if (kindOf(record) !== Kind.Enum64) return true;
  // An enumerator whose upper half is not 0 needs the size already.
  const last = record + HEADER + 12 * <usize>vlenOf(record);
  for (let at = record + HEADER; at < last; at += 12) {
    if (load<u32>(at, 8) !== 0) return false;
  }
  return true;
}

/** The largest alignment of the members, and 1 where the layout contradicts it. */
function alignComposite(id: u32): u32 {
  const found = load<u8>(alignments + id);
  if (found !== 0) return found - 1;
  if (++nesting > MAX_NESTING) giveUp(TOO_DEEP, id);
  const alignment = largestAlignment(recordOf(id));
  nesting--;
  store<u8>(alignments + id, alignment + 1);
  return alignment;
}

function largestAlignment(record: usize): u32 {
  const widths: u32 = kindFlagOf(record) ? 0xff00_0000 : 0;
  let largest: u32 = 1;
  const last = record + HEADER + MEMBER * <usize>vlenOf(record);
  for (let at = record + HEADER; at < last; at += MEMBER) {
    const alignment = bpftoolAlignment(load<u32>(at, 4));
    if (alignment === 0) return 0;
    if (alignment > largest) largest = alignment;
    const offset = load<u32>(at, 8);
    if ((offset & widths) === 0 && offset % (8 * alignment) !== 0) return 1;
  }
  return thirdOf(record) % largest === 0 ? largest : 1;
}
