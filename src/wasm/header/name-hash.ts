/** The 64-bit hash by which bpftool orders types that have the same names. */

import { Kind } from '../kinds';
import { HEADER, kindOf, MEMBER, thirdOf, vlenOf } from '../table';
import { dimensionOf, elementOf, isComposite, isEnum, nameAt, recordOf } from './types';

/** Types that are followed from one type to the next before the rest counts as nothing. */
const MAX_DEPTH: i32 = 1000;

/** The hash of a type: the names in it, and what it refers to. */
export function hashOfType(id: u32): u64 {
  return hashType(id, 0, true);
}

/** `withMembers` says whether structs count with their members. */
function hashType(id: u32, depth: i32, withMembers: bool): u64 {
  if (depth >= MAX_DEPTH) return 0;
  const record = recordOf(id);
  const kind = kindOf(record);
  let hash = addName(0, load<u32>(record));
  if (isEnum(kind)) {
    const step: usize = kind === Kind.Enum ? 8 : 12;
    const last = record + HEADER + step * vlenOf(record);
    for (let at = record + HEADER; at < last; at += step) hash = addName(hash, load<u32>(at));
  } else if (isComposite(kind) && withMembers) {
    const last = record + HEADER + MEMBER * vlenOf(record);
    for (let at = record + HEADER; at < last; at += MEMBER) {
      hash = addName(hash, load<u32>(at));
      hash = 31 * hash + hashType(load<u32>(at, 4), depth + 1, false);
    }
  } else if (kind === Kind.Array) {
    hash = 31 * hash + dimensionOf(record);
    hash = 31 * hash + hashType(elementOf(record), depth + 1, withMembers);
  } else if (refersOn(kind)) hash = 31 * hash + hashType(thirdOf(record), depth + 1, withMembers);
  return hash;
}

/** Kinds that the hash goes through. */
function refersOn(kind: i32): bool {
  return (
    kind === Kind.Pointer ||
    (kind >= Kind.Typedef && kind <= Kind.Restrict) ||
    kind === Kind.DeclTag ||
    kind === Kind.TypeTag
  );
}

/** Adds the hash of a name, whose characters count as signed. No name adds nothing. */
function addName(hash: u64, offset: u32): u64 {
  if (offset === 0) return hash;
  let own: u64 = 0;
  for (let at = nameAt(offset); load<u8>(at) !== 0; at++) own = 31 * own + <u64>(<i64>load<i8>(at));
  return 31 * hash + own;
}
