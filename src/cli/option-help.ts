/**
 * What the options mean, in words: for `--help`, docs/cli.md and the manual page. Apart from the table of options, which
 * every start loads.
 */

import { OPTIONS, type OptionName, type OptionSpec } from './options.ts';

/** The heading that an option stands under in `--help` and docs/cli.md. */
export type OptionGroup =
  | 'input'
  | 'select'
  | 'filter'
  | 'search'
  | 'layout'
  | 'list'
  | 'encode'
  | 'raw'
  | 'other';

interface Explanation {
  readonly group: OptionGroup;
  /** What the value is called. */
  readonly metavar?: string;
  /** One line, without a full stop. */
  readonly help: string;
}

/** An option with its explanation. */
export interface ExplainedOption extends OptionSpec, Explanation {}

// biome-ignore format: a table is read one row a line
const EXPLANATIONS: Readonly<Record<OptionName, Explanation>> = {
  bit_holes: { group: 'filter', metavar: 'N', help: 'only structs with N or more bit holes' },
  cacheline_size: { group: 'layout', metavar: 'BYTES', help: 'length of a cacheline (default: that of this machine, else 64)' },
  class_name: { group: 'select', metavar: 'LIST', help: 'print these types: names between commas, or file://PATH with one name a line' },
  count: { group: 'raw', metavar: 'N', help: 'print N records at most' },
  skip: { group: 'raw', metavar: 'N', help: 'leave out the first N records' },
  seek_bytes: { group: 'raw', metavar: 'BYTES', help: 'start this far into the data' },
  size_bytes: { group: 'raw', metavar: 'BYTES', help: 'read this much of the data' },
  range: { group: 'raw', metavar: 'STRUCT', help: 'take offset and size of the data from this struct' },
  header_type: { group: 'raw', metavar: 'TYPE', help: 'type of the header that the data opens with' },
  find_pointers_to: { group: 'search', metavar: 'TYPE', help: 'print the members that are pointers to TYPE' },
  format_path: { group: 'input', metavar: 'LIST', help: 'formats to try, in order: dwarf, btf, ctf' },
  contains: { group: 'search', metavar: 'TYPE', help: 'print the names of the types with a member of type TYPE' },
  contains_enumerator: { group: 'search', metavar: 'NAME', help: 'print the enum that has the enumerator NAME' },
  show_decl_info: { group: 'layout', help: 'say where each type is declared' },
  holes: { group: 'filter', metavar: 'N', help: 'only structs with N or more holes' },
  padding_ge: { group: 'filter', metavar: 'BYTES', help: 'only structs with this much padding or more' },
  hole_size_ge: { group: 'filter', metavar: 'BYTES', help: 'only structs with a hole this large or larger; prints names (layouts after -V)' },
  packable: { group: 'filter', help: 'list the structs that --reorganize would shrink' },
  with_flexible_array: { group: 'filter', help: 'only structs that end in a flexible array' },
  with_embedded_flexible_array: { group: 'filter', help: 'only structs with a member that ends in a flexible array' },
  expand_types: { group: 'layout', help: 'print the members of member types in place' },
  nr_members: { group: 'list', help: 'print each name with its number of members' },
  rel_offset: { group: 'layout', help: 'count the offsets in expanded types from the start of that type' },
  recursive: { group: 'search', help: 'with --contains: go down into the members that are structs or unions' },
  reorganize: { group: 'layout', help: 'move members so that holes close' },
  show_reorg_steps: { group: 'layout', help: 'print the layout after each step of --reorganize' },
  class_name_len: { group: 'list', help: 'print each name with its length' },
  show_first_biggest_size_base_type_member: { group: 'layout', help: 'name the first of the largest base type members in the footer' },
  nr_methods: { group: 'list', help: 'print each struct with the number of parameters, of all functions, that point to it' },
  show_only_data_members: { group: 'layout', help: 'leave out what takes no room: nested types, functions, static members' },
  expand_pointers: { group: 'layout', help: 'print the members of the types that members point to in place' },
  sizes: { group: 'list', help: 'print each name with its size in bytes and its number of holes' },
  separator: { group: 'list', metavar: 'TEXT', help: 'put TEXT between the columns of a list (default: a tab)' },
  nr_definitions: { group: 'list', help: 'print each name with the number of units that define it' },
  decl_exclude: { group: 'select', metavar: 'PREFIX', help: 'leave out types declared in files whose name starts with PREFIX' },
  exclude: { group: 'select', metavar: 'PREFIX', help: 'leave out types whose name starts with PREFIX' },
  prefix_filter: { group: 'select', metavar: 'PREFIX', help: 'only types whose name starts with PREFIX' },
  cu_exclude: { group: 'select', metavar: 'PREFIX', help: 'leave out units whose name starts with PREFIX' },
  anon_include: { group: 'select', help: 'also anonymous types that have a typedef' },
  nested_anon_include: { group: 'select', help: 'with -a: also anonymous types without a typedef' },
  quiet: { group: 'layout', help: 'print no offsets, no comments and no footer' },
  defined_in: { group: 'list', help: 'with -C: print the units that define the type' },
  verbose: { group: 'other', help: 'say more: --contains counts, -z prints layouts' },
  word_size: { group: 'layout', metavar: 'BYTES', help: 'lay the types out for words of 4 or 8 bytes' },
  ctf_encode: { group: 'encode', help: 'write CTF (no version of pahole carries it out)' },
  flat_arrays: { group: 'layout', help: 'print an array of arrays as one array' },
  suppress_aligned_attribute: { group: 'layout', help: 'leave out __attribute__((__aligned__(N)))' },
  suppress_force_paddings: { group: 'layout', help: 'leave out the unnamed bitfields that force padding' },
  suppress_packed: { group: 'layout', help: 'leave out __attribute__((__packed__))' },
  show_private_classes: { group: 'select', help: 'also types declared inside types and functions' },
  fixup_silly_bitfields: { group: 'layout', help: 'print a bitfield as wide as its type as a plain member' },
  first_obj_only: { group: 'input', help: 'read the first unit of a file only' },
  classes_as_structs: { group: 'layout', help: 'write struct where the source says class' },
  hex: { group: 'layout', help: 'print offsets and sizes in hexadecimal' },
  btf_base: { group: 'input', metavar: 'FILE', help: 'the base of split BTF, e.g. vmlinux for a module' },
  kabi_prefix: { group: 'encode', metavar: 'TEXT', help: 'cut every name that starts with TEXT down to TEXT' },
  jobs: { group: 'input', metavar: 'N', help: 'threads for reading DWARF; BTF needs none' },
  btf_encode: { group: 'encode', help: 'turn the DWARF of each file into BTF in the file itself' },
  btf_encode_detached: { group: 'encode', metavar: 'FILE', help: 'turn DWARF into BTF in FILE; in a folder, for each file one of its own' },
  skip_encoding_btf_vars: { group: 'encode', help: 'with -J: write no variables' },
  btf_encode_force: { group: 'encode', help: 'with -J: leave out variables whose names BTF does not allow' },
  btf_gen_floats: { group: 'encode', help: 'with -J: write floating-point types' },
  btf_gen_all: { group: 'encode', help: 'with -J: write the default set of features' },
  compile: { group: 'layout', help: 'print types behind the types that they need, to be compiled' },
  structs: { group: 'filter', help: 'only structs' },
  unions: { group: 'filter', help: 'only unions' },
  packed: { group: 'filter', help: 'only structs that are packed' },
  numeric_version: { group: 'other', help: 'print the version of pahole that this program follows as a number' },
  sort: { group: 'select', help: 'print the layouts ordered by name' },
  prettify: { group: 'raw', metavar: 'FILE', help: 'print the data in FILE as values of the type' },
  hashbits: { group: 'other', metavar: 'N', help: 'accepted for scripts, has no effect' },
  ptr_table_stats: { group: 'other', help: 'print statistics about internal tables' },
  skip_encoding_btf_decl_tag: { group: 'encode', help: 'with -J: write no declaration tags' },
  skip_missing: { group: 'select', help: 'go on with the other names of -C when one is not found' },
  skip_encoding_btf_type_tag: { group: 'encode', help: 'with -J: write no type tags' },
  lang: { group: 'select', metavar: 'LIST', help: 'only units in these languages; BTF counts as C' },
  lang_exclude: { group: 'select', metavar: 'LIST', help: 'leave out units in these languages; BTF counts as C' },
  skip_encoding_btf_enum64: { group: 'encode', help: 'with -J: write no 64-bit enums' },
  skip_emitting_atomic_typedefs: { group: 'layout', help: 'with --compile: define no base types such as atomic_int, which some compilers do' },
  btf_gen_optimized: { group: 'encode', help: 'with -J: accepted, has no effect' },
  skip_encoding_btf_inconsistent_proto: { group: 'encode', help: 'with -J: write no functions whose prototypes differ' },
  btf_features: { group: 'encode', metavar: 'LIST', help: 'with -J: names of features between commas; default, or a + in front: the default set' },
  supported_btf_features: { group: 'encode', help: 'list the names that --btf_features takes' },
  btf_features_strict: { group: 'encode', metavar: 'LIST', help: 'as --btf_features, and a name that is no feature is an error' },
  reproducible_build: { group: 'encode', help: 'with -J: accepted, the same input always gives the same bytes' },
  running_kernel_vmlinux: { group: 'other', help: 'print the path of the vmlinux of the running kernel' },
  btf_attributes: { group: 'encode', help: 'with -J: write attributes as tags' },
  help: { group: 'other', help: 'print this help' },
  usage: { group: 'other', help: 'print a short summary of the options' },
  'program-name': { group: 'other', metavar: 'NAME', help: 'name to use in messages' },
  'HANG': { group: 'other', metavar: 'SECONDS', help: 'wait before starting' },
  version: { group: 'other', help: 'print the version of pahole that this program follows' },
  compat: { group: 'other', help: 'print exactly what pahole prints, its mistakes included' },
  json: { group: 'list', help: 'print JSON' },
  pin: { group: 'layout', metavar: 'LIST', help: 'with -R: these members stay at their offsets' },
  pin_first: { group: 'layout', metavar: 'N', help: 'with -R: the first N members stay' },
  group: { group: 'layout', metavar: 'LIST', help: 'with -R: these members follow one another, in this order' },
  same_line: { group: 'layout', metavar: 'LIST', help: 'with -R: these members lie in one cacheline' },
  apart: { group: 'layout', metavar: 'LIST', help: 'with -R: no two of these members share a cacheline' },
  keep_groups: { group: 'layout', help: 'with -R: what lies between markers of cacheline groups stays there' },
  max_moves: { group: 'layout', metavar: 'N', help: 'with -R: make the best of N moves' },
  nested: { group: 'layout', help: 'with -R, -P: also inside the structs and unions without a name that are declared in place' },
  moves: { group: 'list', help: 'with -R: print the moves instead of the layout' },
  diff: { group: 'list', help: 'with -R: print the change of the order as a unified diff' },
  patch: { group: 'list', help: 'with -R and DWARF: print a patch of the source' },
  counts: { group: 'list', metavar: 'FILE', help: 'with -P: take the instances of each struct from FILE, as in /proc/slabinfo' },
  padding: { group: 'filter', metavar: 'BYTES', help: 'only structs with exactly this much padding' },
  debuginfod: { group: 'input', help: 'fetch the DWARF of a file that has none, by debuginfod-find' },
  no_progress: { group: 'other', help: 'show no progress of long work on a terminal' },
};

/** All options, explained, in the order of the table. */
export const EXPLAINED_OPTIONS: readonly ExplainedOption[] = OPTIONS.map((option) => ({
  ...option,
  ...EXPLANATIONS[option.name],
}));

/** What the value of an option is called in its explanation. */
export function valueName({ name }: OptionSpec): string | undefined {
  return EXPLANATIONS[name].metavar;
}
