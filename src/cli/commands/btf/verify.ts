/** `tspahole btf verify`: what the kernel would say, or says. */

import { formatProblem, TspaholeError, verifyBtf } from '../../../index.ts';
import { askKernel } from '../../../internal.ts';
import type { Command, CommandWords } from '../../command.ts';
import { writeText } from '../../output.ts';
import type { Streams } from '../../run.ts';
import { type BtfInput, baseOf, onlyOperand, readBtf } from './input.ts';

/** The sub-command. */
export const verifyCommand: Command = {
  name: 'btf verify',
  synopsis: ['[--base FILE] FILE', '--kernel FILE'],
  description:
    'Check BTF by the rules of the kernel (Linux 6.18) without loading it, in either byte order. Prints a line for ' +
    'each problem; nothing and exit status 0 mean that the kernel would take it. With --kernel ask the running kernel ' +
    'instead, and print the end of its log if it refuses.',
  options: [
    { name: 'base', short: 'B', metavar: 'FILE', help: 'the base of split BTF' },
    { name: 'kernel', help: 'give FILE to the running kernel, which forgets it at once' },
  ],
  notes: `--kernel takes root or CAP_BPF, and BTF that is not split, of at most 16 MiB and in the byte order of the machine.

Examples:
  tspahole btf verify vmlinux
  tspahole btf verify -B vmlinux module.ko
  tspahole btf verify --kernel program.bpf.o
`,
  run: runVerify,
};

function runVerify(words: CommandWords, { out }: Streams): number {
  const base = baseOf(words);
  const input = readBtf(onlyOperand('btf verify', words), base);
  const lines = words.has('kernel') ? kernelLines(input) : problemLines(input);
  for (const line of lines) writeText(out, `${line}\n`);
  return lines.length === 0 ? 0 : 1;
}

function problemLines({ bytes, pointerSize, table }: BtfInput): string[] {
  return verifyBtf(bytes, { base: table.base, pointerSize }).map(formatProblem);
}

/** What the running kernel says against it. */
function kernelLines({ path, bytes, table }: BtfInput): string[] {
  if (table.base !== undefined) {
    throw new TspaholeError('usage', 'btf verify: a kernel takes split BTF from its own modules only');
  }
  const verdict = askKernel(bytes);
  switch (verdict.kind) {
    case 'accepted':
      return [];
    case 'refused':
      return [`${path}: the running kernel refuses it: ${verdict.error}`, ...lastLines(verdict.log)];
    case 'unavailable':
      throw new TspaholeError('unsupported', `the running kernel cannot be asked: ${verdict.reason}`);
  }
}

/** Enough for the header; a type may have thousands of members, of which the last one is to blame. */
const MOST_LINES = 20;

/** The log lists all types up to the one that is refused, whose lines are the last. */
function lastLines(log: string): string[] {
  const lines = log.split('\n').filter((line) => line !== '');
  const start = lines.findLastIndex((line) => line.startsWith('['));
  return lines.slice(Math.max(start, lines.length - MOST_LINES, 0)).map(printable);
}

/** Names of the file must not reach a terminal as they are; the log's own tabs may. */
function printable(line: string): string {
  return line.replace(/(?!\t)\p{C}/gu, (char) => `\\u{${char.codePointAt(0)?.toString(16)}}`);
}
