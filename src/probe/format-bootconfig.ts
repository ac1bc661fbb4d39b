/** Definitions for tracing from boot on (linux Documentation/trace/boottime-trace.rst). */

import { TspaholeError } from '../model/errors.ts';
import { noSuchProbe } from './c-expression.ts';
import { argumentText } from './format-tracefs.ts';
import type { Probe } from './probe.ts';

/** The kernel makes boot-time kprobes in this group. */
const GROUP = 'kprobes';

/** A file of bootconfig that makes the probes and enables them. Throws `unsupported` for what is no kprobe. */
export function bootconfigText(probes: readonly Probe[]): string {
  const byEvent = new Map<string, string[]>();
  for (const probe of probes) {
    if (probe.kind !== 'kprobe') throw noSuchProbe('boot-time tracing', probe);
    const suffix = probe.definition.isReturn ? '%return' : '';
    const text = [`${probe.place}${suffix}`, ...probe.args.map(argumentText)].join(' ');
    byEvent.set(probe.event, [...(byEvent.get(probe.event) ?? []), text]);
  }
  return [...byEvent].map(([event, texts]) => eventText(event, texts)).join('');
}

function eventText(event: string, texts: readonly string[]): string {
  const values = texts.map(quoted).join(', ');
  return `ftrace.event.${GROUP}.${event} {\n\tprobes = ${values}\n\tenable\n}\n`;
}

/** There is no way to write a quotation mark within its like. Throws `unsupported` for a text that has both. */
function quoted(text: string): string {
  if (!text.includes('"')) return `"${text}"`;
  if (!text.includes("'")) return `'${text}'`;
  throw new TspaholeError('unsupported', `bootconfig cannot hold both ' and " in one value: ${text}`);
}
