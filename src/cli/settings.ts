/**
 * What the options ask of a listing, as one typed value: the only place where an option's text is
 * checked and where options act on one another.
 */

import { TspaholeError } from '../index.ts';
import type { ParsedArguments, ParsedOption } from './argp.ts';
import { parseClassNames } from './class-names.ts';
import { applyOption, type Draft, type NameOption, newDraft } from './effects.ts';
import { type LanguageFilter, parseLanguages } from './languages.ts';

/** A format that types are read from. */
export type DebugFormat = 'dwarf' | 'btf' | 'ctf';

/** What is printed for each type. */
export type Listing =
  /** The type in C with its layout. */
  | 'layout'
  /** `name size holes`, `-s`. */
  | 'sizes'
  /** `name members`, `-n`. */
  | 'members'
  /** `name length-of-name`, `-N`. */
  | 'nameLength'
  /** The name, `-z`. */
  | 'name'
  /** `name definitions`, `-T`. */
  | 'definitions'
  /** `name parameters`, `-m`. */
  | 'methods';

/** Everything a listing depends on. Counts of filters: 0 filters nothing. */
export interface ListSettings {
  /** `--compat`, or the program was started as `pahole`: print what pahole 1.31 prints. */
  readonly compat: boolean;
  /** `--json`. */
  readonly json: boolean;
  /** The operands: files, or types of the running kernel. */
  readonly files: readonly string[];

  /**
   * `-F`, in order; absent without it. In pahole's mode cut off before the first name that is no format,
   * where pahole gives up. `--btf_base` makes it `btf` alone.
   */
  readonly formatPath: readonly DebugFormat[] | undefined;
  /** The text of `-F` (`btf` with `--btf_base`), which pahole's messages quote. */
  readonly formatText: string | undefined;
  /** `--btf_base`: path of the base of split BTF. */
  readonly btfBase: string | undefined;
  /** `-j`: threads that read DWARF; absent: as many as the reader takes by itself. */
  readonly jobs: number | undefined;
  /** `--first_obj_only`: only the first unit of each file. */
  readonly firstUnitOnly: boolean;
  /** `--debuginfod`: DWARF may be fetched from a server. */
  readonly debuginfod: boolean;
  /** Not with `--no_progress`: long work shows its progress on a terminal. */
  readonly progress: boolean;
  /** `--kabi_prefix`: names that begin with this become this. */
  readonly kabiPrefix: string | undefined;
  /** `--lang`, `--lang_exclude`, else PAHOLE_LANG_EXCLUDE. */
  readonly languages: LanguageFilter | undefined;

  /** `-C`: types to print, in order. Several `-C` add up; in pahole's mode the last of `-C`, `-f`, `-i` counts. */
  readonly classNames: readonly string[];
  /** `-u`: instead of the types of `-C` the units that define them. */
  readonly definedIn: boolean;
  /** `--skip_missing`: a name of `-C` that is not found does not hold up the names after it. */
  readonly skipMissing: boolean;
  /** `-i`: types whose containers are asked for. Empty: none. */
  readonly contains: readonly string[];
  /** `-f`: types that pointers are looked for. Empty: none. */
  readonly findPointersTo: readonly string[];
  /** `--contains_enumerator`: name of an enumerator. */
  readonly containsEnumerator: string | undefined;
  /** `-d`: `-i` goes down into members. */
  readonly recursive: boolean;
  /** `-x`: prefix of names to leave out. */
  readonly exclude: string | undefined;
  /** `-y`: prefix that names must have. */
  readonly prefixFilter: string | undefined;
  /** `-X`: prefix of names of units to leave out. */
  readonly unitExclude: string | undefined;
  /** `-D`: prefix of paths of files whose declarations to leave out. */
  readonly declExclude: string | undefined;
  /** `--show_private_classes`: also types declared in types and functions. */
  readonly showPrivate: boolean;
  /** `-a`: anonymous types that have a typedef. */
  readonly anonInclude: boolean;
  /** `-A`: with `-a`, anonymous types without one. */
  readonly nestedAnonInclude: boolean;
  /** Print types behind those that they need. */
  readonly compile: boolean;
  /** Leave out typedefs for base types such as `atomic_int`. */
  readonly skipAtomicTypedefs: boolean;
  /** `--sort`: by name. Means something for the listing `layout` only. */
  readonly sort: boolean;

  /** `--structs`, and what implies it: `--packed`, `--with_embedded_flexible_array`. */
  readonly structsOnly: boolean;
  /** `--unions`. In pahole's mode both may be set, and then no type passes. */
  readonly unionsOnly: boolean;
  /** `--packed`. */
  readonly packedOnly: boolean;
  /** `-H`: least number of holes. */
  readonly holesMin: number;
  /** `-z`: bytes that some hole must have at least. */
  readonly holeSizeMin: number;
  /** `-B`: least number of bit holes. */
  readonly bitHolesMin: number;
  /** `--padding_ge`: least padding in bytes. */
  readonly paddingMin: number;
  /** `--padding`: exact padding in bytes; 0 asks for structs without padding. */
  readonly padding: number | undefined;
  /** `--with_flexible_array`. */
  readonly flexibleArray: boolean;
  /** `--with_embedded_flexible_array`. */
  readonly embeddedFlexibleArray: boolean;

