/** `tspahole core check`: on which kernels BPF objects load, and why not on the others. */

import { type CoreOutcome, reachFinder, relocateObject, TspaholeError } from '../../../index.ts';
import type { Command, CommandWords } from '../../command.ts';
import { writeText } from '../../output.ts';
import type { Streams } from '../../run.ts';
import { checkText } from './check-text.ts';
import { findKernels, type Kernel, RUNNING_KERNEL } from './kernels.ts';
import { MODE_OPTION, MODULE_OPTION, modeOf } from './options.ts';
import { isBpfObject, type Program, type RelocationText, readProgram, relocationText } from './program.ts';

/** The sub-command. */
export const checkCommand: Command = {
  name: 'core check',
  synopsis: ['[--json] PROGRAM... [KERNEL...]'],
  description:
    'Predict on which kernels BPF objects load: what each CO-RE relocation gets on each kernel, or why it gets nothing. ' +
    'A KERNEL is a file with BTF (raw, vmlinux, vmlinuz), a folder of vmlinux and its modules, or a folder of kernels.',
  options: [{ name: 'json', short: 'j', help: 'print JSON' }, MODULE_OPTION, MODE_OPTION],
  notes: `Without a KERNEL it is the running one with its modules. The programs are the ELF files for BPF that come first; where
all files are such, the first.

A relocation is a value; poisoned, where the kernel lacks what the instruction needs, and the verifier refuses the
program if it can be reached, which conditions like bpf_core_field_exists may rule out; or FAILED, and libbpf refuses
the object. The exit status is 1 if any fails.

Examples:
  tspahole core check prog.bpf.o
  tspahole core check prog.bpf.o vmlinux-5.4 vmlinux-6.1 kernels/
  tspahole core check prog.bpf.o vmlinux --module lib/modules/6.1.0/
  tspahole core check --json *.bpf.o btfhub/ | jq '.[] | select(.kernels[].fails) | .path'
`,
  run: runCheck,
};

/** What a relocation gets on a kernel. */
export interface Cell {
  readonly status: CoreOutcome['status'];
  /** Decimal, since it has 64 bits; only where there is one. */
  readonly value?: string;
  /** Why there is none. */
  readonly reason?: string;
  /** Only of poisoned ones: false where conditions, which are constants by now, keep the verifier from it. */
  readonly mayBeReached?: boolean;
}

/** A program on a kernel; the cells are those of its relocations. */
export interface Column {
  readonly kernel: string;
  readonly fails: boolean;
  readonly cells: readonly Cell[];
}

/** A relocation with the number that `core list` gives it. */
export interface NumberedText extends RelocationText {
  readonly number: number;
}

/** A program on all kernels. */
export interface Report {
  readonly path: string;
  /** Those of functions that a linker dropped are left out. */
  readonly relocations: readonly NumberedText[];
  readonly kernels: readonly Column[];
}

function runCheck(words: CommandWords, { out, err }: Streams): number {
  const { programPaths, kernelPaths } = sortOperands(words.operands);
  const programs = programPaths.map(readProgram);
  const mode = modeOf('core check', words);
  const columns = programs.map((): Column[] => []);
  let isComplete = true;
  const complain = (message: string): void => {
    isComplete = false;
    writeText(err, `tspahole: ${message}\n`);
  };
  // One kernel after the other: many would not fit in memory together.
  for (const kernel of readKernels(kernelPaths, words.values('module'), complain)) {
    for (const [index, program] of programs.entries()) columns[index]?.push(column(program, kernel, mode));
  }
  const reports = programs.map((program, index) => reportOf(program, columns[index] ?? []));
  writeText(out, words.has('json') ? `${JSON.stringify(reports, undefined, 2)}\n` : checkText(reports));
  const fails = reports.some(({ kernels }) => kernels.some((each) => each.fails));
  return fails || !isComplete ? 1 : 0;
}

function sortOperands(operands: readonly string[]): { programPaths: string[]; kernelPaths: string[] } {
  const isProgram = operands.map(isBpfObject);
  const first = isProgram.indexOf(false);
  const count = first < 0 ? 1 : Math.max(1, first);
  const programPaths = operands.slice(0, count);
  if (programPaths.length === 0) throw new TspaholeError('usage', 'core check: which program?');
  const kernelPaths = operands.slice(count);
  return { programPaths, kernelPaths: kernelPaths.length === 0 ? [RUNNING_KERNEL] : kernelPaths };
}

/** The kernels of all paths; one that cannot be read is reported, and the others are checked. */
function* readKernels(
  paths: readonly string[],
  modules: readonly string[],
  complain: (message: string) => void,
): Generator<Kernel> {
  for (const path of paths) {
    for (const file of attempt(() => findKernels(path, modules), complain) ?? []) {
      const kernel = attempt(() => file.load(), complain);
      if (kernel !== undefined) yield kernel;
    }
  }
}

function attempt<T>(action: () => T, complain: (message: string) => void): T | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof TspaholeError)) throw error;
    complain(error.message);
    return undefined;
  }
}

function column(program: Program, { path, target }: Kernel, mode: 'libbpf' | 'consistent'): Column {
  const relocated = relocateObject(program, { target, mode });
  const mayReach = reachFinder(program, relocated);
  const cells = relocated.resolutions.map(({ relocation: { sectionName, insnOffset }, outcome }) =>
    cellOf(outcome, () => mayReach(sectionName, insnOffset)),
  );
  return { kernel: path, fails: cells.some(({ status }) => status === 'failed'), cells };
}

function cellOf(outcome: CoreOutcome, mayBeReached: () => boolean): Cell {
  switch (outcome.status) {
    case 'resolved':
      return { status: outcome.status, value: String(outcome.value) };
    case 'poisoned':
      return { status: outcome.status, reason: outcome.reason, mayBeReached: mayBeReached() };
    case 'failed':
      return { status: outcome.status, reason: outcome.error.what };
  }
}

function reportOf(program: Program, kernels: readonly Column[]): Report {
  const relocations = program.relocations.flatMap((relocation, number) =>
    relocation.function === undefined ? [] : [{ number, ...relocationText(program, relocation) }],
  );
  return { path: program.path, relocations, kernels };
}
