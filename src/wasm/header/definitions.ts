/**
 * Writes definitions, and in front of each the declarations of what it only points to. The rules are libbpf's
 * (btf_dump_emit_type): a struct is declared once, where something first needs its name; a typedef that is needed while
 * it is being written is its own declaration.
 */

import { Kind } from '../kinds';
import { allocate, kindOf, thirdOf, vlenOf } from '../table';
import { isBoolEnum, isBoolTypedef } from './base-types';
import { putComposite, putForwardTag, putTag } from './composites';
import { putTypedef } from './declarations';
import { putEnum } from './enums';
import { giveUp, stepsFor, TOO_ENTANGLED } from './failure';
import { putBase, setInsideBoolGuard } from './names';
import { put } from './output';
import { entryAt, reserve } from './stack';
import { isCompat, isScoped } from './style';
import { equals } from './texts';
import { elementOf, end, isComposite, isEnum, isQualifier, known, nameOfRecord, recordOf } from './types';

const WRITING: u32 = 1;
const WRITTEN: u32 = 2;
const STATE: u32 = 3;
/** Bit beside the state: a declaration has been written. */
const DECLARED: u32 = 4;

/** By id, the state. */
let states: usize = 0;
let steps: i64 = 0;

/** A frame: the type, its next part, and what needs the type, 0 at the top level. */
const NEXT: usize = 4;
const USER: usize = 8;

export function beginDefinitions(): void {
  states = allocate(<usize>end + 1);
  store<u8>(states, WRITTEN);
  steps = stepsFor(end);
}

/**
 * Writes the definition of `root`, and the declarations that it needs. With a `user`, only what must stand before
 * something that uses `root`.
 */
export function define(root: u32, user: u32): void {
  let depth: u32 = 0;
  let id = known(root);
  for (;;) {
    // Down to a type that needs nothing more, or to one whose parts are asked next.
    for (;;) {
      if (--steps < 0) giveUp(TOO_ENTANGLED, root);
      const state = <u32>load<u8>(states + id);
      if ((state & STATE) === WRITTEN) break;
      const record = recordOf(id);
      const kind = kindOf(record);
      if ((state & STATE) === WRITING) {
        if ((state & DECLARED) === 0) declareWhileWriting(id, kind, user);
        break;
      }
      if (kind === Kind.Pointer || isQualifier(kind) || kind === Kind.TypeTag) id = known(thirdOf(record));
      else if (kind === Kind.Array) id = known(elementOf(record));
      else if (kind === Kind.Typedef) {
        store<u8>(states + id, state | WRITING);
        depth = push(depth, id, user);
        user = id;
        id = known(thirdOf(record));
      } else if (kind === Kind.FuncProto) {
        depth = push(depth, id, user);
        id = known(thirdOf(record));
      } else {
        if (!isComposite(kind)) defineLeaf(id, kind, user);
        else if (user === 0 || load<u32>(record) === 0) {
          store<u8>(states + id, state | WRITING);
          depth = push(depth, id, user);
        } else if ((state & DECLARED) === 0 && id !== user) declare(id);
        break;
      }
    }

    // Up to the first type that has more parts.
    for (;;) {
      if (depth === 0) return;
      const frame = entryAt(depth - 1);
      const parent = load<u32>(frame);
      const parentUser = load<u32>(frame, USER);
      const next = load<u32>(frame, NEXT);
      const record = recordOf(parent);
      const kind = kindOf(record);
      if (isComposite(kind)) {
        if (next < vlenOf(record)) {
          store<u32>(frame, next + 1, NEXT);
          id = known(load<u32>(record + 12 * <usize>next, 16));
          user = load<u32>(record) === 0 ? parentUser : parent;
          break;
        }
        let rest = <u32>load<u8>(states + parent) & DECLARED;
        if (parentUser === 0) {
          putComposite(parent, 0);
          put(';\n\n');
          rest |= WRITTEN;
        }
        store<u8>(states + parent, rest);
      } else if (kind === Kind.Typedef) {
        if ((<u32>load<u8>(states + parent) & DECLARED) === 0) defineTypedef(parent);
        store<u8>(states + parent, WRITTEN);
      } else if (next < vlenOf(record)) {
        store<u32>(frame, next + 1, NEXT);
        id = known(load<u32>(record + 8 * <usize>next, 16));
        user = parentUser;
        break;
      }
      depth--;
    }
  }
}

function push(depth: u32, id: u32, user: u32): u32 {
  const frame = reserve(depth);
  store<u32>(frame, id);
  store<u32>(frame, 0, NEXT);
  store<u32>(frame, user, USER);
  return depth + 1;
}

/** Something that is being written is needed by its name. */
function declareWhileWriting(id: u32, kind: i32, user: u32): void {
  if (kind === Kind.Typedef) {
    defineTypedef(id);
    store<u8>(states + id, <u32>load<u8>(states + id) | DECLARED);
  } else if (id !== user && load<u32>(recordOf(id)) !== 0) declare(id);
}

function declare(id: u32): void {
  putTag(id, false);
  put(';\n\n');
  store<u8>(states + id, <u32>load<u8>(states + id) | DECLARED);
}

function defineTypedef(id: u32): void {
  const record = recordOf(id);
  // The compiler has it.
  if (isCompat && equals(nameOfRecord(record), '__builtin_va_list')) return;
  const isBool = !isCompat && isBoolTypedef(record);
  // C++ has it by itself, and C from C23 on.
  if (isBool && isScoped) return;
  if (isBool) put('#ifndef __VMLINUX_H_HAS_BOOL__\n');
  putTypedef(id);
  put(isBool ? ';\n#endif\n\n' : ';\n\n');
}

function defineLeaf(id: u32, kind: i32, user: u32): void {
  if (kind === Kind.Int || kind === Kind.Float) putBase(id);
  else if (kind === Kind.Forward) {
    putForwardTag(id, false);
    put(';\n\n');
  } else if (isEnum(kind)) {
    if (user === 0) defineEnum(id);
  } else return;
  store<u8>(states + id, WRITTEN);
}

function defineEnum(id: u32): void {
  const isBool = !isCompat && isBoolEnum(recordOf(id));
  if (isBool && isScoped) return;
  if (isBool) put('#ifndef __VMLINUX_H_HAS_BOOL__\n');
  setInsideBoolGuard(isBool);
  putEnum(id, 0);
  setInsideBoolGuard(false);
  put(isBool ? ';\n#endif\n\n' : ';\n\n');
}
