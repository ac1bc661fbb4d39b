/** Compilers that take headers, and what they say. */

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Command lines of C compilers; those that a machine lacks are skipped. */
export const C_COMPILERS = [
  'gcc -std=gnu89',
  'gcc -std=gnu11',
  'gcc -std=gnu2x',
  'clang -std=gnu11',
  'clang -std=gnu2x',
  'clang-16 -std=gnu11',
  'clang-16 -std=gnu2x',
  'clang-19 -std=gnu11',
  'clang-19 -std=gnu2x',
  'clang -target bpf -g',
  'clang-16 -target bpf -g',
  'clang-19 -target bpf -g',
  'bpf-gcc',
] as const;

/** Command lines of C++ compilers. */
export const CPP_COMPILERS = [
  'g++ -std=c++17',
  'clang++ -std=c++17',
  'clang++-16 -std=c++17',
  'clang++-19 -std=c++20',
] as const;

/** The compiler of a command line. */
export interface Compiler {
  readonly command: string;
  /** Ending of the names of its sources. */
  readonly suffix: 'c' | 'cc';
  /** Where it may write. */
  readonly directory: string;
}

/** Whether a compiler is there and takes its options. */
export function works(compiler: Compiler): boolean {
  return compile(compiler, 'int x;\n') === '';
}

/** What a compiler complains about; empty when it is content. Warnings do not count. */
export function compile({ command, suffix, directory }: Compiler, source: string | Uint8Array): string {
  const [tool = '', ...options] = command.split(' ');
  const path = join(directory, `header.${suffix}`);
  writeFileSync(path, source);
  const words = [...options, '-w', '-c', path, '-o', join(directory, 'out.o')];
  const { error, status, stderr } = spawnSync(tool, words, { encoding: 'utf8' });
  return status === 0 ? '' : (error?.message ?? stderr.slice(0, 2000));
}

/** Those of some clangs that are there. */
export function findClang(): string | undefined {
  return ['clang', 'clang-19', 'clang-16', 'clang-14'].find(
    (name) => spawnSync(name, ['-target', 'bpf', '--version']).status === 0,
  );
}
