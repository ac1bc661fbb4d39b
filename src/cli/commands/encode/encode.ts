/** `-J`, `--btf_encode_detached`: BTF from DWARF, into the files themselves or beside them. */

import {
  type ByteSource,
  type EncodeFeatures,
  encodeFile,
  isElf,
  loadSync,
  openFileSource,
  parseElf,
  TspaholeError,
  type TypeTable,
  type TypeUnit,
} from '../../../index.ts';
import { fileState, replaceFile, requireUnchanged, updateSections } from '../../../internal.ts';
import type { ParsedArguments } from '../../argp.ts';
import { keepsUnit, languageCodes } from '../../languages.ts';
import { type Output, writeText } from '../../output.ts';
import type { Progress } from '../../progress.ts';
import { withProgress } from '../../progress.ts';
import type { Invocation, Streams } from '../../run.ts';
import { type ListSettings, toSettings } from '../../settings.ts';
import { featuresOf, unknownFeatures } from './features.ts';
import { runChild, sharesOf, wordsFor } from './processes.ts';
import { type Target, targetsOf } from './targets.ts';

/**
 * Encodes the files of a command line. Gives the exit code: 0 where all were written, 1 where one failed, which does
 * not hold up the others and is left as it was. Throws `usage`, and what reading the base throws.
 */
export async function runEncode(parsed: ParsedArguments, invocation: Invocation): Promise<number> {
  const { compat, program, streams } = invocation;
  const settings = toSettings(parsed, { compat, env: streams.env });
  refuseOtherFormats(parsed);
  const detached = parsed.options.findLast(({ option }) => option.name === 'btf_encode_detached')?.value;
  const targets = targetsOf(settings.files, detached);
  const given = featuresOf(parsed, compat);
  // The other part of a distilled base has no place outside ELF.
  const features = detached === undefined ? given : { ...given, distilledBase: false };
  if (settings.verbose) reportIgnored(parsed, streams.err);
  const shown = settings.progress ? withProgress(streams) : { streams };
  // A log is one text.
  const [own = [], ...others] = settings.verbose ? [targets] : sharesOf(targets, settings.jobs);
  const children = others.map((share) => {
    const words = wordsFor(
      parsed,
      share.map(({ path }) => path),
    );
    return runChild({ program, words, env: streams.env });
  });
  const encoder = new FileEncoder(settings, features, shown);
  const results = own.map((target) => encoder.encode(target));
  const isDone = [...results, ...(await Promise.all(children))].every((isGood) => isGood);
  return isDone ? 0 : 1;
}

function refuseOtherFormats({ options }: ParsedArguments): void {
  const path = options.findLast(({ option }) => option.name === 'format_path')?.value;
  if (path === undefined || path.split(',').includes('dwarf')) return;
  throw new TspaholeError('usage', `--format_path: BTF is encoded from dwarf, not from ${path}`);
}

function reportIgnored(parsed: ParsedArguments, err: Output): void {
  for (const name of unknownFeatures(parsed)) writeText(err, `Ignoring unsupported feature '${name}'\n`);
}

/** Encodes files one after the other, on the same base. */
class FileEncoder {
  readonly #settings: ListSettings;
  readonly #features: EncodeFeatures;
  readonly #streams: Streams;
  readonly #progress: Progress | undefined;
  readonly #base: TypeTable | undefined;

  constructor(
    settings: ListSettings,
    features: EncodeFeatures,
    { streams, progress }: { readonly streams: Streams; readonly progress?: Progress },
  ) {
    this.#settings = settings;
    this.#features = features;
    this.#streams = streams;
    this.#progress = progress;
    this.#base = settings.btfBase === undefined ? undefined : readBase(settings.btfBase);
  }

  /** Gives whether the file was written, or has nothing that could be. */
  encode(target: Target): boolean {
    try {
      this.#write(target);
      return true;
    } catch (error) {
      if (!(error instanceof TspaholeError) || error.code === 'usage') throw error;
      const isNothing = target.output === undefined && lacksDwarf(target.path, error);
      this.#say(isNothing ? `${error.message}: nothing to encode` : error.message);
      return isNothing;
    } finally {
      this.#progress?.erase();
    }
  }

  #write({ path, output }: Target): void {
    const { jobs, kabiPrefix, languages, debuginfod, verbose } = this.#settings;
    const log = new LineWriter(this.#streams.out);
    const { sections, state } = encodeFile(path, {
      features: this.#features,
      base: this.#base,
      dwarf: {
        threads: jobs,
        kabiPrefix,
        excludeLanguages: languages?.exclude ? languageCodes(languages) : [],
      },
      accepts: this.#acceptor(),
      debuginfod,
      onProgress: this.#progress?.update,
      onLog: verbose ? (line) => log.write(line) : undefined,
      onRemark: (text) => this.#say(`${path}: ${text}`),
    });
    log.flush();
    const bytes = sections.get('.BTF');
    if (bytes === undefined) return;
    if (output !== undefined) {
      replaceFile(output, [bytes]);
      return;
    }
    if (!sections.has('.BTF.base')) refuseOldBase(path);
    updateSections(path, sections, state);
  }

  /** What says whether a unit counts, if there are units that do not but for those of excluded languages. */
  #acceptor(): ((unit: TypeUnit) => boolean) | undefined {
    const { languages, unitExclude } = this.#settings;
    const wanted = languages?.exclude === false ? languages : undefined;
    if (wanted === undefined && unitExclude === undefined) return undefined;
    return ({ name, table: { side } }) =>
      (wanted === undefined || side === undefined || keepsUnit(wanted, side.language)) &&
      (unitExclude === undefined || !name.startsWith(unitExclude));
  }

  #say(text: string): void {
    writeText(this.#streams.err, `${this.#settings.compat ? 'pahole' : 'tspahole'}: ${text}\n`);
  }
}

/** Files of sysfs have no time that means something. */
function readBase(path: string): TypeTable {
  const state = path.startsWith('/sys/') ? undefined : fileState(path);
  const base = loadSync(path, { formats: ['btf'] }).table();
  if (state !== undefined) requireUnchanged(path, state);
  return base;
}

/** A file of a build that was made without debug information is no mistake, as in pahole. */
function lacksDwarf(path: string, { code }: TspaholeError): boolean {
  if (code !== 'not-found') return false;
  try {
    return withSource(path, (source) => isElf(source.read(0, Math.min(4, source.size))));
  } catch {
    return false;
  }
}

/** What an earlier encoding distilled would be taken for the base of this one. */
function refuseOldBase(path: string): void {
  if (withSource(path, (source) => parseElf(source).section('.BTF.base')) === undefined) return;
  const what = 'an earlier encoding left a distilled base: remove the section, or ask for distilled_base';
  throw new TspaholeError('unsupported', what, { file: path, section: '.BTF.base' });
}

function withSource<T>(path: string, action: (source: ByteSource) => T): T {
  const source = openFileSource(path);
  try {
    return action(source);
  } finally {
    source.close();
  }
}

/** Bytes of lines that are written at once. */
const CHUNK = 1 << 16;

class LineWriter {
  readonly #out: Output;
  #text = '';

  constructor(out: Output) {
    this.#out = out;
  }

  write(line: string): void {
    this.#text += `${line}\n`;
    if (this.#text.length >= CHUNK) this.flush();
  }

  flush(): void {
    if (this.#text !== '') this.#out.write(Buffer.from(this.#text, 'latin1'));
    this.#text = '';
  }
}
