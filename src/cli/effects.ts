/** What each supported option sets in the settings. */

import { TspaholeError } from '../index.ts';
import type { ParsedOption } from './argp.ts';
import { parseLanguages } from './languages.ts';
import { parseNumber } from './numbers.ts';
import type { SupportedName } from './options.ts';
import type { DebugFormat, Listing, ListSettings } from './settings.ts';

/** Settings that are being put together. */
export type Draft = { -readonly [Key in keyof ListSettings]: ListSettings[Key] } & {
  /** What `-C`, `-f` and `-i` gave, in order. */
  readonly asked: { readonly by: NameOption; readonly list: string }[];
};

/** The options that give names of types. */
export type NameOption = 'class_name' | 'find_pointers_to' | 'contains';

/** The settings of a command line without options. */
export function newDraft(compat: boolean): Draft {
  return {
    compat,
    json: false,
    files: [],
    formatPath: undefined,
    formatText: undefined,
    btfBase: undefined,
    jobs: undefined,
    firstUnitOnly: false,
    debuginfod: false,
    progress: true,
    kabiPrefix: undefined,
    languages: undefined,
    asked: [],
    classNames: [],
    definedIn: false,
    skipMissing: false,
    contains: [],
    findPointersTo: [],
    containsEnumerator: undefined,
    recursive: false,
    exclude: undefined,
    prefixFilter: undefined,
    unitExclude: undefined,
    declExclude: undefined,
    showPrivate: false,
    anonInclude: false,
    nestedAnonInclude: false,
    compile: false,
    skipAtomicTypedefs: false,
    sort: false,
    structsOnly: false,
    unionsOnly: false,
    packedOnly: false,
    holesMin: 0,
    holeSizeMin: 0,
    bitHolesMin: 0,
    paddingMin: 0,
    padding: undefined,
    flexibleArray: false,
    embeddedFlexibleArray: false,
    listing: 'layout',
    packable: false,
    separator: '\t',
    verbose: false,
    expandTypes: false,
    expandPointers: false,
    hex: false,
    showDeclInfo: false,
    quiet: false,
    relOffset: false,
    onlyDataMembers: false,
    flatArrays: false,
    cachelineSize: undefined,
    showFirstBiggest: false,
    reorganize: false,
    reorganizeSteps: false,
    reorganizeOptions: [],
    wordSize: undefined,
    classesAsStructs: false,
    suppressAligned: false,
    suppressForcePaddings: false,
    suppressPacked: false,
    fixupSillyBitfields: false,
  };
}

/** Does what one option of the command line says. Throws `usage` for a value of a wrong form. */
export function applyOption(draft: Draft, given: ParsedOption): void {
  const effect = EFFECTS[given.option.name as SupportedName];
  effect(draft, given.value ?? '', given);
}

/** Sets in the draft what one option says. `value` is '' where none was given. */
type Effect = (draft: Draft, value: string, given: ParsedOption) => void;

const nothing: Effect = () => {};

const EFFECTS: Readonly<Record<SupportedName, Effect>> = {
  // Handled before there are settings.
  compat: nothing,
  help: nothing,
  usage: nothing,
  version: nothing,
  numeric_version: nothing,
  running_kernel_vmlinux: nothing,
  supported_btf_features: nothing,

  // What BTF is written with; features.ts reads them.
  btf_encode: nothing,
  btf_encode_detached: nothing,
  skip_encoding_btf_vars: nothing,
  btf_encode_force: nothing,
  btf_gen_floats: nothing,
  btf_gen_all: nothing,
  skip_encoding_btf_decl_tag: nothing,
  skip_encoding_btf_type_tag: nothing,
  skip_encoding_btf_enum64: nothing,
  btf_gen_optimized: nothing,
  skip_encoding_btf_inconsistent_proto: nothing,
  btf_features: nothing,
  btf_features_strict: nothing,
  reproducible_build: nothing,
  btf_attributes: nothing,

  format_path: setFormatPath,
  btf_base: text('btfBase'),
  jobs: (draft, value, given) => {
    draft.jobs = value === '' ? undefined : parseNumber(given, draft.compat, { bits: 16 });
  },
  first_obj_only: set('firstUnitOnly'),
  debuginfod: set('debuginfod'),
  no_progress: (draft) => {
    draft.progress = false;
  },
  kabi_prefix: text('kabiPrefix'),
  hashbits: checkHashBits,
  lang: (draft, value) => {
    draft.languages = parseLanguages(value, draft.languages?.exclude ?? false);
  },
  lang_exclude: (draft, value) => {
    draft.languages = parseLanguages(value, true);
  },

  class_name: names('class_name'),
  find_pointers_to: names('find_pointers_to'),
  contains: names('contains'),
  contains_enumerator: text('containsEnumerator'),
  defined_in: set('definedIn'),
  skip_missing: set('skipMissing'),
  recursive: set('recursive'),
  exclude: text('exclude'),
  prefix_filter: text('prefixFilter'),
  cu_exclude: text('unitExclude'),
  decl_exclude: text('declExclude'),
  show_private_classes: (draft) => {
    draft.showPrivate = true;
    draft.onlyDataMembers = true;
  },
  anon_include: set('anonInclude'),
  nested_anon_include: set('nestedAnonInclude'),
  compile: set('compile'),
  skip_emitting_atomic_typedefs: set('skipAtomicTypedefs'),
  sort: set('sort'),

  structs: set('structsOnly'),
  unions: set('unionsOnly'),
  packed: (draft) => {
    draft.structsOnly = true;
    draft.packedOnly = true;
  },
  holes: count('holesMin'),
  hole_size_ge: (draft, _value, given) => {
    draft.holeSizeMin = parseNumber(given, draft.compat, { bits: 16 });
    if (!draft.verbose) toListing('name')(draft, _value, given);
  },
  bit_holes: count('bitHolesMin'),
  padding_ge: count('paddingMin'),
  padding: count('padding'),
  packable: set('packable'),
  with_flexible_array: set('flexibleArray'),
  with_embedded_flexible_array: (draft) => {
    draft.structsOnly = true;
    draft.embeddedFlexibleArray = true;
  },

  sizes: toListing('sizes'),
  nr_members: toListing('members'),
  class_name_len: toListing('nameLength'),
  nr_definitions: (draft) => {
    draft.listing = 'definitions';
  },
  nr_methods: toListing('methods'),
  separator: setSeparator,
  json: set('json'),
  verbose: set('verbose'),

  expand_types: set('expandTypes'),
  expand_pointers: set('expandPointers'),
  hex: set('hex'),
  show_decl_info: set('showDeclInfo'),
  quiet: set('quiet'),
  rel_offset: set('relOffset'),
  show_only_data_members: set('onlyDataMembers'),
  flat_arrays: set('flatArrays'),
  cacheline_size: (draft, _value, given) => {
    // pahole takes 0 for not given.
    draft.cachelineSize = parseNumber(given, draft.compat, { bits: 16, min: 1 }) || undefined;
  },
  show_first_biggest_size_base_type_member: set('showFirstBiggest'),
  word_size: setWordSize,
  reorganize: set('reorganize'),
  show_reorg_steps: set('reorganizeSteps'),
  pin: forReorganize,
  pin_first: forReorganize,
  group: forReorganize,
  same_line: forReorganize,
  apart: forReorganize,
  keep_groups: forReorganize,
  max_moves: forReorganize,
  nested: forReorganize,
  moves: forReorganize,
  diff: forReorganize,
  patch: forReorganize,
  counts: forReorganize,
  classes_as_structs: set('classesAsStructs'),
  suppress_aligned_attribute: set('suppressAligned'),
  suppress_force_paddings: set('suppressForcePaddings'),
  suppress_packed: set('suppressPacked'),
  fixup_silly_bitfields: set('fixupSillyBitfields'),
};

