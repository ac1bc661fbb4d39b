/**
 * The listing: what `tspahole [options] [FILE...]` does. Opens the sources, walks their units, finds
 * the types that are asked for and hands them to a renderer, which alone knows how they are printed.
 */

import { accessSync, constants, existsSync } from 'node:fs';
import {
  type LoadOptions,
  loadSync,
  RUNNING_KERNEL_BTF,
  TspaholeError,
  type TypeFormat,
  type TypeSource,
  type TypeTable,
} from '../../index.ts';
import { parseClassNames } from '../class-names.ts';
import { keepsBtf, keepsUnit, languageCodes } from '../languages.ts';
import { writeText } from '../output.ts';
import type { Streams } from '../run.ts';
import type { DebugFormat, ListSettings } from '../settings.ts';
import { Finder, type ListParts } from './finder.ts';

/**
 * Prints what `settings` ask for and gives the exit code: 0 when everything was found and printed, 1
 * when a name was not found or a file could not be read. Pahole's mode gives 0 for names not found.
 * Throws `io` when the output cannot be written.
 */
export async function runList(settings: ListSettings, streams: Streams): Promise<number> {
  const { json, wordSize } = settings;
  const parts: ListParts = {
    JsonRenderer: json ? (await import('./json-renderer.ts')).JsonRenderer : undefined,
    layoutsForWordSize:
      wordSize === undefined ? undefined : (await import('./word-size.ts')).layoutsForWordSize,
    qualified: needsQualified(settings) ? await import('./qualified.ts') : undefined,
  };
  return settings.compat ? listAsPahole(settings, streams, parts) : listOwn(settings, streams, parts);
}

/** Whether names with scopes may be asked for, or tell types apart. pahole knows none. */
function needsQualified({
  classNames,
  contains,
  findPointersTo,
  compat,
  showPrivate,
}: ListSettings): boolean {
  const names = [...classNames, ...contains, ...findPointersTo];
  return !compat && (showPrivate || names.some((name) => name.includes('::')));
}

/** What is asked for can be read, and the rest named: a file that fails does not hold up the others. */
function listOwn(given: ListSettings, streams: Streams, parts: ListParts): number {
  const settings = withSoleOperandAsName(given);
  refuseOtherFormats(settings);
  const finder = new Finder(settings, streams, parts);
  const base = loadBase(settings);
  const paths = settings.files.length > 0 ? settings.files : [runningKernel(streams)];
  let failures = 0;
  for (const path of paths) {
    try {
      visit(finder, loadSync(path, loadOptions(settings, base)), settings, streams);
    } catch (error) {
      if (!(error instanceof TspaholeError) || error.code === 'usage') throw error;
      finder.flush();
      writeText(streams.err, `tspahole: ${error.message}\n`);
      failures++;
    }
    if (finder.isDone) break;
  }
  // Where nothing could be read, that says it all.
  return finder.finish({ silent: failures === paths.length }) && failures === 0 ? 0 : 1;
}

/** `tspahole list_head` asks for a type of the running kernel; a name with `/` or `.` is a file. */
function withSoleOperandAsName(settings: ListSettings): ListSettings {
  const [operand, ...others] = settings.files;
  const asksByName =
    settings.classNames.length + settings.contains.length + settings.findPointersTo.length > 0;
  if (operand === undefined || others.length > 0 || asksByName) return settings;
  if (/[/.]/.test(operand) || existsSync(operand)) return settings;
  return { ...settings, files: [], classNames: parseClassNames(operand, false) };
}

function refuseOtherFormats({ formatPath }: ListSettings): void {
  if (formatPath === undefined || formatPath.some((format) => format !== 'ctf')) return;
  throw new TspaholeError('unsupported', 'reading ctf is not supported in this version');
}

/** What a file is asked for. */
function loadOptions(settings: ListSettings, base: TypeTable | undefined): LoadOptions {
  const { formatPath, jobs, kabiPrefix, languages, showPrivate } = settings;
  const isTypeFormat = (format: DebugFormat): format is TypeFormat => format !== 'ctf';
  const excludeLanguages = languages?.exclude ? languageCodes(languages) : [];
  const declFiles = settings.showDeclInfo || settings.declExclude !== undefined;
  const dwarf = { threads: jobs, kabiPrefix, excludeLanguages, declFiles, bodies: showPrivate };
  return { base, formats: formatPath?.filter(isTypeFormat), dwarf };
}

