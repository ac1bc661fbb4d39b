/** The header that every compiler takes and lays out as the file says. docs/headers.md describes it. */

import { TspaholeError } from '../../model/errors.ts';
import type { TypeId, TypeTable } from '../../model/table.ts';
import {
  epilogue,
  type Frame,
  type HeaderLanguage,
  KFUNC_EPILOGUE,
  KFUNC_MACROS,
  KFUNC_PROLOGUE,
  prologue,
} from './frame.ts';
import { type HeaderModule, type HeaderSink, writeBy } from './module.ts';

/** What a header holds, and for whom. */
export interface HeaderOptions {
  /** Default: C, for GNU's dialects from gnu89 to C23. */
  readonly language?: HeaderLanguage | undefined;
  /** Name of the macro that guards against a second inclusion. Default `__VMLINUX_H__`. */
  readonly guard?: string | undefined;
  /** Makes accesses to members relocatable (CO-RE). Default true. */
  readonly preserveAccessIndex?: boolean | undefined;
  /** Static asserts of every size and every offset at the end. Default false. */
  readonly asserts?: boolean | undefined;
  /** Only these types and what they need. Default: all. */
  readonly roots?: readonly TypeId[] | undefined;
  /**
   * In place of `roots`: only the structs, unions, enums and typedefs with these names, and what they need. For a few
   * names that is cheaper than `typesNamed`.
   */
  readonly names?: readonly string[] | undefined;
  /** Types that are at least declared, where nothing needs their definition. */
  readonly declared?: readonly TypeId[] | undefined;
  /** Which kfuncs get prototypes, by name. Default: all where `roots` is not given, else none. */
  readonly keepsKfunc?: ((name: string) => boolean) | undefined;
}

/**
 * Writes a header of the types of a table and its bases. Throws `bad-data` where types contain themselves,
 * nest deeper than a compiler follows or repeat without end.
 */
export function writeHeader(table: TypeTable, sink: HeaderSink, options: HeaderOptions = {}): void {
  const style = { isCompat: false, isScoped: options.language === 'c++' };
  writeBy(table, sink, style, (header) => writeParts(header, options));
}

function writeParts(header: HeaderModule, options: HeaderOptions): void {
  const { roots, names, declared = [], asserts = false } = options;
  const { parts } = header;
  const kfuncs = keepKfuncs(header, options);
  const wanted = roots ?? (names && definitionsNamed(header, names));
  if (wanted === undefined) parts.orderAll(false);
  else for (const id of wanted) parts.order(id);
  parts.orderPrototypes();
  const frame = frameOf(options);
  header.literal(prologue(frame));
  parts.defineOrdered();
  for (const id of declared) parts.declare(id);
  if (kfuncs > 0) writeKfuncs(header);
  if (asserts) parts.assertOrdered();
  header.literal(epilogue(frame));
}

/** Writes the prototypes, each after what it needs the names of. */
function writeKfuncs(header: HeaderModule): void {
  header.parts.declareForPrototypes();
  header.literal(KFUNC_MACROS);
  header.literal(KFUNC_PROLOGUE.trimStart());
  header.parts.putPrototypes();
  header.literal(KFUNC_EPILOGUE);
}

function frameOf({ language = 'c', guard, preserveAccessIndex }: HeaderOptions): Frame {
  return { language, guard: guard ?? '__VMLINUX_H__', preservesAccessIndex: preserveAccessIndex ?? true };
}

/** By name and id. Throws `not-found` for a name that no type has. */
function definitionsNamed(header: HeaderModule, names: readonly string[]): TypeId[] {
  return [...new Set(names)].sort().flatMap((name) => {
    const found = header.definitionsNamed(name);
    if (found.length === 0) throw new TspaholeError('not-found', `no type has a name like ${name}`);
    return found;
  });
}

function keepKfuncs(header: HeaderModule, { roots, names, keepsKfunc }: HeaderOptions): number {
  if (keepsKfunc === undefined && (roots !== undefined || names !== undefined)) return 0;
  return header.keepKfuncs(keepsKfunc ?? (() => true));
}
