/** `tspahole btf dedup`: one BTF of many, in which each type lies once. */

import { Deduplicator, encodeBtf, explainDuplicates, TspaholeError, type TypeTable } from '../../../index.ts';
import { replaceFile } from '../../../internal.ts';
import type { Command, CommandWords } from '../../command.ts';
import { writeText } from '../../output.ts';
import type { Streams } from '../../run.ts';
import { baseOf, readBtf } from './input.ts';

/** The sub-command. */
export const dedupCommand: Command = {
  name: 'btf dedup',
  synopsis: ['[--base FILE] [--explain NAME...] FILE... [-o OUT]'],
  description:
    'Merge the types of all files into one BTF in which each type lies once, with the types, ids and order that ' +
    "libbpf's btf__dedup gives.",
  options: [
    { name: 'base', short: 'B', metavar: 'FILE', help: 'the base of split BTF; what it has is left out' },
    { name: 'output', short: 'o', metavar: 'FILE', help: 'the file to write' },
    {
      name: 'explain',
      metavar: 'NAME',
      multiple: true,
      help: 'print where types of that name differ that did not become one',
    },
  ],
  notes: `Examples:
  tspahole btf dedup a.btf b.btf -o all.btf
  tspahole btf dedup -B vmlinux *.ko -o modules.btf
  tspahole btf dedup -B vmlinux *.ko --explain svc_rqst     why there are several svc_rqst
`,
  run: runDedup,
};

function runDedup(words: CommandWords, { out }: Streams): number {
  const names = words.values('explain');
  const output = words.value('output');
  if (words.operands.length === 0) throw new TspaholeError('usage', 'btf dedup: which files?');
  if (output === undefined && names.length === 0) {
    throw new TspaholeError('usage', 'btf dedup: --output or --explain is missing');
  }
  const base = baseOf(words);
  const deduplicator = new Deduplicator(base);
  for (const path of words.operands) deduplicator.add(readBtf(path, base).table);
  const { table } = deduplicator.finish();
  for (const name of names) writeText(out, explain(table, name));
  if (output !== undefined) replaceFile(output, [encodeBtf(table)]);
  return 0;
}

function explain(table: TypeTable, name: string): string {
  const lines = explainDuplicates(table, name).map(
    ({ left, right, path, what: [one, other] }) =>
      `${name}: types ${left} and ${right} differ${path === '' ? '' : ` at ${name}${path}`}: ${one}; ${other}\n`,
  );
  return lines.length === 0 ? `${name}: no types that differ\n` : lines.join('');
}
