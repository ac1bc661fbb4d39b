/** `tspahole core explain`: every candidate of a relocation, and what became of it. */

import {
  accessPath,
  CoreKind,
  type CoreResolution,
  essentialName,
  formatAccess,
  type ObjectRelocation,
  relocateObject,
  type Trial,
  TspaholeError,
} from '../../../index.ts';
import type { Command, CommandWords } from '../../command.ts';
import { writeText } from '../../output.ts';
import type { Streams } from '../../run.ts';
import { type Kernel, onlyKernel, RUNNING_KERNEL } from './kernels.ts';
import { modeOf, outcomeText, TARGET_OPTIONS } from './options.ts';
import { type Program, readProgram, relocationText, typeText } from './program.ts';

/** The sub-command. */
export const explainCommand: Command = {
  name: 'core explain',
  synopsis: ['[--target KERNEL] PROGRAM NUMBER'],
  description:
    'Explain a CO-RE relocation: each type of the kernel that may be meant, the field there or the first thing that ' +
    'differs, and what the instruction gets.',
  options: TARGET_OPTIONS,
  notes: `NUMBER is the one that \`core list\` prints. Without --target it is the running kernel with its modules.

Examples:
  tspahole core explain prog.bpf.o 3
  tspahole core explain prog.bpf.o 3 --target vmlinux-5.4
`,
  run: runExplain,
};

function runExplain(words: CommandWords, { out }: Streams): number {
  const [path, number, extra] = words.operands;
  if (path === undefined || number === undefined || extra !== undefined) {
    throw new TspaholeError('usage', 'core explain: a program and the number of a relocation');
  }
  const program = readProgram(path);
  const relocation = program.relocations[Number(number)];
  if (!/^\d+$/.test(number) || relocation === undefined) {
    throw new TspaholeError(
      'not-found',
      `${path} has ${program.relocations.length} relocations, none ${number}`,
    );
  }
  const kernel = onlyKernel(words.value('target') ?? RUNNING_KERNEL, words.values('module'));
  const mode = modeOf('core explain', words);
  const { resolutions } = relocateObject(program, { target: kernel.target, mode });
  const found = resolutions.find((each) => each.relocation === relocation);
  if (found === undefined) throw new TspaholeError('not-found', 'the relocation belongs to no function');
  writeText(out, explanation(program, found, kernel));
  return 0;
}

function explanation(program: Program, found: CoreResolution<ObjectRelocation>, kernel: Kernel): string {
  const { spec, relocation, outcome } = found;
  const { section, function: name, insn, kind, what, source } = relocationText(program, relocation);
  const lines = [
    `${section}: ${name}, insn ${insn}: ${kind} of ${what}`,
    ...(source === undefined ? [] : [`  ${source.file}:${source.line}: ${source.text}`]),
    ...(spec === undefined ? [] : [`  in the object: ${formatAccess(spec)}`]),
    `  in ${kernel.path}:`,
    ...candidateLines(program, found, kernel).map((line) => `    ${line}`),
    `  ${outcomeText(outcome)}`,
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function candidateLines(
  { table }: Program,
  { relocation, trials, outcome }: CoreResolution<ObjectRelocation>,
  { target }: Kernel,
): string[] {
  if (relocation.kind === CoreKind.TypeIdLocal) return ['the id in the object is what counts'];
  const { typeId } = relocation;
  const candidates = target.candidates(essentialName(table.name(typeId)), table.kind(typeId));
  if (candidates.length === 0) return ['no candidates'];
  const tried = new Map(trials.map((trial) => [trial.candidate, trialText(trial)]));
  const untried =
    outcome.status === 'failed'
      ? 'not tried after the failure'
      : 'left out: other relocations of the type are found elsewhere';
  return candidates.map((candidate) => {
    const text = tried.get(candidate) ?? untried;
    return `[${candidate.id}] ${typeText(candidate.owner.table, candidate.id)} of ${candidate.owner.name}: ${text}`;
  });
}

function trialText({ found, value }: Trial): string {
  if ('difference' in found) return found.difference;
  const path = accessPath(found.spec);
  const gives = value === undefined ? 'gives no value' : `gives ${value.value}`;
  return `${path === '' ? '' : `${path} `}${gives}`;
}