function names(by: NameOption): Effect {
  return (draft, list) => {
    draft.asked.push({ by, list });
  };
}

type TextField =
  | 'btfBase'
  | 'containsEnumerator'
  | 'declExclude'
  | 'exclude'
  | 'kabiPrefix'
  | 'prefixFilter'
  | 'unitExclude';

function text(field: TextField): Effect {
  return (draft, value) => {
    draft[field] = value;
  };
}

function count(field: 'holesMin' | 'bitHolesMin' | 'paddingMin' | 'padding'): Effect {
  return (draft, _value, given) => {
    draft[field] = parseNumber(given, draft.compat, { bits: 16 });
  };
}

type Flag = { [Key in keyof Draft]: Draft[Key] extends boolean ? Key : never }[keyof Draft];

function set(flag: Flag): Effect {
  return (draft) => {
    draft[flag] = true;
  };
}

/** Options that only `-R` and `-P` look at, when they are loaded. */
function forReorganize(draft: Draft, _value: string, given: ParsedOption): void {
  draft.reorganizeOptions = [...draft.reorganizeOptions, given];
}

function toListing(listing: Listing): Effect {
  return (draft) => {
    // In pahole, -m is no way of printing a type but takes the place of all of them.
    if (!draft.compat || draft.listing !== 'methods') draft.listing = listing;
  };
}

function setFormatPath(draft: Draft, value: string): void {
  const names = value.split(',').map((name) => (draft.compat ? name : name.trim()));
  const unknown = names.findIndex((name) => !FORMATS.includes(name));
  if (unknown >= 0 && !draft.compat) {
    throw new TspaholeError('usage', `--format_path: '${names[unknown]}' is none of ${FORMATS.join(', ')}`);
  }
  draft.formatPath = (unknown < 0 ? names : names.slice(0, unknown)) as DebugFormat[];
  draft.formatText = value;
}

const FORMATS: readonly string[] = ['dwarf', 'btf', 'ctf'] satisfies DebugFormat[];

function checkHashBits(draft: Draft, _value: string, given: ParsedOption): void {
  const bits = parseNumber(given, draft.compat, { bits: 8, max: 31 });
  if (bits > 31) {
    throw new TspaholeError('usage', `Invalid --hashbits value (${bits}) should be less than 32`);
  }
}

function setSeparator(draft: Draft, value: string): void {
  if (value === '' && !draft.compat) throw new TspaholeError('usage', '--separator: the text is empty');
  // pahole prints the first byte of the text, which is the terminating NUL of an empty one.
  draft.separator = draft.compat ? (Array.from(value)[0] ?? '\0') : value;
}

function setWordSize(draft: Draft, value: string, given: ParsedOption): void {
  const bytes = parseNumber(given, draft.compat, { bits: 8 });
  if (bytes !== 4 && bytes !== 8 && !draft.compat) {
    throw new TspaholeError('usage', `--word_size: '${value}' is neither 4 nor 8`);
  }
  // pahole takes 0 for not given.
  draft.wordSize = bytes || undefined;
}
