/** `tspahole core minimize`: BTF files that hold what BPF objects need of many kernels. */

import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { encodeBtf, minimize, TspaholeError } from '../../../index.ts';
import { replaceFile } from '../../../internal.ts';
import type { Command, CommandOption, CommandWords } from '../../command.ts';
import { writeText } from '../../output.ts';
import type { Streams } from '../../run.ts';
import { requiredValue } from '../btf/input.ts';
import { findKernels, type KernelFile } from './kernels.ts';
import { MODE_OPTION, MODULE_OPTION, modeOf } from './options.ts';
import { isBpfObject, readProgram } from './program.ts';

const TARGET_OPTION: CommandOption = {
  name: 'target',
  metavar: 'KERNEL',
  multiple: true,
  help: 'a kernel: a file with BTF, or a folder of vmlinux and modules; or a folder of kernels',
};

/** The sub-command. */
export const minimizeCommand: Command = {
  name: 'core minimize',
  synopsis: ['-o DIR PROGRAM... --target KERNEL...'],
  description:
    'Write for each kernel the BTF that the programs need of it, and no more: the bytes of `bpftool gen min_core_btf` ' +
    '(7.8), for all kernels at once. Types of modules follow those of the kernel in one file.',
  options: [
    { name: 'output', short: 'o', metavar: 'DIR', help: 'the folder to write to, made if it is not there' },
    TARGET_OPTION,
    MODULE_OPTION,
    MODE_OPTION,
  ],
  notes: `A file is named as the kernel's file or folder is. A kernel that cannot be read, or on which a program fails, is
reported, the others are written, and the exit status is 1.

Examples:
  tspahole core minimize -o btf/ prog.bpf.o --target vmlinux-5.4 vmlinux-6.1
  tspahole core minimize -o btf/ a.bpf.o b.bpf.o --target btfhub/
`,
  run: runMinimize,
};

function runMinimize(words: CommandWords, { err }: Streams): number {
  const folder = requiredValue('core minimize', words, 'output');
  // What follows the first kernel may be more of them.
  const programs = words.operands.filter(isBpfObject).map(readProgram);
  if (programs.length === 0) throw new TspaholeError('usage', 'core minimize: which programs?');
  if (words.values('target').length === 0)
    throw new TspaholeError('usage', 'core minimize: --target is missing');
  const targets = [...words.values('target'), ...words.operands.filter((path) => !isBpfObject(path))];
  const files = targets.flatMap((path) => findKernels(path, words.values('module')));
  checkNames(files);
  makeFolder(folder);
  const mode = modeOf('core minimize', words);
  let code = 0;
  for (const file of files) {
    try {
      const kernel = file.load();
      if (kernel === undefined) continue;
      const table = minimize(kernel.target, programs, { mode });
      replaceFile(join(folder, basename(file.path)), [encodeBtf(table, { headerSize: 32 })]);
    } catch (error) {
      if (!(error instanceof TspaholeError) || error.code === 'usage') throw error;
      writeText(err, `tspahole: ${error.within({ file: file.path }).message}\n`);
      code = 1;
    }
  }
  return code;
}

function checkNames(files: readonly KernelFile[]): void {
  const seen = new Map<string, string>();
  for (const { path } of files) {
    const name = basename(path);
    const other = seen.get(name);
    if (other !== undefined) {
      throw new TspaholeError('usage', `core minimize: ${other} and ${path} have one name`);
    }
    seen.set(name, path);
  }
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new TspaholeError('io', `cannot make the folder: ${code}`, { file: folder }, error);
  }
}
