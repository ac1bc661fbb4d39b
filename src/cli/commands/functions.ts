/** `tspahole functions`: the functions of a file as pfunct prints them. */

import { existsSync } from 'node:fs';
import {
  type LoadOptions,
  loadSync,
  RUNNING_KERNEL_BTF,
  TspaholeError,
  type TypeSource,
} from '../../index.ts';
import type { Command } from '../command.ts';
import { writeText } from '../output.ts';
import type { Streams } from '../run.ts';
import { FunctionJson } from './functions/json.ts';
import { FunctionList } from './functions/list.ts';
import { FUNCTION_NOTES, FUNCTION_OPTIONS } from './functions/options.ts';
import { asLatin1, type FunctionSettings, functionSettings } from './functions/settings.ts';
import { FunctionShow } from './functions/show.ts';
import { FunctionUnit } from './functions/unit.ts';

/** The sub-command. */
export const functionsCommand: Command = {
  name: 'functions',
  synopsis: ['[option...] [FILE...]', 'NAME'],
  description:
    'List the functions of a file, or of the running kernel, as pfunct does: names, prototypes, sizes, ' +
    'what was inlined into them.',
  options: FUNCTION_OPTIONS,
  notes: FUNCTION_NOTES,
  run: (words, streams) => runFunctions(withSoleOperandAsName(functionSettings(words)), streams),
};

/** What receives the functions of one unit after the other. */
interface Sink {
  visit(unit: FunctionUnit): void;
  finish(): void;
  readonly isDone?: boolean;
  readonly isFound?: boolean;
}

/** A single word that is no file and has no `/` or `.` is a function of the running kernel. */
function withSoleOperandAsName(settings: FunctionSettings): FunctionSettings {
  const [operand, ...others] = settings.files;
  const asksElse = settings.name ?? settings.className ?? settings.address;
  if (operand === undefined || others.length > 0 || asksElse !== undefined) return settings;
  if (/[/.]/.test(operand) || existsSync(operand)) return settings;
  return { ...settings, files: [], name: asLatin1(operand) };
}

function runFunctions(settings: FunctionSettings, streams: Streams): number {
  const sink = sinkFor(settings, streams);
  const paths = settings.files.length > 0 ? settings.files : [runningKernel(streams)];
  let failures = 0;
  for (const path of paths) {
    if (sink.isDone) break;
    if (!visitFile(sink, path, settings, streams)) failures++;
  }
  if (failures === paths.length) return 1;
  sink.finish();
  const isMissing = sink.isFound === false && !(settings.compat && settings.address === undefined);
  if (isMissing) complain(settings, streams);
  return failures === 0 && !isMissing ? 0 : 1;
}

function sinkFor(settings: FunctionSettings, { out }: Streams): Sink {
  const { all, name, className, address, json, expandTypes } = settings;
  if (json) return new FunctionJson(settings, out);
  const asksForSome =
    all || name !== undefined || className !== undefined || address !== undefined || expandTypes;
  return asksForSome ? new FunctionShow(settings, out) : new FunctionList(settings, out);
}

function runningKernel({ env }: Streams): string {
  return env.PAHOLE_VMLINUX_BTF_FILENAME || RUNNING_KERNEL_BTF;
}

/** Returns whether the file could be read. */
function visitFile(sink: Sink, path: string, settings: FunctionSettings, streams: Streams): boolean {
  try {
    visitUnits(sink, loadSync(path, loadOptions(settings)), settings, streams);
    return true;
  } catch (error) {
    if (!(error instanceof TspaholeError) || error.code === 'usage') throw error;
    writeText(streams.err, `tspahole: ${error.message}\n`);
    return false;
  }
}

function visitUnits(sink: Sink, source: TypeSource, settings: FunctionSettings, { err }: Streams): void {
  for (const unit of source.units()) {
    sink.visit(new FunctionUnit(unit, settings));
    if (sink.isDone) break;
  }
  if (settings.compat) return;
  for (const note of source.notes) writeText(err, `tspahole: ${source.path}: ${note}\n`);
}

const COUNTS: readonly string[] = ['variables', 'labels', 'inlines', 'inlineTotals'];

function loadOptions(settings: FunctionSettings): LoadOptions {
  const { all, name, className, body, listing, declInfo, json, formats, expandTypes } = settings;
  const outlines = body || COUNTS.includes(listing);
  const bodies = outlines || all || name !== undefined || className !== undefined || expandTypes;
  return { formats, dwarf: { functions: true, bodies, outlines, declFiles: declInfo || json } };
}

function complain({ name, className, address }: FunctionSettings, { err }: Streams): void {
  const text = (latin1: string | undefined): string => Buffer.from(latin1 ?? '', 'latin1').toString('utf8');
  if (address !== undefined) writeText(err, `tspahole: no function at 0x${address.toString(16)}\n`);
  else if (name !== undefined) writeText(err, `tspahole: function '${text(name)}' not found\n`);
  else if (className !== undefined) {
    writeText(err, `tspahole: no function has a pointer to 'struct ${text(className)}' as parameter\n`);
  } else writeText(err, 'tspahole: no functions found\n');
}
