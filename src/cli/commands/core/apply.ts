/** `tspahole core apply`: a BPF object whose relocations are done. */

import { relocatedFile, relocateObject } from '../../../index.ts';
import { replaceFile } from '../../../internal.ts';
import type { Command, CommandWords } from '../../command.ts';
import { writeText } from '../../output.ts';
import type { Streams } from '../../run.ts';
import { onlyOperand, requiredValue } from '../btf/input.ts';
import { onlyKernel, RUNNING_KERNEL } from './kernels.ts';
import { modeOf, outcomeText, TARGET_OPTIONS } from './options.ts';
import { readProgram, relocationText } from './program.ts';

/** The sub-command. */
export const applyCommand: Command = {
  name: 'core apply',
  synopsis: ['[--target KERNEL] PROGRAM -o OUT'],
  description:
    'Relocate a BPF object for a kernel: write it with patched instructions and without its CO-RE relocations, so that ' +
    'a loader need not know the types of the kernel.',
  options: [{ name: 'output', short: 'o', metavar: 'FILE', help: 'the file to write' }, ...TARGET_OPTIONS],
  notes: `Without --target it is the running kernel with its modules. Nothing is written, and the exit status is 1, where a
relocation fails; an instruction without a target is poisoned, as by libbpf, and named on standard error.

Examples:
  tspahole core apply prog.bpf.o -o prog.here.o
  tspahole core apply prog.bpf.o --target vmlinux-5.4 -o prog.5.4.o
`,
  run: runApply,
};

function runApply(words: CommandWords, { err }: Streams): number {
  const program = readProgram(onlyOperand('core apply', words));
  const output = requiredValue('core apply', words, 'output');
  const kernel = onlyKernel(words.value('target') ?? RUNNING_KERNEL, words.values('module'));
  const relocated = relocateObject(program, { target: kernel.target, mode: modeOf('core apply', words) });
  let failures = 0;
  for (const { relocation, outcome } of relocated.resolutions) {
    if (outcome.status === 'resolved') continue;
    if (outcome.status === 'failed') failures++;
    const { section, insn, what } = relocationText(program, relocation);
    writeText(err, `tspahole: ${section} insn ${insn}: ${what}: ${outcomeText(outcome)}\n`);
  }
  if (failures > 0) return 1;
  replaceFile(output, [relocatedFile(program.bytes, program, relocated)]);
  return 0;
}
