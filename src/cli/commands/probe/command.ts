/** `tspahole probe`: kernel probes with arguments by name, for any kernel and any tracer. */

import { TspaholeError } from '../../../index.ts';
import {
  type Definition,
  doesWithoutTracefs,
  type ExpandOptions,
  expandDefinition,
  formatProbes,
  listFunctions,
  listWarnings,
  NO_TRACEFS,
  type PlainLine,
  PROBE_FORMATS,
  type Probe,
  type ProbeFormat,
  parseDefinition,
  type Warning,
} from '../../../internal.ts';
import type { Command, CommandWords } from '../../command.ts';
import { writeText } from '../../output.ts';
import type { Streams } from '../../run.ts';
import { applyChanges, changeOf } from './apply.ts';
import { warningsOfDwarf } from './entry.ts';
import { identityComment, identityWarning } from './identity.ts';
import { findDefinitions, findLists, findMachine, findTarget, findTracefs, TypesByPlace } from './input.ts';
import { NOTES, OPTIONS } from './options.ts';
import { inProgram } from './program.ts';

/** The sub-command. */
export const probeCommand: Command = {
  name: 'probe',
  synopsis: ["[option...] 'DEFINITION'... [FILE]", "[option...] --list 'PATTERN' [FILE]"],
  description: 'Write definitions of kernel probes whose arguments are given by name, from BTF or DWARF.',
  options: OPTIONS,
  notes: NOTES,
  run: (words, streams) => {
    return words.value('list') === undefined ? runProbes(words, streams) : runList(words, streams);
  },
};

function typesFile(words: CommandWords, operand: string | undefined): string | undefined {
  return words.value('btf') ?? words.value('elf') ?? operand;
}

function runList(words: CommandWords, { out }: Streams): number {
  const pattern = words.value('list') ?? '*';
  const types = new TypesByPlace(typesFile(words, words.operands[0]), words.value('btf-base'));
  let found = 1;
  for (const { text } of listFunctions(types.tableOf(undefined), pattern)) {
    writeText(out, `${text};\n`);
    found = 0;
  }
  return found;
}

/** A probe, and where its types were read. */
interface Made {
  readonly probe: Probe | PlainLine;
  readonly source: string;
}

function runProbes(words: CommandWords, streams: Streams): number {
  const format = formatOf(words);
  const { lines, file } = findDefinitions(words);
  if (lines.length === 0)
    throw new TspaholeError('usage', "probe: no definition, such as 'p vfs_read $$args'");
  const types = new TypesByPlace(typesFile(words, file), words.value('btf-base'));
  const maker = makerOf(words, types, format);
  const made: Made[] = [];
  let code = 0;
  for (const line of lines) {
    try {
      const one = maker(line);
      if (report(one.probe, streams) && words.has('strict')) code = Math.max(code, 1);
      made.push(one);
    } catch (error) {
      code = Math.max(code, reportRefusal(line, error, streams));
    }
  }
  // Half of what was asked for is not written into a kernel.
  if (words.has('apply')) return code === 0 ? applyAll(words, made) : code;
  const comments = format === 'tracefs' && !words.has('bare') ? identityComments(made) : '';
  writeText(streams.out, comments + formatProbes(format, made, !words.has('bare')));
  return code;
}

/** A comment on each file that types were read from. */
function identityComments(made: readonly Made[]): string {
  const paths = new Set(made.map(({ source }) => source).filter((path) => path !== ''));
  return [...paths]
    .flatMap((path) => identityComment(path) ?? [])
    .map((line) => `${line}\n`)
    .join('');
}

function formatOf(words: CommandWords): ProbeFormat {
  const format = words.value('format') ?? 'tracefs';
  const known = PROBE_FORMATS.find((each) => each === format);
  if (known !== undefined) return known;
  throw new TspaholeError('usage', `probe: --format ${format} is none of ${PROBE_FORMATS.join(', ')}`);
}

function makerOf(words: CommandWords, types: TypesByPlace, format: ProbeFormat): (line: string) => Made {
  const tracefs = findTracefs(words);
  const options: ExpandOptions = {
    architecture: findMachine(words, types),
    target: doesWithoutTracefs(format) ? NO_TRACEFS : findTarget(words, types, tracefs),
    rule: oneOf(words, 'abi', ['slots', 'kernel']),
    registers: words.has('regs'),
    names: oneOf(words, 'names', ['field', 'kernel']),
    strings: words.has('strings'),
  };
  const lists = findLists(words, tracefs, words.has('strict') || words.has('apply'));
  const elf = words.value('elf');
  const isForRunning = words.value('target') === 'running' || words.has('apply');
  return (line) => {
    const definition = parseDefinition(line);
    if (definition.kind === 'plain') return { probe: definition, source: '' };
    if (definition.kind === 'uprobe') return inFile(definition, options);
    const module = definition.place.kind === 'symbol' ? definition.place.module : undefined;
    const probe = expandDefinition(definition, types.tableOf(module), options);
    const source = types.pathOf(module);
    const dwarf = elf === undefined ? [] : warningsOfDwarf(probe, elf);
    const identity = isForRunning ? identityWarning(source, module) : undefined;
    const warnings = [
      ...probe.warnings,
      ...listWarnings(probe, lists),
      ...dwarf,
      ...(identity ? [identity] : []),
    ];
    return { probe: { ...probe, warnings }, source };
  };
}

function inFile(definition: Definition, options: ExpandOptions): Made {
  const found = inProgram(definition, options.architecture);
  const probe = expandDefinition(found.definition, found.table, {
    ...options,
    architecture: found.architecture,
  });
  const path = definition.place.kind === 'file' ? definition.place.path : '';
  const warnings = [...probe.warnings, ...warningsOfDwarf(probe, path)];
  return { probe: { ...probe, warnings }, source: path };
}

function oneOf<Value extends string>(
  words: CommandWords,
  option: string,
  values: readonly [Value, Value],
): Value {
  const given = words.value(option) ?? values[0];
  const known = values.find((value) => value === given);
  if (known !== undefined) return known;
  throw new TspaholeError('usage', `probe: --${option} ${given} is none of ${values.join(', ')}`);
}

/** Writes the warnings. Gives whether there are any. */
function report(probe: Probe | PlainLine, { err }: Streams): boolean {
  if (probe.kind === 'plain') return false;
  for (const { code, text } of probe.warnings satisfies readonly Warning[]) {
    writeText(err, `tspahole: ${code}: ${probe.place}: ${text}\n`);
  }
  return probe.warnings.length > 0;
}

function reportRefusal(line: string, error: unknown, { err }: Streams): number {
  // What is wrong with a file is wrong for all definitions.
  if (!(error instanceof TspaholeError) || error.place.file !== undefined) throw error;
  writeText(err, `tspahole: ${line.trim()}: ${error.message}\n`);
  return error.code === 'usage' ? 2 : 1;
}

function applyAll(words: CommandWords, made: readonly Made[]): number {
  const tracefs = findTracefs(words);
  if (tracefs === undefined) throw new TspaholeError('not-found', 'probe: --apply: tracefs is not mounted');
  applyChanges(
    tracefs,
    made.map(({ probe }) => changeOf(probe)),
  );
  return 0;
}
