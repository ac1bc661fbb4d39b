/** Expands probe definitions against the cut BTF of two kernels, in test/fixtures/probe. */

import { loadSync, type TypeTable } from '../../src/index.ts';
import { findArchitecture } from '../../src/probe/architectures.ts';
import { type ExpandOptions, expandDefinition } from '../../src/probe/expand.ts';
import { tracefsLine } from '../../src/probe/format-tracefs.ts';
import { parseDefinition } from '../../src/probe/parse-definition.ts';
import type { Probe } from '../../src/probe/probe.ts';
import { ANY_TARGET } from '../../src/probe/targets.ts';
import { fixturePath } from './fixtures.ts';

/** Paths of the cuts, which scripts/cut-kernel-btf.mjs makes of Debian's kernels. */
export const KERNEL_FILES: Readonly<Record<'6.1' | '6.12', string>> = {
  '6.1': fixturePath('probe/linux-6.1.0-50-cloud.btf'),
  '6.12': fixturePath('probe/linux-6.12.117-cloud.btf'),
};

/** A kernel of which there is a cut. */
export type KernelName = keyof typeof KERNEL_FILES;

const tables = new Map<string, TypeTable>();

/** The types of a kernel. */
export function kernelTable(kernel: KernelName): TypeTable {
  const known = tables.get(kernel) ?? loadSync(KERNEL_FILES[kernel]).table();
  tables.set(kernel, known);
  return known;
}

/** Options with which a probe is expanded for a kernel of x86_64 of which nothing else is known. */
export function probeOptions(options: Partial<ExpandOptions> = {}): ExpandOptions {
  return {
    architecture: findArchitecture('x86_64'),
    target: ANY_TARGET,
    rule: 'slots',
    registers: false,
    names: 'field',
    strings: false,
    ...options,
  };
}

/** Expands one line against the types of a kernel or of a table. */
export function expandLine(
  line: string,
  types: KernelName | TypeTable = '6.12',
  options: Partial<ExpandOptions> = {},
): Probe {
  const definition = parseDefinition(line);
  if (definition.kind === 'plain') throw new TypeError('the line has no arguments');
  const table = typeof types === 'string' ? kernelTable(types) : types;
  return expandDefinition(definition, table, probeOptions(options));
}

/** What tracefs would be given. */
export function tracefsText(...args: Parameters<typeof expandLine>): string {
  return tracefsLine(expandLine(...args));
}

/** The arguments alone, as tracefs would be given them. */
export function argumentsText(...args: Parameters<typeof expandLine>): string {
  return tracefsText(...args)
    .split(' ')
    .slice(2)
    .join(' ');
}

/** Codes of the warnings. */
export function warningCodes(...args: Parameters<typeof expandLine>): string[] {
  return expandLine(...args).warnings.map(({ code }) => code);
}
