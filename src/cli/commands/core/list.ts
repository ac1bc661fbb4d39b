/** `tspahole core list`: what a BPF object asks of the kernel. */

import { TspaholeError } from '../../../index.ts';
import type { Command, CommandWords } from '../../command.ts';
import { writeText } from '../../output.ts';
import type { Streams } from '../../run.ts';
import { type Program, type RelocationText, readProgram, relocationText } from './program.ts';

/** The sub-command. */
export const listCommand: Command = {
  name: 'core list',
  synopsis: ['[--json] PROGRAM...'],
  description:
    'List the CO-RE relocations of BPF objects: the instruction, what it asks for, the type and field in C, and the ' +
    'source line.',
  options: [{ name: 'json', short: 'j', help: 'print JSON' }],
  notes: `The number in front is what \`core explain\` takes. An instruction counts from the start of its section.

Examples:
  tspahole core list prog.bpf.o
  tspahole core list --json prog.bpf.o | jq -r '.[].relocations[].what' | sort -u
`,
  run: runList,
};

function runList(words: CommandWords, { out }: Streams): number {
  const programs = words.operands.map(readProgram);
  if (programs.length === 0) throw new TspaholeError('usage', 'core list: which file?');
  if (words.has('json')) writeText(out, `${JSON.stringify(programs.map(programData), undefined, 2)}\n`);
  else for (const program of programs) writeText(out, programText(program, programs.length > 1));
  return 0;
}

function programData(program: Program): { path: string; relocations: RelocationText[] } {
  return {
    path: program.path,
    relocations: program.relocations.map((relocation) => relocationText(program, relocation)),
  };
}

function programText(program: Program, isOneOfMany: boolean): string {
  const rows = program.relocations.map((relocation) => relocationText(program, relocation));
  const lines = isOneOfMany ? [`${program.path}:`] : [];
  let heading = '';
  for (const [index, row] of rows.entries()) {
    const next = `${row.section}: ${row.function || '(no function)'}`;
    if (next !== heading) lines.push(next);
    heading = next;
    lines.push(rowText(index, row));
  }
  return lines.map((line) => `${line}\n`).join('');
}

function rowText(index: number, { insn, kind, what, access, source }: RelocationText): string {
  const head = `  #${String(index).padEnd(3)} insn ${String(insn).padEnd(4)} ${kind.padEnd(14)} ${what} (${access})`;
  return source === undefined ? head : `${head}\n       ${source.file}:${source.line}: ${source.text}`;
}
