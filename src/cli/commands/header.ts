/** `tspahole header`: the types of a file as a header that compiles. */

import { loadSync, RUNNING_KERNEL_BTF, TspaholeError, type TypeFormat, type TypeTable } from '../../index.ts';
import {
  externFunctions,
  globPattern,
  type HeaderOptions,
  type HeaderSink,
  isPattern,
  replaceFile,
  replaceFileBy,
  typesNamed,
  typesUsedBy,
  writeBpftoolHeader,
  writeHeader,
} from '../../internal.ts';
import type { Command, CommandWords } from '../command.ts';
import type { Streams } from '../run.ts';
import { withoutTiering } from '../single-tier.ts';
import { depfileText } from './depfile.ts';

/** The sub-command. */
export const headerCommand: Command = {
  name: 'header',
  synopsis: ['[option...] [FILE...]'],
  description:
    'Print the types of a file, or of a kernel and its modules, as a C header: vmlinux.h. It compiles with GCC and clang, for BPF and natively, ' +
    'from gnu89 to C23, and gives every type the layout that it has in the file.',
  options: [
    { name: 'base', short: 'B', metavar: 'FILE', help: 'the base of split BTF, e.g. vmlinux for a module' },
    { name: 'format', short: 'F', metavar: 'NAME', help: 'read btf or dwarf (default: BTF, else DWARF)' },
    {
      name: 'only',
      metavar: 'GLOBS',
      multiple: true,
      help: 'only types with these names, and what they need: patterns between commas',
    },
    {
      name: 'from',
      metavar: 'OBJECT',
      multiple: true,
      help: 'only types that this compiled BPF program uses, and what they need',
    },
    { name: 'kfuncs', metavar: 'GLOBS', help: 'kfuncs that get a prototype: all, none or patterns' },
    { name: 'lang', metavar: 'NAME', help: 'c (default) or c++' },
    { name: 'guard', metavar: 'MACRO', help: 'the macro of the include guard (default: __VMLINUX_H__)' },
    { name: 'no-preserve-access-index', help: 'leave out the pragma that makes accesses relocatable' },
    { name: 'asserts', help: 'add static asserts of every size and every offset' },
    {
      name: 'output',
      short: 'o',
      metavar: 'FILE',
      help: 'write to FILE; if nothing changes it keeps its time',
    },
    { name: 'depfile', metavar: 'FILE', help: 'with --output: write the dependencies for make and ninja' },
    { name: 'compat', help: 'print the bytes that bpftool 7.8 prints' },
  ],
  notes: `Without a file the types are those of the running kernel. Of several files the first is
the base of the others, unless --base names another.

Examples:
  tspahole header -o vmlinux.h                     all types of the running kernel
  tspahole header --only 'task_struct,bpf_*'       some types and what they need
  tspahole header --from prog.bpf.o vmlinux        what a program uses
  tspahole header vmlinux a.ko b.ko                a kernel's types and those of modules
  tspahole header --asserts | gcc -x c -c -o /dev/null -    prove all layouts
`,
  run: runHeader,
};

async function runHeader(words: CommandWords, streams: Streams): Promise<number> {
  const paths = inputsOf(words, streams);
  const table = await loadTypes(paths, words);
  const output = words.value('output');
  if (output === undefined) {
    if (words.has('depfile') || words.value('depfile') !== undefined) {
      throw new TspaholeError('usage', 'header: --depfile needs --output');
    }
    withoutTiering(() => writeTypes(table, words, (bytes) => streams.out.write(bytes)));
    return 0;
  }
  replaceFileBy(output, (sink) => withoutTiering(() => writeTypes(table, words, sink)), { keepsEqual: true });
  const depfile = words.value('depfile');
  // Whether it changes or not: ninja deletes it once it has read it.
  if (depfile !== undefined)
    replaceFile(depfile, [Buffer.from(depfileText(output, sourcesOf(paths, words)))]);
  return 0;
}

function inputsOf({ operands }: CommandWords, { env }: Streams): readonly string[] {
  return operands.length > 0 ? operands : [env.PAHOLE_VMLINUX_BTF_FILENAME ?? RUNNING_KERNEL_BTF];
}

