/** The C dump of bpftool 7.8, `btf dump ... format c`, byte for byte. */

import type { TypeId, TypeTable } from '../../model/table.ts';
import { BPFTOOL_EPILOGUE, BPFTOOL_PROLOGUE, KFUNC_EPILOGUE, KFUNC_PROLOGUE } from './frame.ts';
import { type HeaderModule, type HeaderSink, writeBy } from './module.ts';

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
  options: BpftoolHeaderOptions = {},
): void {
  writeBy(table, sink, { isCompat: true, isScoped: false }, (header) => writeParts(header, options));
}

function writeParts(header: HeaderModule, { rootIds, unsorted = false }: BpftoolHeaderOptions): void {
  const { parts } = header;
  header.literal(BPFTOOL_PROLOGUE);
  try {
    if (rootIds !== undefined) for (const id of rootIds) parts.order(id);
    else if (unsorted) parts.orderUnsorted();
    else parts.orderAll(true);
  } finally {
    parts.defineOrdered();
    parts.flush();
  }
  if (rootIds === undefined) {
    header.literal(KFUNC_PROLOGUE);
    parts.findKfuncs();
    parts.putPrototypes();
    header.literal(KFUNC_EPILOGUE);
  }
  header.literal(BPFTOOL_EPILOGUE);
}
