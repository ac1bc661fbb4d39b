/** `tspahole btf verify`: what the kernel would say. */

import { formatProblem, verifyBtf } from '../../../index.ts';
import type { Command, CommandWords } from '../../command.ts';
import { writeText } from '../../output.ts';
import type { Streams } from '../../run.ts';
import { baseOf, onlyOperand, readBtf } from './input.ts';

/** The sub-command. */
export const verifyCommand: Command = {
  name: 'btf verify',
  synopsis: ['[--base FILE] FILE'],
  description:
    'Check BTF by the rules of the kernel (Linux 6.18) without loading it, in either byte order. Prints a line for ' +
    'each problem; nothing and exit status 0 mean that the kernel would take it.',
  options: [{ name: 'base', short: 'B', metavar: 'FILE', help: 'the base of split BTF' }],
  notes: `Examples:
  tspahole btf verify vmlinux
  tspahole btf verify -B vmlinux module.ko
`,
  run: runVerify,
};

function runVerify(words: CommandWords, { out }: Streams): number {
  const base = baseOf(words);
  const { bytes, pointerSize, table } = readBtf(onlyOperand('btf verify', words), base);
  const problems = verifyBtf(bytes, { base: table.base, pointerSize });
  for (const problem of problems) writeText(out, `${formatProblem(problem)}\n`);
  return problems.length === 0 ? 0 : 1;
}
