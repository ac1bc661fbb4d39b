/** Functions and tracepoints of a table, by name. */

import { Kind } from '../model/kinds.ts';
import { findFunctions, findTypeByName } from '../model/queries.ts';
import { type TypeId, type TypeTable, tableChain } from '../model/table.ts';
import type { FuncProtoType } from '../model/types.ts';
import { declarationText } from './c-text.ts';

/** A function with its prototype. */
export interface FoundFunction {
  readonly id: TypeId;
  readonly proto: FuncProtoType;
  /** Prototypes that other functions of the same name have. */
  readonly others: readonly string[];
}

/** The function of that name: of several, as in the kernel, the one with the lowest id. */
export function findFunction(table: TypeTable, name: string): FoundFunction | undefined {
  const ids = findFunctions(table, name);
  const id = ids[0];
  if (id === undefined) return undefined;
  const proto = table.type(table.sizeOrType(id));
  if (proto.kind !== 'funcProto') return undefined;
  const texts = new Set(ids.map((each) => declarationText(table, table.sizeOrType(each), name)));
  return { id, proto, others: [...texts].slice(1) };
}

/** The function that the compiler made `f.isra.0`, `f.constprop.0`, `f.part.0` of; undefined for other names. */
export function variantBase(name: string): string | undefined {
  return /^([^.]+)\.(?:isra|constprop|part|cold|llvm|lto_priv)\b/.exec(name)?.[1];
}

/** The stubs that have a tracepoint's prototype, behind one private parameter. */
const STUBS = ['__probestub_', '__traceiter_', '__bpf_trace_'];

/** The prototype of a tracepoint, private parameter included; the typedef is the last resort, without names. */
export function findTracepoint(table: TypeTable, name: string): FoundFunction | undefined {
  for (const stub of STUBS) {
    const found = findFunction(table, stub + name);
    if (found !== undefined) return { ...found, others: [] };
  }
  const typedef = findTypeByName(table, `btf_trace_${name}`);
  if (typedef === undefined) return undefined;
  const pointer = table.sizeOrType(typedef);
  const proto = table.type(table.kind(pointer) === Kind.Pointer ? table.sizeOrType(pointer) : 0);
  return proto.kind === 'funcProto' ? { id: typedef, proto, others: [] } : undefined;
}

/** A line of a list of functions. */
export interface ListedFunction {
  readonly name: string;
  readonly id: TypeId;
  /** The prototype as C. */
  readonly text: string;
}

/** The functions whose names match a pattern of `*` and `?`, in the order of the table. */
export function* listFunctions(table: TypeTable, pattern: string): Generator<ListedFunction> {
  const matches = globMatcher(pattern);
  for (const part of tableChain(table)) {
    for (let id = part.firstId; id < part.end; id++) {
      if (part.kind(id) !== Kind.Func) continue;
      const name = part.name(id);
      if (matches(name)) yield { name, id, text: declarationText(table, table.sizeOrType(id), name) };
    }
  }
}

/**
 * A test for names that match a pattern of `*` and `?`. Takes time in the product of the two lengths, whatever
 * the pattern: each star goes back to the last one alone.
 */
export function globMatcher(pattern: string): (name: string) => boolean {
  return (name) => {
    let at = 0;
    let star = -1;
    let mark = 0;
    let index = 0;
    while (index < name.length) {
      if (pattern[at] === '*') {
        star = at++;
        mark = index;
      } else if (pattern[at] === '?' || pattern[at] === name[index]) {
        at++;
        index++;
      } else if (star >= 0) {
        at = star + 1;
        index = ++mark;
      } else return false;
    }
    while (pattern[at] === '*') at++;
    return at === pattern.length;
  };
}
