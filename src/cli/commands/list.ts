/**
 * The listing: what `tspahole [options] [FILE...]` does. Opens the sources, walks their units, finds
 * the types that are asked for and hands them to a renderer, which alone knows how they are printed.
 */

import { accessSync, closeSync, constants, existsSync, openSync, readSync, statSync } from 'node:fs';
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
import type { Progress } from '../progress.ts';
import type { Streams } from '../run.ts';
import type { DebugFormat, ListSettings } from '../settings.ts';
import { Finder, type ListParts } from './finder.ts';
import type { RendererMaker } from './renderer.ts';
import { type TextParts, TextRenderer } from './text-renderer.ts';

/**
 * Prints what `settings` ask for and gives the exit code: 0 when everything was found and printed, 1
 * when a name was not found or a file could not be read. Pahole's mode gives 0 for names not found.
 * Throws `io` when the output cannot be written.
 */
export async function runList(settings: ListSettings, given: Streams): Promise<number> {
  const { listing, wordSize } = settings;
  const isCount = listing === 'methods' || listing === 'definitions';
  const { streams, progress } = await progressOf(settings, given);
  const parts: ListParts = {
    Counter: isCount ? (await import('./counter.ts')).Counter : undefined,
    newRenderer: await rendererFor(settings),
    layoutsForWordSize:
      wordSize === undefined ? undefined : (await import('./word-size.ts')).layoutsForWordSize,
    qualified: needsQualified(settings) ? await import('./qualified.ts') : undefined,
  };
  const run: ListRun = { parts, streams, progress, kernel: await runningKernel(settings, given) };
  try {
    return settings.compat ? listAsPahole(settings, run) : listOwn(settings, run);
  } finally {
    progress?.erase();
  }
}

/** What a listing works with besides its settings. */
interface ListRun {
  readonly parts: ListParts;
  readonly streams: Streams;
  /** Absent where there is none to show. */
  readonly progress: Progress | undefined;
  /** The file with the types of the running kernel; undefined where there is none. */
  readonly kernel: string | undefined;
}

/** BTF is read too fast for a progress. */
async function progressOf(
  settings: ListSettings,
  streams: Streams,
): Promise<{ readonly streams: Streams; readonly progress?: Progress }> {
  if (!settings.progress || !mayReadDwarf(settings)) return { streams };
  const { withProgress } = await import('../progress.ts');
  return withProgress(streams);
}

function mayReadDwarf({ files, formatPath }: ListSettings): boolean {
  if (formatPath?.includes('dwarf') === false) return false;
  return files.length === 0 ? formatPath !== undefined : !files.every(isRawBtf);
}

