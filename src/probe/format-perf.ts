/** Definitions for `perf probe --add`, with fetch texts that need no DWARF. */

import { noSuchProbe } from './c-expression.ts';
import { argumentText } from './format-tracefs.ts';
import type { Probe } from './probe.ts';

/** One command line of perf probe. Throws `unsupported` for probes that perf does not make. */
export function perfCommand(probe: Probe): string {
  const { kind, group, event, definition } = probe;
  const { place } = definition;
  const args = probe.args.map((arg) => ` ${argumentText(arg)}`).join('');
  const suffix = definition.isReturn ? '%return' : '';
  if (kind === 'kprobe' && place.kind === 'symbol') {
    const module = place.module === undefined ? '' : `-m ${place.module} `;
    const offset = place.offset === 0 ? '' : `+${place.offset}`;
    return `perf probe ${module}--add ${quoted(`${group}:${event}=${place.symbol}${offset}${suffix}${args}`)}`;
  }
  if (kind === 'uprobe' && place.kind === 'file') {
    return `perf probe -x ${quoted(place.path)} --add ${quoted(`${group}:${event}=${place.symbol ?? place.offset}${suffix}${args}`)}`;
  }
  throw noSuchProbe('perf probe', probe);
}

/** A word for the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
