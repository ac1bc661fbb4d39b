/** The header that every compiler takes and lays out as the file says. docs/headers.md describes it. */

import type { TypeId, TypeTable } from '../../model/table.ts';
import { AssertWriter } from './asserts.ts';
import { CleanNames } from './clean-names.ts';
import { CompilerLayout } from './compiler-layout.ts';
import { DeclarationWriter } from './declarations.ts';
import { DefinitionWriter } from './definitions.ts';
import { type FlatTypes, flattenTypes } from './flat-types.ts';
import { epilogue, type Frame, KFUNC_EPILOGUE, KFUNC_MACROS, KFUNC_PROLOGUE, prologue } from './frame.ts';
import type { HeaderLanguage } from './identifiers.ts';
import { findKfuncs, type Kfunc } from './kfuncs.ts';
import { DefinitionOrder } from './order.ts';
import { HeaderOutput, type HeaderSink } from './output.ts';
import { orderAll } from './roots.ts';
import { CPP_STYLE, PORTABLE_STYLE } from './style.ts';

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
  const types = flattenTypes(table);
  const { language = 'c', roots } = options;
  const style = language === 'c' ? PORTABLE_STYLE : CPP_STYLE;
  const out = new HeaderOutput(types.text, sink);
  const names = new CleanNames(types, language);
  const layout = new CompilerLayout(types);
  const declarations = new DeclarationWriter({ types, layout, names, out, style });
  const definitions = new DefinitionWriter({ types, names, out, declarations, style });
  const kfuncs = wantedKfuncs(types, options);
  for (const { nameOffset } of kfuncs) names.reserve(nameOffset);
  const order = new DefinitionOrder(types);
  if (roots === undefined) orderAll(types, order, { unsorted: false, dropsFirst: false });
  else for (const id of roots) order.add(id);
  for (const { prototype } of kfuncs) order.add(prototype);
  const frame = frameOf(options);
  out.literal(prologue(frame));
  for (let index = 0; index < order.length; index++) {
    definitions.define(order.queue[index] as TypeId);
    out.flushIfLarge();
  }
  // The user is none of the types.
  for (const id of options.declared ?? []) definitions.define(id, types.end);
  writeKfuncs(kfuncs, { declarations, definitions, out });
  if (options.asserts === true) {
    const writer = new AssertWriter({ types, layout, names, out, language });
    for (let index = 0; index < order.length; index++) writer.assertLayout(order.queue[index] as TypeId);
  }
  out.literal(epilogue(frame));
  out.flush();
}

/** Writes the prototypes, each after what it needs the names of. */
function writeKfuncs(kfuncs: readonly Kfunc[], { declarations, definitions, out }: Writers): void {
  if (kfuncs.length === 0) return;
  for (const { prototype } of kfuncs) definitions.define(prototype, prototype);
  out.literal(KFUNC_MACROS);
  out.literal(KFUNC_PROLOGUE.trimStart());
  for (const { nameOffset, prototype, isFastcall } of kfuncs) {
    out.literal(isFastcall ? 'extern __bpf_fastcall ' : 'extern ');
    declarations.declaration(prototype, nameOffset, 0);
    out.literal(' __weak __ksym;\n');
  }
  out.literal(KFUNC_EPILOGUE);
}

interface Writers {
  readonly declarations: DeclarationWriter;
  readonly definitions: DefinitionWriter;
  readonly out: HeaderOutput;
}

function frameOf({ language = 'c', guard, preserveAccessIndex }: HeaderOptions): Frame {
  return { language, guard: guard ?? '__VMLINUX_H__', preservesAccessIndex: preserveAccessIndex ?? true };
}

function wantedKfuncs(types: FlatTypes, { roots, keepsKfunc }: HeaderOptions): Kfunc[] {
  if (keepsKfunc === undefined && roots !== undefined) return [];
  const all = findKfuncs(types);
  return all.filter(({ nameOffset }, index) => {
    const before = all[index - 1];
    const isRepeat = before !== undefined && types.text.compare(before.nameOffset, nameOffset) === 0;
    return !isRepeat && (keepsKfunc === undefined || keepsKfunc(types.text.at(nameOffset)));
  });
}
