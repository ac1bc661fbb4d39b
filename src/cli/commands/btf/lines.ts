/** `tspahole btf lines`: the source lines of a BPF object. */

import type { Command, CommandWords } from '../../command.ts';
import { writeText } from '../../output.ts';
import type { Streams } from '../../run.ts';
import { type Program, readProgram, type SourceText, sourceText } from '../core/program.ts';
import { onlyOperand } from './input.ts';

/** The sub-command. */
export const linesCommand: Command = {
  name: 'btf lines',
  synopsis: ['[--json] PROGRAM'],
  description:
    'Print the source line of each instruction of a BPF object that begins one, by section and function.',
  options: [{ name: 'json', short: 'j', help: 'print JSON' }],
  notes: `An instruction counts from the start of its section.

Example:
  tspahole btf lines prog.bpf.o
`,
  run: runLines,
};

/** A line of the listing. */
interface Row extends SourceText {
  readonly section: string;
  /** Empty where the object does not say it. */
  readonly function: string;
  readonly insn: number;
}

function runLines(words: CommandWords, { out }: Streams): number {
  const rows = rowsOf(readProgram(onlyOperand('btf lines', words)));
  writeText(out, words.has('json') ? `${JSON.stringify(rows, undefined, 2)}\n` : formatRows(rows));
  return 0;
}

function rowsOf(program: Program): Row[] {
  const { ext, table } = program;
  const starts = new Map<string, string>();
  for (const { name, records } of ext?.functions ?? []) {
    for (const { insnOffset, typeId } of records) starts.set(`${name}+${insnOffset}`, table.name(typeId));
  }
  return (ext?.lines ?? []).flatMap(({ name, records }) => {
    let current = '';
    return records.map((record) => {
      current = starts.get(`${name}+${record.insnOffset}`) ?? current;
      const insn = Math.floor(record.insnOffset / 8);
      return { section: name, function: current, insn, ...sourceText(program, record) };
    });
  });
}

function formatRows(rows: readonly Row[]): string {
  let heading = '';
  return rows
    .map((row) => {
      const next = `${row.section}: ${row.function}`;
      const head = next === heading ? '' : `${next}\n`;
      heading = next;
      return `${head}${String(row.insn).padStart(6)}  ${row.file}:${row.line}:${row.column}  ${row.text}\n`;
    })
    .join('');
}
