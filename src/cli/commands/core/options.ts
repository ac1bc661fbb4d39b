/** What the `core` commands have in common: options for targets, and words for outcomes. */

import { type CoreMode, type CoreOutcome, TspaholeError } from '../../../index.ts';
import type { CommandOption, CommandWords } from '../../command.ts';

export const MODULE_OPTION: CommandOption = {
  name: 'module',
  metavar: 'FILE',
  multiple: true,
  help: 'a module of the kernel, or a folder of them, for types that the kernel does not have',
};

export const MODE_OPTION: CommandOption = {
  name: 'mode',
  metavar: 'MODE',
  help: 'libbpf: as libbpf chooses among several types; consistent: one type for all its fields',
};

/** The options of commands that work on one kernel. */
export const TARGET_OPTIONS: readonly CommandOption[] = [
  {
    name: 'target',
    metavar: 'KERNEL',
    help: 'the kernel: a file with BTF, or a folder of vmlinux and modules',
  },
  MODULE_OPTION,
  MODE_OPTION,
];

/** The value of `--mode`. Throws `usage` for another word. */
export function modeOf(command: string, words: CommandWords): CoreMode {
  const mode = words.value('mode') ?? 'libbpf';
  if (mode === 'libbpf' || mode === 'consistent') return mode;
  throw new TspaholeError('usage', `${command}: --mode is libbpf or consistent, not ${mode}`);
}

/** An outcome as a sentence without a full stop. */
export function outcomeText(outcome: CoreOutcome): string {
  switch (outcome.status) {
    case 'resolved':
      return `value ${outcome.value}`;
    case 'poisoned':
      return `poisoned: ${outcome.reason}`;
    case 'failed':
      return `fails: ${outcome.error.what}`;
  }
}
