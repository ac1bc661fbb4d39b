/** The functions of a kernel that BPF programs may call. The encoder marks them with tags. */

import { Kind } from '../kinds';
import { allocate, extraOf, kindOf, thirdOf } from '../table';
import { putDeclaration } from './declarations';
import { define } from './definitions';
import { reserveName } from './names';
import { order } from './order';
import { put } from './output';
import { ENTRY, ID, newEntries, setEntry, sortEntries } from './sort';
import { equals, isSame } from './texts';
import { emptyText, end, nameOfRecord, recordOf, tagAt, tagCount } from './types';

/** The component of a tag that is about the function itself. */
const ITSELF: u32 = 0xffff_ffff;

/** Entries of the functions, sorted by name; those with equal names in the order of their tags. */
let entries: usize = 0;
let count: u32 = 0;
/** By id, whether a function keeps the registers that a caller would have to save. */
let isFastcall: usize = 0;

/** Finds all kfuncs and gives their number. */
export function findKfuncs(): u32 {
  entries = newEntries(tagCount);
  isFastcall = allocate(<usize>end + 1);
  for (let index: u32 = 0; index < tagCount; index++) {
    const record = tagAt(index);
    if (extraOf(record, 0) !== ITSELF) continue;
    const target = thirdOf(record);
    if (kindOf(recordOf(target)) !== Kind.Func) continue;
    const tag = nameOfRecord(record);
    if (equals(tag, 'bpf_kfunc')) {
      setEntry(entries + count * ENTRY, 0, nameOf(target), target);
      count++;
    } else if (equals(tag, 'bpf_fastcall')) store<u8>(isFastcall + target, 1);
  }
  sortEntries(entries, count, false);
  return count;
}

/** Address of the name of a kfunc. */
export function kfuncName(index: u32): usize {
  return nameOf(functionAt(index));
}

/** Whether a kfunc has the name of the one before. */
export function isRepeatedKfunc(index: u32): bool {
  return index > 0 && isSame(kfuncName(index - 1), kfuncName(index));
}

/** Keeps the kfuncs whose byte at `keeps` is not 0, and their names from types. */
export function keepKfuncs(keeps: usize): u32 {
  let kept: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    if (load<u8>(keeps + index) === 0) continue;
    memory.copy(entries + kept * ENTRY, entries + index * ENTRY, ENTRY);
    reserveName(kfuncName(kept));
    kept++;
  }
  count = kept;
  return kept;
}

/** Orders what the prototypes need. */
export function orderPrototypes(): void {
  for (let index: u32 = 0; index < count; index++) order(prototypeAt(index));
}

/** Declares what the prototypes need the names of. */
export function declareForPrototypes(): void {
  for (let index: u32 = 0; index < count; index++) define(prototypeAt(index), prototypeAt(index));
}

export function putPrototypes(): void {
  for (let index: u32 = 0; index < count; index++) {
    put(load<u8>(isFastcall + functionAt(index)) === 1 ? 'extern __bpf_fastcall ' : 'extern ');
    putDeclaration(prototypeAt(index), kfuncName(index), 0);
    put(' __weak __ksym;\n');
  }
}

function functionAt(index: u32): u32 {
  return load<u32>(entries + index * ENTRY, ID);
}

function prototypeAt(index: u32): u32 {
  return thirdOf(recordOf(functionAt(index)));
}

function nameOf(id: u32): usize {
  const name = nameOfRecord(recordOf(id));
  return name === 0 ? emptyText() : name;
}
