/** `tspahole btf dump`: types as bpftool prints them, by their ids or as C. */

import {
  Deduplicator,
  RUNNING_KERNEL_BTF,
  TspaholeError,
  type TypeId,
  type TypeTable,
} from '../../../index.ts';
import { RawJson, RawText, writeBpftoolHeader, writeRawType } from '../../../internal.ts';
import type { Command, CommandWords } from '../../command.ts';
import type { Output } from '../../output.ts';
import type { Streams } from '../../run.ts';
import { withoutTiering } from '../../single-tier.ts';
import { baseOf, readBtf } from './input.ts';

/** The sub-command. */
export const dumpCommand: Command = {
  name: 'btf dump',
  synopsis: ['[option...] file FILE [file FILE...] [format raw|c] [root_id ID...] [unsorted]'],
  description:
    'Print types with their ids, or with `format c` as a header, byte for byte as bpftool 7.8 does. Of split BTF ' +
    'the ids are those of its own types, the header is that of the base too; with root_id those that are asked ' +
    'for. Several files are merged, and need a base.',
  options: [
    { name: 'base', short: 'B', metavar: 'FILE', help: 'the base of split BTF, e.g. vmlinux for a module' },
    { name: 'json', short: 'j', help: 'print JSON' },
    { name: 'pretty', short: 'p', help: 'print JSON with line breaks' },
  ],
  notes: `Words may be abbreviated, as bpftool's. A FILE is raw BTF or ELF. \`unsorted\` gives the header in the order of
ids. \`tspahole header\` prints one that is right where bpftool's is not.

Examples:
  tspahole btf dump file /sys/kernel/btf/vmlinux             all types of the running kernel
  tspahole btf dump file /sys/kernel/btf/nf_tables           those of a module
  tspahole btf dump -B vmlinux file module.ko format raw     those of a module of another kernel
  tspahole btf dump file vmlinux root_id 1 root_id 0x20      two types
  tspahole btf dump file vmlinux format c > vmlinux.h        all types as a header
  tspahole btf dump -j file vmlinux | jq '.types[] | select(.name == "list_head")'
`,
  run: runDump,
};

const MAX_ROOTS = 16;
const MAX_FILES = 64;

/** What the operands ask for. */
interface Request {
  readonly files: string[];
  readonly roots: number[];
  isHeader: boolean;
  isUnsorted: boolean;
}

function runDump(words: CommandWords, { out }: Streams): number {
  const { files, roots, isHeader, isUnsorted } = parseRequest(words.operands);
  const table = loadTypes(files, baseOf(words));
  const bad = roots.find((id) => id >= table.end);
  if (bad !== undefined) throw new TspaholeError('not-found', `invalid root ID: ${bad}`);
  if (!isHeader) writeRaw(table, chosen(table, roots), words, out);
  else if (isJson(words)) throw usage('JSON output for C-syntax dump is not supported');
  else {
    const rootIds = roots.length > 0 ? roots : undefined;
    const options = { rootIds, unsorted: isUnsorted };
    withoutTiering(() => writeBpftoolHeader(table, (bytes) => out.write(bytes), options));
  }
  return 0;
}

function isJson(words: CommandWords): boolean {
  return words.has('json') || words.has('pretty');
}

function writeRaw(table: TypeTable, ids: Iterable<TypeId>, words: CommandWords, out: Output): void {
  const sink = (text: string): void => out.write(Buffer.from(text, 'latin1'));
  if (isJson(words)) {
    const output = new RawJson(sink, words.has('pretty'));
    for (const id of ids) writeRawType(table, id, output);
    output.finish();
  } else {
    const output = new RawText(sink);
    for (const id of ids) writeRawType(table, id, output);
    output.flush();
  }
}

function* chosen(table: TypeTable, roots: readonly TypeId[]): Generator<TypeId> {
  if (roots.length > 0) yield* roots;
  else for (let id = table.firstId; id < table.end; id++) yield id;
}

function loadTypes(files: readonly string[], base: TypeTable | undefined): TypeTable {
  const [first] = files;
  if (files.length === 1 && first !== undefined) return readBtf(first, base).table;
  const others = files.filter((file) => file !== RUNNING_KERNEL_BTF);
  const isOfKernel = files.some((file) => file.startsWith('/sys/kernel/btf/'));
  const common = base ?? (isOfKernel ? readBtf(RUNNING_KERNEL_BTF).table : undefined);
  if (common === undefined) {
    throw new TspaholeError(
      'usage',
      'btf dump: several files need a base: --base FILE, or files of /sys/kernel/btf',
    );
  }
  const deduplicator = new Deduplicator(common);
  for (const file of others) deduplicator.add(readBtf(file, common).table);
  return deduplicator.finish().table;
}

/** The grammar of bpftool: words and their values, some of which may be repeated. */
function parseRequest(operands: readonly string[]): Request {
  const rest = [...operands];
  const request: Request = { files: [], roots: [], isHeader: false, isUnsorted: false };
  const next = (what: string): string => {
    const word = rest.shift();
    if (word === undefined) throw usage(`expecting ${what}`);
    return word;
  };
  // Files come first, so that an `f` means one.
  do takeFile(request, next);
  while (rest[0] !== undefined && isPrefix(rest[0], 'file'));
  while (rest.length > 0) takeOption(request, next);
  return request;
}

function takeFile({ files }: Request, next: (what: string) => string): void {
  const source = next("a source of types: 'file' and a path");
  if (!isPrefix(source, 'file')) throw usage(`unrecognized BTF source specifier: '${source}'`);
  if (files.length === MAX_FILES) throw usage(`too many BTF files (max ${MAX_FILES})`);
  files.push(next("a path for 'file'"));
}

function takeOption(request: Request, next: (what: string) => string): void {
  const word = next('an option');
  if (isPrefix(word, 'format')) request.isHeader = asksForHeader(next("value for 'format' option"));
  else if (isPrefix(word, 'root_id')) takeRoot(request.roots, next("value for 'root_id' option"));
  // Bpftool takes it with the raw format, too, where it says nothing.
  else if (isPrefix(word, 'unsorted')) request.isUnsorted = true;
  else throw usage(`unrecognized option: '${word}'`);
}

function asksForHeader(format: string): boolean {
  if (format === 'raw' || format === 'c') return format === 'c';
  throw usage(`unrecognized format specifier: '${format}', possible values: raw, c`);
}

function takeRoot(roots: number[], text: string): void {
  const id = Number(/^0[0-7]+$/.test(text) ? `0o${text.slice(1)}` : text);
  if (!/^\w+$/.test(text) || !Number.isInteger(id)) throw usage(`can't parse ${text} as root ID`);
  if (roots.includes(id)) throw usage(`duplicate root_id ${id} supplied`);
  if (roots.length === MAX_ROOTS) throw usage(`only ${MAX_ROOTS} root_id are supported`);
  roots.push(id);
}

function isPrefix(word: string, whole: string): boolean {
  return word !== '' && whole.startsWith(word);
}

function usage(what: string): TspaholeError {
  return new TspaholeError('usage', `btf dump: ${what}`);
}