  /** What to print for each type: the last of `-s`, `-n`, `-N`, `-T`, `-m` and `-z` (without `-V` before it) counts. */
  readonly listing: Listing;
  /** `-P`: list the structs that `-R` would shrink; with `-V`, their layouts. */
  readonly packable: boolean;
  /** `-t`: between the columns of a list. Default a tab; one character in pahole's mode. */
  readonly separator: string;
  /** `-V`. */
  readonly verbose: boolean;

  /** `-E`. */
  readonly expandTypes: boolean;
  /** `-p`. */
  readonly expandPointers: boolean;
  /** `--hex`. */
  readonly hex: boolean;
  /** `-I`: say where each type is declared. */
  readonly showDeclInfo: boolean;
  /** `-q`: no footer, no comments, no offsets. */
  readonly quiet: boolean;
  /** `-r`. */
  readonly relOffset: boolean;
  /** `-M`: only data members. BTF has nothing that it would leave out. */
  readonly onlyDataMembers: boolean;
  /** `--flat_arrays`. */
  readonly flatArrays: boolean;
  /** `-c` in bytes; absent: that of the machine. */
  readonly cachelineSize: number | undefined;
  /** `-l`: name the first of the largest base type members. */
  readonly showFirstBiggest: boolean;
  /** `-w` in bytes; absent: that of the file. */
  readonly wordSize: number | undefined;
  /** `-R`: print structs reorganized. */
  readonly reorganize: boolean;
  /** `-S`: with `-R`, the layout after each move. */
  readonly reorganizeSteps: boolean;
  /** The options that say how: `--pin` and so on. */
  readonly reorganizeOptions: readonly ParsedOption[];
  /** `--classes_as_structs`. */
  readonly classesAsStructs: boolean;
  /** `--suppress_aligned_attribute`. */
  readonly suppressAligned: boolean;
  /** `--suppress_force_paddings`. */
  readonly suppressForcePaddings: boolean;
  /** `--suppress_packed`. */
  readonly suppressPacked: boolean;
  /** `--fixup_silly_bitfields`. */
  readonly fixupSillyBitfields: boolean;
}

/** What the settings depend on besides the arguments. */
export interface SettingsContext {
  readonly compat: boolean;
  /** The environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * The settings that `parsed` asks for. Throws {@link TspaholeError}: `usage` for a value of a wrong form
 * and for options that contradict one another (pahole's mode takes both as pahole does), `io` for a file
 * of names that cannot be read.
 */
export function toSettings(parsed: ParsedArguments, { compat, env }: SettingsContext): ListSettings {
  const draft = newDraft(compat);
  draft.files = parsed.operands.map((operand) => operand.text);
  for (const given of parsed.options) applyOption(draft, given);

  setNames(draft);
  const excluded = env.PAHOLE_LANG_EXCLUDE;
  if (draft.languages === undefined && excluded) draft.languages = parseLanguages(excluded, true);
  if (draft.btfBase !== undefined) {
    draft.formatPath = ['btf'];
    draft.formatText = 'btf';
  }
  rejectNamesOfCounts(draft);
  if (!compat) rejectContradictions(draft);
  const { asked: _asked, ...settings } = draft;
  return settings;
}

/** Parses the lists of `-C`, `-f` and `-i`. */
function setNames(draft: Draft): void {
  const { compat } = draft;
  const by = searchOption(draft);
  for (const { list } of compat ? draft.asked.slice(-1) : draft.asked) {
    const names = parseClassNames(list, compat);
    if (names.length === 0) throw new TspaholeError('usage', `--${by}: no name in '${list}'`);
    draft[NAME_FIELDS[by]] = [...draft[NAME_FIELDS[by]], ...names];
  }
}

/** Which of `-C`, `-f`, `-i` decides. pahole keeps one list for the three: `-i` goes before `-f` before `-C`. */
function searchOption({ asked, compat }: Draft): NameOption {
  const given = SEARCH_ORDER.filter((name) => asked.some(({ by }) => by === name));
  if (given.length > 1 && !compat) {
    throw new TspaholeError('usage', `${given.map((name) => `--${name}`).join(' and ')} exclude one another`);
  }
  return given[0] ?? 'class_name';
}

const SEARCH_ORDER: readonly NameOption[] = ['contains', 'find_pointers_to', 'class_name'];

const NAME_FIELDS = {
  class_name: 'classNames',
  find_pointers_to: 'findPointersTo',
  contains: 'contains',
} as const;

/** pahole refuses `-m` with a name, and crashes with `-T`. */
function rejectNamesOfCounts({ asked, compat, listing }: Draft): void {
  if (asked.length === 0 || (listing !== 'methods' && listing !== 'definitions')) return;
  if (listing === 'methods' && compat) throw new TspaholeError('usage', METHODS_WITH_CLASS);
  const hint = listing === 'definitions' ? '; --defined_in names the units of one' : '';
  throw new TspaholeError('usage', `--nr_${listing} counts for all types and excludes names of types${hint}`);
}

const METHODS_WITH_CLASS =
  "-m/nr_methods doesn't work with --class/-C, it shows all classes and the number of its methods";

function rejectContradictions({ structsOnly, unionsOnly }: Draft): void {
  if (structsOnly && unionsOnly) {
    throw new TspaholeError(
      'usage',
      '--unions excludes --structs, --packed and --with_embedded_flexible_array: no type would be left',
    );
  }
}