/** The files that the header is made from. */
function sourcesOf(paths: readonly string[], words: CommandWords): string[] {
  const base = words.value('base');
  return [...paths, ...(base === undefined ? [] : [base]), ...words.values('from')];
}

/** The types of one file, or of a kernel and modules, of which each type is there once. */
async function loadTypes(paths: readonly string[], words: CommandWords): Promise<TypeTable> {
  const [first = RUNNING_KERNEL_BTF, ...others] = paths;
  const base = words.value('base');
  if (others.length > 0) return (await import('./merged-types.ts')).mergedFiles(paths, base);
  const source = loadSync(first, {
    formats: formatsOf(words.value('format')),
    base: base === undefined ? undefined : loadSync(base, { formats: ['btf'] }).table(),
    // BTF has the types that functions declare, too.
    dwarf: { bodies: true },
  });
  if (source.format === 'btf') return source.table();
  return (await import('./merged-types.ts')).mergedUnits(source, !words.has('compat'));
}

function formatsOf(name: string | undefined): readonly TypeFormat[] {
  if (name === undefined) return ['btf', 'dwarf'];
  if (name === 'btf' || name === 'dwarf') return [name];
  throw new TspaholeError('usage', `header: --format is btf or dwarf, not ${name}`);
}

function writeTypes(table: TypeTable, words: CommandWords, sink: HeaderSink): void {
  if (words.has('compat')) {
    refuseWithCompat(words);
    writeBpftoolHeader(table, sink);
  } else writeHeader(table, sink, headerOptions(table, words));
}

/** Bpftool has none of them. */
const OWN_OPTIONS = [
  'only',
  'from',
  'kfuncs',
  'lang',
  'guard',
  'no-preserve-access-index',
  'asserts',
] as const;

function refuseWithCompat(words: CommandWords): void {
  const given = OWN_OPTIONS.find((name) => words.has(name) || words.value(name) !== undefined);
  if (given === undefined) return;
  throw new TspaholeError('usage', `header: --${given} changes what --compat keeps`);
}

function headerOptions(table: TypeTable, words: CommandWords): HeaderOptions {
  const programs = words.values('from').map((path) => loadSync(path, { formats: ['btf'] }).table());
  return {
    ...select(table, globsOf(words.values('only')), programs),
    language: languageOf(words.value('lang')),
    guard: guardOf(words.value('guard')),
    preserveAccessIndex: !words.has('no-preserve-access-index'),
    asserts: words.has('asserts'),
    keepsKfunc: keepsKfunc(words.value('kfuncs'), programs),
  };
}

function languageOf(name: string | undefined): 'c' | 'c++' {
  if (name === undefined || name === 'c' || name === 'c++') return name ?? 'c';
  throw new TspaholeError('usage', `header: --lang is c or c++, not ${name}`);
}

function guardOf(macro: string | undefined): string | undefined {
  if (macro === undefined || /^[A-Za-z_]\w*$/.test(macro)) return macro;
  throw new TspaholeError('usage', `header: ${macro} cannot be the name of a macro`);
}

function globsOf(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',')).filter((glob) => glob !== '');
}

/** Nothing for all types. Throws `not-found` for a pattern that no type matches. */
function select(
  table: TypeTable,
  globs: readonly string[],
  programs: readonly TypeTable[],
): Pick<HeaderOptions, 'roots' | 'names' | 'declared'> {
  if (programs.length === 0) {
    if (globs.length === 0) return {};
    if (globs.length <= FEW_NAMES && !globs.some(isPattern)) return { names: globs };
  }
  const named = typesNamed(table, globs);
  const used = programs.length === 0 ? { roots: [], declared: [] } : typesUsedBy(table, programs);
  return { roots: [...named, ...used.roots], declared: used.declared };
}

/** More names are found at once in less time than one by one. */
const FEW_NAMES = 4;

/** Undefined where the choice of types decides. */
function keepsKfunc(
  value: string | undefined,
  programs: readonly TypeTable[],
): ((name: string) => boolean) | undefined {
  if (value === 'none') return () => false;
  if (value === 'all') return () => true;
  if (value !== undefined) {
    const patterns = globsOf([value]).map(globPattern);
    return (name) => patterns.some((pattern) => pattern.test(name));
  }
  if (programs.length === 0) return undefined;
  const called = externFunctions(programs);
  return (name) => called.has(name);
}
