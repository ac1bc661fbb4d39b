/** The formats that probes are written in. */

import { TspaholeError } from '../model/errors.ts';
import type { PlainLine } from './definition.ts';
import { bootconfigText } from './format-bootconfig.ts';
import { bpfSource } from './format-bpf-c.ts';
import { bpftraceProgram } from './format-bpftrace.ts';
import { probeJson } from './format-json.ts';
import { perfCommand } from './format-perf.ts';
import { stapScript } from './format-stap.ts';
import { commentLine, tracefsLine } from './format-tracefs.ts';
import type { Probe } from './probe.ts';

/** Their names. */
export const PROBE_FORMATS = ['tracefs', 'perf', 'bpftrace', 'stap', 'bootconfig', 'bpf-c', 'json'] as const;

/** Name of a format. */
export type ProbeFormat = (typeof PROBE_FORMATS)[number];

/** Whether a format is for tracers that fetch arguments by themselves. */
export function doesWithoutTracefs(format: ProbeFormat): boolean {
  return format === 'bpftrace' || format === 'stap' || format === 'bpf-c';
}

/** A probe, or a line without arguments, and what its types were read from. */
export interface SourcedProbe {
  readonly probe: Probe | PlainLine;
  readonly source: string;
}

/**
 * Writes probes. With `comments` tracefs lines have the prototype above them. Throws `unsupported` for a probe
 * that the format cannot say.
 */
export function formatProbes(
  format: ProbeFormat,
  sourced: readonly SourcedProbe[],
  comments: boolean,
): string {
  const list = sourced.flatMap(({ probe, source }) => (probe.kind === 'plain' ? [] : [{ probe, source }]));
  const probes = list.map(({ probe }) => probe);
  if (format !== 'tracefs' && list.length < sourced.length) {
    throw new TspaholeError(
      'unsupported',
      `synthetic events and deletions are lines of tracefs, not of ${format}`,
    );
  }
  switch (format) {
    case 'tracefs':
      return sourced.map((each) => tracefsText(each, comments)).join('');
    case 'perf':
      return probes.map((probe) => `${perfCommand(probe)}\n`).join('');
    case 'bpftrace':
      return probes.map(bpftraceProgram).join('\n');
    case 'stap':
      return probes.map(stapScript).join('\n');
    case 'bootconfig':
      return bootconfigText(probes);
    case 'bpf-c':
      return probes.length === 0 ? '' : bpfSource(probes);
    case 'json':
      return `${JSON.stringify({ probes: list.map(({ probe, source }) => probeJson(probe, source)) }, undefined, 2)}\n`;
  }
}

function tracefsText({ probe, source }: SourcedProbe, comments: boolean): string {
  if (probe.kind === 'plain') return `${probe.text}\n`;
  const comment = comments ? commentLine(probe, source) : undefined;
  return `${comment === undefined ? '' : `${comment}\n`}${tracefsLine(probe)}\n`;
}