function loadBase({ btfBase }: ListSettings): TypeTable | undefined {
  return btfBase === undefined ? undefined : loadSync(btfBase, { formats: ['btf'] }).table();
}

function runningKernel({ env }: Streams): string {
  return env.PAHOLE_VMLINUX_BTF_FILENAME || RUNNING_KERNEL_BTF;
}

function visit(finder: Finder, source: TypeSource, settings: ListSettings, { err }: Streams): void {
  const { compat, languages, unitExclude, firstUnitOnly } = settings;
  if (source.format === 'btf' && languages !== undefined && !keepsBtf(languages, compat)) return;
  for (const unit of source.units()) {
    if (unitExclude !== undefined && unit.name.startsWith(unitExclude)) continue;
    const language = unit.table.side?.language;
    if (languages !== undefined && language !== undefined && !keepsUnit(languages, language)) continue;
    finder.visit(unit);
    if (finder.isDone || firstUnitOnly) break;
  }
  if (compat || source.notes.length === 0) return;
  finder.flush();
  for (const note of source.notes) writeText(err, `tspahole: ${source.path}: ${note}\n`);
}

/** Signals that pahole would try its first operand as a list of type names. */
class CannotLoad extends Error {
  readonly path: string | undefined;

  constructor(path: string | undefined) {
    super();
    this.path = path;
  }
}

/**
 * pahole reads one file after the other and gives up at the first that it cannot read; without `-C` it
 * then takes the first operand for type names of the running kernel, unless that is a readable file.
 */
function listAsPahole(settings: ListSettings, streams: Streams, parts: ListParts): number {
  const base = loadBase(settings);
  const attempt = (present: ListSettings): number => {
    const finder = new Finder(present, streams, parts);
    try {
      for (const path of present.files) tryVisit(finder, path, () => loadForPahole(path, present, base));
      if (present.files.length === 0) {
        tryVisit(finder, undefined, () => loadForPahole(runningKernel(streams), present, base));
      }
    } catch (error) {
      finder.flush();
      throw error;
    }
    finder.finish();
    return 0;
  };
  const tryVisit = (finder: Finder, path: string | undefined, open: () => TypeSource | undefined): void => {
    if (finder.isDone) return;
    const source = open();
    if (source === undefined) throw new CannotLoad(path);
    visit(finder, source, settings, streams);
  };
  try {
    return attempt(settings);
  } catch (error) {
    if (!(error instanceof CannotLoad)) throw error;
    return afterFailedLoad(settings, streams, { path: error.path, attempt });
  }
}

function loadForPahole(
  path: string,
  settings: ListSettings,
  base: TypeTable | undefined,
): TypeSource | undefined {
  try {
    return loadSync(path, loadOptions(settings, base));
  } catch (error) {
    if (error instanceof TspaholeError) return undefined;
    throw error;
  }
}

function afterFailedLoad(
  settings: ListSettings,
  { err }: Streams,
  {
    path,
    attempt,
  }: { readonly path: string | undefined; readonly attempt: (settings: ListSettings) => number },
): number {
  const [operand] = settings.files;
  const asksByName =
    settings.classNames.length + settings.contains.length + settings.findPointersTo.length > 0;
  const complain = (text: string): number => {
    writeText(err, `pahole: ${text}\n`);
    return 1;
  };
  if (asksByName && path !== undefined) return complain(`${path}: Invalid argument`);
  if (asksByName)
    return complain(`couldn't find any ${settings.formatText ?? ''} debug information on this system.`);
  if (operand === undefined) return complain("couldn't find any debug information on this system.");
  if (isReadable(operand)) {
    return complain(`file '${operand}' has no ${settings.formatText ?? 'supported'} type information.`);
  }
  const names = { ...settings, files: [], classNames: parseClassNames(operand, true) };
  try {
    return attempt(names);
  } catch (error) {
    if (!(error instanceof CannotLoad)) throw error;
    return complain(`couldn't find any ${settings.formatText ?? ''} debug information on this system.`);
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
