/** The C dump of bpftool 7.8, `btf dump ... format c`, byte for byte. */

import type { TypeId, TypeTable } from '../../model/table.ts';
import { BpftoolLayout } from './bpftool-layout.ts';
import { BpftoolNames } from './bpftool-names.ts';
import { DeclarationWriter } from './declarations.ts';
import { DefinitionWriter } from './definitions.ts';
import { flattenTypes } from './flat-types.ts';
import { BPFTOOL_EPILOGUE, BPFTOOL_PROLOGUE, KFUNC_EPILOGUE, KFUNC_PROLOGUE } from './frame.ts';
import { findKfuncs } from './kfuncs.ts';
import { DefinitionOrder } from './order.ts';
import { HeaderOutput, type HeaderSink } from './output.ts';
import { orderAll } from './roots.ts';
import { BPFTOOL_STYLE } from './style.ts';

/** What `bpftool btf dump` is told besides the file. */
export interface BpftoolHeaderOptions {
  /** `root_id N`: only these types and what they need, in this order. Default: all. */
  readonly rootIds?: readonly TypeId[] | undefined;
  /** `unsorted`: in the order of ids. */
  readonly unsorted?: boolean | undefined;
}

/**
 * Writes the header that bpftool 7.8 writes of a table and its bases. Throws `bad-data` where types contain
 * themselves; what comes before them has been written then, as bpftool does.
 */
export function writeBpftoolHeader(
  table: TypeTable,
  sink: HeaderSink,
  { rootIds, unsorted = false }: BpftoolHeaderOptions = {},
): void {
  const types = flattenTypes(table);
  const out = new HeaderOutput(types.text, sink);
  const names = new BpftoolNames(types);
  const style = BPFTOOL_STYLE;
  const declarations = new DeclarationWriter({ types, layout: new BpftoolLayout(types), names, out, style });
  const definitions = new DefinitionWriter({ types, names, out, declarations, style });
  const order = new DefinitionOrder(types);
  out.literal(BPFTOOL_PROLOGUE);
  try {
    if (rootIds === undefined) orderAll(types, order, { unsorted, dropsFirst: true });
    else for (const id of rootIds) order.add(id);
  } finally {
    for (let index = 0; index < order.length; index++) {
      definitions.define(order.queue[index] as TypeId);
      out.flushIfLarge();
    }
    out.flush();
  }
  if (rootIds === undefined) {
    out.literal(KFUNC_PROLOGUE);
    for (const { nameOffset, prototype, isFastcall } of findKfuncs(types)) {
      out.literal(isFastcall ? 'extern __bpf_fastcall ' : 'extern ');
      declarations.declaration(prototype, nameOffset, 0);
      out.literal(' __weak __ksym;\n');
    }
    out.literal(KFUNC_EPILOGUE);
  }
  out.literal(BPFTOOL_EPILOGUE);
  out.flush();
}