function isRawBtf(path: string): boolean {
  try {
    // Others may be read but once.
    if (!statSync(path).isFile()) return false;
    const file = openSync(path, 'r');
    try {
      const magic = Buffer.alloc(BTF_MAGICS[0].length);
      readSync(file, magic);
      return BTF_MAGICS.some((known) => magic.equals(known));
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}

/** In both byte orders. */
const BTF_MAGICS = [Buffer.of(0x9f, 0xeb), Buffer.of(0xeb, 0x9f)] as const;

/** BTF where there is some and it may be read, else the vmlinux that is installed. */
async function runningKernel({ formatPath }: ListSettings, { env }: Streams): Promise<string | undefined> {
  const btf = env.PAHOLE_VMLINUX_BTF_FILENAME || RUNNING_KERNEL_BTF;
  const takesBtf = formatPath?.includes('btf') ?? true;
  if (takesBtf && isReadable(btf)) return btf;
  const { runningVmlinux } = await import('./running-kernel.ts');
  return runningVmlinux(env) ?? (takesBtf ? btf : undefined);
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
  return !compat && (showPrivate || names.some((name) => /::|</.test(name)));
}

/** What prints the listing, where that is not the text of layouts. */
async function rendererFor(settings: ListSettings): Promise<RendererMaker | undefined> {
  const { json, reorganize, packable, compile, listing, sort } = settings;
  if (reorganize || packable) return (await import('./reorganize.ts')).newReorganizer;
  if (json) {
    const { JsonRenderer } = await import('./json-renderer.ts');
    return (given, { out }, cachelineSize) => new JsonRenderer(given, out, cachelineSize);
  }
  const isSorted = sort && listing === 'layout';
  if (!compile && !isSorted) return undefined;
  const text: TextParts = {
    Compilation: compile ? (await import('./compilation.ts')).Compilation : undefined,
    Sorting: isSorted ? (await import('./sorting.ts')).Sorting : undefined,
  };
  return (given, { out }) => new TextRenderer(given, out, text);
}

/** What is asked for can be read, and the rest named: a file that fails does not hold up the others. */
function listOwn(given: ListSettings, run: ListRun): number {
  const { streams } = run;
  const settings = withSoleOperandAsName(given);
  refuseOtherFormats(settings);
  if (settings.definedIn && settings.classNames.length === 0) {
    throw new TspaholeError('usage', '--defined_in needs names of types (--class_name)');
  }
  const finder = new Finder(settings, streams, run.parts);
  const options = loadOptions(settings, run);
  const paths = settings.files.length > 0 ? settings.files : [kernelOf(run)];
  let failures = 0;
  for (const path of paths) {
    try {
      visit(finder, loadSync(path, options), settings, streams);
    } catch (error) {
      if (!(error instanceof TspaholeError) || error.code === 'usage') throw error;
      finder.flush();
      writeText(streams.err, `tspahole: ${error.message}\n`);
      failures++;
    }
    run.progress?.erase();
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
function loadOptions(settings: ListSettings, { progress }: ListRun): LoadOptions {
  const { classNames, formatPath, jobs, kabiPrefix, languages, showPrivate } = settings;
  const isTypeFormat = (format: DebugFormat): format is TypeFormat => format !== 'ctf';
  const excludeLanguages = languages?.exclude ? languageCodes(languages) : [];
  const declFiles =
    settings.showDeclInfo || settings.declExclude !== undefined || settings.reorganizeOptions.length > 0;
  const functions = settings.listing === 'methods';
  // A type that a function declares is found by its name, and listed only with all others of its kind.
  const bodies = showPrivate || classNames.length > 0;
  const dwarf = { threads: jobs, kabiPrefix, excludeLanguages, declFiles, functions, bodies };
  return {
    base: loadBase(settings),
    formats: formatPath?.filter(isTypeFormat),
    dwarf,
    debuginfod: settings.debuginfod,
    onProgress: progress?.update,
  };
}

function loadBase({ btfBase }: ListSettings): TypeTable | undefined {
  return btfBase === undefined ? undefined : loadSync(btfBase, { formats: ['btf'] }).table();
}

function kernelOf({ kernel }: ListRun): string {
  if (kernel !== undefined) return kernel;
  throw new TspaholeError('not-found', 'no vmlinux with the build ID of the running kernel is installed');
}

function visit(finder: Finder, source: TypeSource, settings: ListSettings, { err }: Streams): void {
  const { compat, languages, unitExclude, firstUnitOnly } = settings;
  if (source.format === 'btf' && languages !== undefined && !keepsBtf(languages, compat)) return;
  for (const unit of source.units()) {
    if (unitExclude !== undefined && unit.name.startsWith(unitExclude)) continue;
    const language = unit.table.side?.language;
    if (languages !== undefined && language !== undefined && !keepsUnit(languages, language)) continue;
    finder.visit(unit, source.path);
    if (finder.isDone || firstUnitOnly) break;
  }
  // That DWARF was not read changes the text, so pahole's mode says it too.
  if (source.notes.length === 0 || (compat && source.format === 'dwarf')) return;
  finder.flush();
  for (const note of source.notes)
    writeText(err, `${compat ? 'pahole' : 'tspahole'}: ${source.path}: ${note}\n`);
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
function listAsPahole(settings: ListSettings, run: ListRun): number {
  const { kernel, parts, streams } = run;
  const options = loadOptions(settings, run);
  const attempt = (present: ListSettings): number => {
    const finder = new Finder(present, streams, parts);
    try {
      for (const path of present.files) tryVisit(finder, path, () => loadForPahole(path, options));
      if (present.files.length === 0) {
        tryVisit(finder, undefined, () =>
          kernel === undefined ? undefined : loadForPahole(kernel, options),
        );
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

function loadForPahole(path: string, options: LoadOptions): TypeSource | undefined {
  try {
    return loadSync(path, options);
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
