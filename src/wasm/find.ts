/** Types by their names. */

import { Kind } from './kinds';
import { end, kindOf, nameBytes, nameOf, names, needName, recordOf } from './table';

/**
 * The first struct, union, enum or typedef whose name is the text at an address, or 0. The text has `length` bytes, not
 * none, and ends with a NUL behind them.
 */
export function find(name: usize, length: u32): u32 {
  // Most names differ in their first bytes, and the NUL counts.
  const mask: u32 = length >= 3 ? 0xffff_ffff : length === 2 ? 0x00ff_ffff : 0x0000_ffff;
  const wanted = load<u32>(name) & mask;
  for (let id: u32 = 1; id < end; id++) {
    const record = recordOf(id);
    const offset = nameOf(record);
    if (offset >= nameBytes) continue;
    needName(offset);
    if ((load<u32>(names + offset) & mask) !== wanted) continue;
    if (isNamedKind(kindOf(record)) && isEqual(names + offset, name, length)) return id;
  }
  return 0;
}

function isNamedKind(kind: i32): bool {
  return (
    kind === Kind.Struct ||
    kind === Kind.Union ||
    kind === Kind.Typedef ||
    kind === Kind.Enum ||
    kind === Kind.Enum64
  );
}

/** Whether two texts agree up to and with the NUL of the second. */
function isEqual(a: usize, b: usize, length: u32): bool {
  for (let index: u32 = 0; index <= length; index++) {
    if (load<u8>(a + index) !== load<u8>(b + index)) return false;
  }
  return true;
}
