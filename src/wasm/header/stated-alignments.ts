/** Alignments that attributes state: declaration tags with the kind flag, `aligned(64)`. */

import { allocate, extraOf, kindFlagOf, kindOf, thirdOf, vlenOf } from '../table';
import { put, putNumber } from './output';
import { startsWith } from './texts';
import { end, isComposite, nameOfRecord, recordOf, tagAt, tagCount } from './types';

/** The component of a tag that is about the type itself. */
const ITSELF: u32 = 0xffff_ffff;
/** The largest that GCC and clang take for x86-64 and BPF. */
const MAX_ALIGNMENT: u32 = 1 << 28;

/** By id: the alignment of a type, and where those of its members are; no columns where nothing states any. */
let ofTypes: usize = 0;
let ofMembers: usize = 0;

export function beginStatedAlignments(): void {
  for (let index: u32 = 0; index < tagCount; index++) {
    const record = tagAt(index);
    if (!kindFlagOf(record)) continue;
    const alignment = alignmentIn(nameOfRecord(record));
    if (alignment !== 0) note(thirdOf(record), extraOf(record, 0), alignment);
  }
}

/** The alignment that is stated of a type, in bytes; 0 where there is none. */
export function statedOfType(id: u32): u32 {
  return ofTypes === 0 ? 0 : load<u32>(ofTypes + (id << 2));
}

/** Address of the alignments that are stated of members, 4 bytes for each; 0 where there are none. */
export function statedOfMembers(id: u32): usize {
  return ofMembers === 0 ? 0 : load<u32>(ofMembers + (id << 2));
}

/** Writes the attribute, with a blank in front. */
export function putAligned(alignment: u32): void {
  put(' __attribute__((aligned(');
  putNumber(alignment);
  put(')))');
}

function note(id: u32, component: u32, alignment: u32): void {
  if (id >= end) return;
  if (ofTypes === 0) {
    ofTypes = allocate((<usize>end + 1) << 2);
    ofMembers = allocate((<usize>end + 1) << 2);
  }
  if (component === ITSELF) {
    store<u32>(ofTypes + (id << 2), alignment);
    return;
  }
  const record = recordOf(id);
  if (!isComposite(kindOf(record))) return;
  let members = statedOfMembers(id);
  if (members === 0) {
    members = allocate((<usize>vlenOf(record) + 1) << 2);
    store<u32>(ofMembers + (id << 2), <u32>members);
  }
  if (component < vlenOf(record)) store<u32>(members + (component << 2), alignment);
}

/** The number in `aligned(N)`, which may stand between underscores; 0 where it is no alignment. */
function alignmentIn(text: usize): u32 {
  if (text === 0) return 0;
  if (startsWith(text, '__')) text += 2;
  if (!startsWith(text, 'aligned')) return 0;
  text += 7;
  if (startsWith(text, '__')) text += 2;
  if (load<u8>(text) !== 40) return 0;
  let value: u64 = 0;
  for (text++; load<u8>(text) >= 48 && load<u8>(text) <= 57; text++) {
    value = min<u64>(10 * value + load<u8>(text) - 48, 1 << 40);
  }
  // A text without digits has the value 0.
  const isWhole = load<u8>(text) === 41 && load<u8>(text, 1) === 0;
  const isPower = value > 0 && value <= MAX_ALIGNMENT && (value & (value - 1)) === 0;
  return isWhole && isPower ? <u32>value : 0;
}
