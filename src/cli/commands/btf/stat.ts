/** `tspahole btf stat`: types and bytes by kind. */

import type { TypeTable } from '../../../index.ts';
import { rawKindName } from '../../../internal.ts';
import type { Command, CommandWords } from '../../command.ts';
import { writeText } from '../../output.ts';
import type { Streams } from '../../run.ts';
import { baseOf, onlyOperand, readBtf } from './input.ts';

/** The sub-command. */
export const statCommand: Command = {
  name: 'btf stat',
  synopsis: ['[--base FILE] [--json] FILE'],
  description: 'Count the types of BTF, and the bytes that they take up, by kind.',
  options: [
    { name: 'base', short: 'B', metavar: 'FILE', help: 'the base of split BTF' },
    { name: 'json', short: 'j', help: 'print JSON' },
  ],
  notes: `Of split BTF only its own part is counted.

Example:
  tspahole btf stat /sys/kernel/btf/vmlinux
`,
  run: runStat,
};

/** A line. */
interface Row {
  readonly kind: string;
  readonly types: number;
  readonly bytes: number;
}

function runStat(words: CommandWords, { out }: Streams): number {
  const { table, bytes } = readBtf(onlyOperand('btf stat', words), baseOf(words));
  const kinds = countKinds(table);
  const facts = {
    types: table.end - table.firstId,
    firstId: table.firstId,
    bytes: bytes.length,
    stringBytes: table.strings.bytes.length,
    kinds,
  };
  writeText(out, words.has('json') ? `${JSON.stringify(facts, undefined, 2)}\n` : formatFacts(facts));
  return 0;
}

function countKinds(table: TypeTable): Row[] {
  const rows = new Map<number, { types: number; bytes: number }>();
  for (let id = table.firstId; id < table.end; id++) {
    const kind = table.kind(id);
    const end = id + 1 < table.end ? table.startOf(id + 1) : table.words.length;
    const row = rows.get(kind) ?? { types: 0, bytes: 0 };
    rows.set(kind, { types: row.types + 1, bytes: row.bytes + 4 * (end - table.startOf(id)) });
  }
  return [...rows]
    .sort(([left], [right]) => left - right)
    .map(([kind, row]) => ({ kind: rawKindName(kind), ...row }));
}

function formatFacts(facts: {
  readonly types: number;
  readonly bytes: number;
  readonly stringBytes: number;
  readonly kinds: readonly Row[];
}): string {
  const typeBytes = facts.kinds.reduce((total, { bytes }) => total + bytes, 0);
  const rest = facts.bytes - typeBytes - facts.stringBytes;
  const lines = [
    ...facts.kinds.map(({ kind, types, bytes }) => [kind, String(types), String(bytes)]),
    ['types', String(facts.types), String(typeBytes)],
    ['names', '', String(facts.stringBytes)],
    ['header', '', String(rest)],
    ['all', '', String(facts.bytes)],
  ];
  return lines
    .map(
      ([name = '', types = '', bytes = '']) =>
        `${name.padEnd(12)}${types.padStart(9)}${bytes.padStart(11)}\n`,
    )
    .join('');
}
