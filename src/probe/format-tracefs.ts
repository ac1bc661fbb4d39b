/** Definitions as tracefs reads them. */

import { declarationText } from './c-text.ts';
import { checkLine } from './limits.ts';
import type { Probe, ProbeArgument } from './probe.ts';

/** The line that makes the probe. Throws where it is too long. */
export function tracefsLine(probe: Probe): string {
  const { definition, group, event } = probe;
  const maxActive = definition.maxActive ?? '';
  const filter = definition.filter === undefined ? [] : ['if', definition.filter];
  const words = [
    `${letterOf(probe)}${maxActive}:${group}/${event}`,
    `${placeWithSuffix(probe)}`,
    ...probe.args.map(argumentText),
    ...filter,
  ];
  const line = words.join(' ');
  checkLine(line);
  return line;
}

/** The line that removes it. */
export function tracefsRemoval({ group, event }: Probe): string {
  return `-:${group}/${event}`;
}

/** The file of tracefs that takes the line. */
export function tracefsFile({ kind }: Probe): string {
  if (kind === 'kprobe') return 'kprobe_events';
  return kind === 'uprobe' ? 'uprobe_events' : 'dynamic_events';
}

/** The prototype of the function and where it was read, as a comment; undefined where it is not known. */
export function commentLine({ function: found }: Probe, source: string): string | undefined {
  if (found === undefined) return undefined;
  const prototype = declarationText(found.table, found.proto.id, found.name);
  return `# ${prototype}; ${source} id ${found.id}`;
}

/** `file=$arg1:x64`. */
export function argumentText({ name, body, type }: ProbeArgument): string {
  return `${name === undefined ? '' : `${name}=`}${body}${type === undefined ? '' : `:${type}`}`;
}

function letterOf({ kind, definition, hasReturnSuffix }: Probe): string {
  if (kind === 'fprobe') return 'f';
  if (kind === 'tracepoint') return 't';
  if (kind === 'eprobe') return 'e';
  return definition.isReturn && !hasReturnSuffix ? 'r' : 'p';
}

function placeWithSuffix({ place, definition, hasReturnSuffix }: Probe): string {
  const counter = definition.place.kind === 'file' ? definition.place.referenceCounter : '';
  return place + (definition.isReturn && hasReturnSuffix ? '%return' : '') + counter;
}
