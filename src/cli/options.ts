/**
 * The table of all options: those of pahole 1.31, in pahole's order (an ambiguous abbreviation lists the
 * candidates in it), and our own. Every name of pahole is here, built or not, so that an abbreviation
 * never changes its meaning when an option is added.
 */

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

/** One option as the parser, the settings and the help see it. */
export interface OptionSpec {
  /** Long name without dashes, the key of the option everywhere. */
  readonly name: OptionName;
  /** Short name without the dash. */
  readonly short?: string;
  /** Whether a value follows. An optional value counts only where it is attached (`-j4`, `--jobs=4`). */
  readonly argument: 'none' | 'required' | 'optional';
  /** What the value is called in help. */
  readonly metavar?: string;
  /** One line for `--help`, without a full stop. */
  readonly help: string;
  readonly group: OptionGroup;
  /** `planned`: the name is known, using it is an error that says so. */
  readonly status: 'supported' | 'planned';
  /** Not one of pahole's: must be spelled in full, and does not exist in pahole's mode (`compat` does). */
  readonly own?: true;
  /** Accepted and abbreviated against, but listed by no help. */
  readonly hidden?: true;
}

/** Long name of an option. */
export type OptionName = Row['name'];

/** Long name of an option that this version carries out. */
export type SupportedName = Extract<Row, { readonly status: 'supported' }>['name'];

type Row = (typeof ROWS)[number];

// biome-ignore format: a table is read one row a line
const ROWS = [
  { short: 'B', name: 'bit_holes', argument: 'required', metavar: 'N', group: 'filter', status: 'supported', help: 'only structs with N or more bit holes' },
  { short: 'c', name: 'cacheline_size', argument: 'required', metavar: 'BYTES', group: 'layout', status: 'supported', help: 'length of a cacheline (default: that of this machine, else 64)' },
  { short: 'C', name: 'class_name', argument: 'required', metavar: 'LIST', group: 'select', status: 'supported', help: 'print these types: names between commas, or file://PATH with one name a line' },
  { name: 'count', argument: 'required', metavar: 'N', group: 'raw', status: 'planned', help: 'print N records at most' },
  { name: 'skip', argument: 'required', metavar: 'N', group: 'raw', status: 'planned', help: 'leave out the first N records' },
  { name: 'seek_bytes', argument: 'required', metavar: 'BYTES', group: 'raw', status: 'planned', help: 'start this far into the data' },
  { name: 'size_bytes', argument: 'required', metavar: 'BYTES', group: 'raw', status: 'planned', help: 'read this much of the data' },
  { name: 'range', argument: 'required', metavar: 'STRUCT', group: 'raw', status: 'planned', help: 'take offset and size of the data from this struct' },
  { name: 'header_type', argument: 'required', metavar: 'TYPE', group: 'raw', status: 'planned', help: 'type of the header that the data opens with' },
  { short: 'f', name: 'find_pointers_to', argument: 'required', metavar: 'TYPE', group: 'search', status: 'supported', help: 'print the members that are pointers to TYPE' },
  { short: 'F', name: 'format_path', argument: 'required', metavar: 'LIST', group: 'input', status: 'supported', help: 'formats to try, in order: dwarf, btf, ctf' },
  { short: 'i', name: 'contains', argument: 'required', metavar: 'TYPE', group: 'search', status: 'supported', help: 'print the names of the types with a member of type TYPE' },
  { name: 'contains_enumerator', argument: 'required', metavar: 'NAME', group: 'search', status: 'supported', help: 'print the enum that has the enumerator NAME' },
  { short: 'I', name: 'show_decl_info', argument: 'none', group: 'layout', status: 'supported', help: 'say where each type is declared' },
  { short: 'H', name: 'holes', argument: 'required', metavar: 'N', group: 'filter', status: 'supported', help: 'only structs with N or more holes' },
  { name: 'padding_ge', argument: 'required', metavar: 'BYTES', group: 'filter', status: 'supported', help: 'only structs with this much padding or more' },
  { short: 'z', name: 'hole_size_ge', argument: 'required', metavar: 'BYTES', group: 'filter', status: 'supported', help: 'only structs with a hole this large or larger; prints names (layouts after -V)' },
  { short: 'P', name: 'packable', argument: 'none', group: 'filter', status: 'supported', help: 'list the structs that --reorganize would shrink' },
  { name: 'with_flexible_array', argument: 'none', group: 'filter', status: 'supported', help: 'only structs that end in a flexible array' },
  { name: 'with_embedded_flexible_array', argument: 'none', group: 'filter', status: 'supported', help: 'only structs with a member that ends in a flexible array' },
  { short: 'E', name: 'expand_types', argument: 'none', group: 'layout', status: 'supported', help: 'print the members of member types in place' },
  { short: 'n', name: 'nr_members', argument: 'none', group: 'list', status: 'supported', help: 'print each name with its number of members' },
  { short: 'r', name: 'rel_offset', argument: 'none', group: 'layout', status: 'supported', help: 'count the offsets in expanded types from the start of that type' },
  { short: 'd', name: 'recursive', argument: 'none', group: 'search', status: 'supported', help: 'with --contains: go down into the members that are structs or unions' },
  { short: 'R', name: 'reorganize', argument: 'none', group: 'layout', status: 'supported', help: 'move members so that holes close' },
  { short: 'S', name: 'show_reorg_steps', argument: 'none', group: 'layout', status: 'supported', help: 'print the layout after each step of --reorganize' },
  { short: 'N', name: 'class_name_len', argument: 'none', group: 'list', status: 'supported', help: 'print each name with its length' },
  { short: 'l', name: 'show_first_biggest_size_base_type_member', argument: 'none', group: 'layout', status: 'supported', help: 'name the first of the largest base type members in the footer' },
  { short: 'm', name: 'nr_methods', argument: 'none', group: 'list', status: 'supported', help: 'print each struct with the number of parameters, of all functions, that point to it' },
  { short: 'M', name: 'show_only_data_members', argument: 'none', group: 'layout', status: 'supported', help: 'leave out what takes no room: nested types, functions, static members' },
  { short: 'p', name: 'expand_pointers', argument: 'none', group: 'layout', status: 'supported', help: 'print the members of the types that members point to in place' },
  { short: 's', name: 'sizes', argument: 'none', group: 'list', status: 'supported', help: 'print each name with its size in bytes and its number of holes' },
  { short: 't', name: 'separator', argument: 'required', metavar: 'TEXT', group: 'list', status: 'supported', help: 'put TEXT between the columns of a list (default: a tab)' },
  { short: 'T', name: 'nr_definitions', argument: 'none', group: 'list', status: 'supported', help: 'print each name with the number of units that define it' },
  { short: 'D', name: 'decl_exclude', argument: 'required', metavar: 'PREFIX', group: 'select', status: 'supported', help: 'leave out types declared in files whose name starts with PREFIX' },
  { short: 'x', name: 'exclude', argument: 'required', metavar: 'PREFIX', group: 'select', status: 'supported', help: 'leave out types whose name starts with PREFIX' },
  { short: 'y', name: 'prefix_filter', argument: 'required', metavar: 'PREFIX', group: 'select', status: 'supported', help: 'only types whose name starts with PREFIX' },
  { short: 'X', name: 'cu_exclude', argument: 'required', metavar: 'PREFIX', group: 'select', status: 'supported', help: 'leave out units whose name starts with PREFIX' },
  { short: 'a', name: 'anon_include', argument: 'none', group: 'select', status: 'supported', help: 'also anonymous types that have a typedef' },
  { short: 'A', name: 'nested_anon_include', argument: 'none', group: 'select', status: 'supported', help: 'with -a: also anonymous types without a typedef' },
  { short: 'q', name: 'quiet', argument: 'none', group: 'layout', status: 'supported', help: 'print no offsets, no comments and no footer' },
  { short: 'u', name: 'defined_in', argument: 'none', group: 'list', status: 'supported', help: 'with -C: print the units that define the type' },
  { short: 'V', name: 'verbose', argument: 'none', group: 'other', status: 'supported', help: 'say more: --contains counts, -z prints layouts' },
  { short: 'w', name: 'word_size', argument: 'required', metavar: 'BYTES', group: 'layout', status: 'supported', help: 'lay the types out for words of 4 or 8 bytes' },
  { short: 'Z', name: 'ctf_encode', argument: 'none', group: 'encode', status: 'planned', help: 'write CTF (no version of pahole carries it out)' },
  { name: 'flat_arrays', argument: 'none', group: 'layout', status: 'supported', help: 'print an array of arrays as one array' },
  { name: 'suppress_aligned_attribute', argument: 'none', group: 'layout', status: 'supported', help: 'leave out __attribute__((__aligned__(N)))' },
  { name: 'suppress_force_paddings', argument: 'none', group: 'layout', status: 'supported', help: 'leave out the unnamed bitfields that force padding' },
  { name: 'suppress_packed', argument: 'none', group: 'layout', status: 'supported', help: 'leave out __attribute__((__packed__))' },
  { name: 'show_private_classes', argument: 'none', group: 'select', status: 'supported', help: 'also types declared inside types and functions' },
  { name: 'fixup_silly_bitfields', argument: 'none', group: 'layout', status: 'supported', help: 'print a bitfield as wide as its type as a plain member' },
  { name: 'first_obj_only', argument: 'none', group: 'input', status: 'supported', help: 'read the first unit of a file only' },
  { name: 'classes_as_structs', argument: 'none', group: 'layout', status: 'supported', help: 'write struct where the source says class' },
  { name: 'hex', argument: 'none', group: 'layout', status: 'supported', help: 'print offsets and sizes in hexadecimal' },
  { name: 'btf_base', argument: 'required', metavar: 'FILE', group: 'input', status: 'supported', help: 'the base of split BTF, e.g. vmlinux for a module' },
  { name: 'kabi_prefix', argument: 'required', metavar: 'TEXT', group: 'encode', status: 'supported', help: 'cut every name that starts with TEXT down to TEXT' },
  { short: 'j', name: 'jobs', argument: 'optional', metavar: 'N', group: 'input', status: 'supported', help: 'threads for reading DWARF; BTF needs none' },
  { short: 'J', name: 'btf_encode', argument: 'none', group: 'encode', status: 'supported', help: 'turn the DWARF of each file into BTF in the file itself' },
  { name: 'btf_encode_detached', argument: 'required', metavar: 'FILE', group: 'encode', status: 'supported', help: 'turn DWARF into BTF in FILE; in a folder, for each file one of its own' },
  { name: 'skip_encoding_btf_vars', argument: 'none', group: 'encode', status: 'supported', help: 'with -J: write no variables' },
  { name: 'btf_encode_force', argument: 'none', group: 'encode', status: 'supported', help: 'with -J: leave out variables whose names BTF does not allow' },
  { name: 'btf_gen_floats', argument: 'none', group: 'encode', status: 'supported', help: 'with -J: write floating-point types' },
  { name: 'btf_gen_all', argument: 'none', group: 'encode', status: 'supported', help: 'with -J: write the default set of features' },
  { name: 'compile', argument: 'none', group: 'layout', status: 'supported', help: 'print types behind the types that they need, to be compiled' },
  { name: 'structs', argument: 'none', group: 'filter', status: 'supported', help: 'only structs' },
  { name: 'unions', argument: 'none', group: 'filter', status: 'supported', help: 'only unions' },
  { name: 'packed', argument: 'none', group: 'filter', status: 'supported', help: 'only structs that are packed' },
  { name: 'numeric_version', argument: 'none', group: 'other', status: 'supported', help: 'print the version of pahole that this program follows as a number' },
  { name: 'sort', argument: 'none', group: 'select', status: 'supported', help: 'print the layouts ordered by name' },
  { name: 'prettify', argument: 'required', metavar: 'FILE', group: 'raw', status: 'planned', help: 'print the data in FILE as values of the type' },
  { name: 'hashbits', argument: 'required', metavar: 'N', group: 'other', status: 'supported', help: 'accepted for scripts, has no effect' },
  { name: 'ptr_table_stats', argument: 'none', group: 'other', status: 'planned', help: 'print statistics about internal tables' },
  { name: 'skip_encoding_btf_decl_tag', argument: 'none', group: 'encode', status: 'supported', help: 'with -J: write no declaration tags' },
  { name: 'skip_missing', argument: 'none', group: 'select', status: 'supported', help: 'go on with the other names of -C when one is not found' },
  { name: 'skip_encoding_btf_type_tag', argument: 'none', group: 'encode', status: 'supported', help: 'with -J: write no type tags' },
  { name: 'lang', argument: 'required', metavar: 'LIST', group: 'select', status: 'supported', help: 'only units in these languages; BTF counts as C' },
  { name: 'lang_exclude', argument: 'required', metavar: 'LIST', group: 'select', status: 'supported', help: 'leave out units in these languages; BTF counts as C' },
  { name: 'skip_encoding_btf_enum64', argument: 'none', group: 'encode', status: 'supported', help: 'with -J: write no 64-bit enums' },
  { name: 'skip_emitting_atomic_typedefs', argument: 'none', group: 'layout', status: 'supported', help: 'with --compile: define no base types such as atomic_int, which some compilers do' },
  { name: 'btf_gen_optimized', argument: 'none', group: 'encode', status: 'supported', help: 'with -J: accepted, has no effect' },
  { name: 'skip_encoding_btf_inconsistent_proto', argument: 'none', group: 'encode', status: 'supported', help: 'with -J: write no functions whose prototypes differ' },
  { name: 'btf_features', argument: 'required', metavar: 'LIST', group: 'encode', status: 'supported', help: 'with -J: names of features between commas; default, or a + in front: the default set' },
  { name: 'supported_btf_features', argument: 'none', group: 'encode', status: 'supported', help: 'list the names that --btf_features takes' },
  { name: 'btf_features_strict', argument: 'required', metavar: 'LIST', group: 'encode', status: 'supported', help: 'as --btf_features, and a name that is no feature is an error' },
  { name: 'reproducible_build', argument: 'none', group: 'encode', status: 'supported', help: 'with -J: accepted, the same input always gives the same bytes' },
  { name: 'running_kernel_vmlinux', argument: 'none', group: 'other', status: 'supported', help: 'print the path of the vmlinux of the running kernel' },
  { name: 'btf_attributes', argument: 'none', group: 'encode', status: 'supported', help: 'with -J: write attributes as tags' },
  { short: '?', name: 'help', argument: 'none', group: 'other', status: 'supported', help: 'print this help' },
  { name: 'usage', argument: 'none', group: 'other', status: 'supported', help: 'print a short summary of the options' },
  { name: 'program-name', argument: 'required', metavar: 'NAME', group: 'other', status: 'planned', hidden: true, help: 'name to use in messages' },
  { name: 'HANG', argument: 'optional', metavar: 'SECONDS', group: 'other', status: 'planned', hidden: true, help: 'wait before starting' },
  { name: 'version', argument: 'none', group: 'other', status: 'supported', help: 'print the version of pahole that this program follows' },
  { name: 'compat', argument: 'none', group: 'other', status: 'supported', own: true, help: 'print exactly what pahole prints, its mistakes included' },
  { name: 'json', argument: 'none', group: 'list', status: 'supported', own: true, help: 'print JSON' },
  { name: 'pin', argument: 'required', metavar: 'LIST', group: 'layout', status: 'supported', own: true, help: 'with -R: these members stay at their offsets' },
  { name: 'pin_first', argument: 'required', metavar: 'N', group: 'layout', status: 'supported', own: true, help: 'with -R: the first N members stay' },
  { name: 'group', argument: 'required', metavar: 'LIST', group: 'layout', status: 'supported', own: true, help: 'with -R: these members follow one another, in this order' },
  { name: 'same_line', argument: 'required', metavar: 'LIST', group: 'layout', status: 'supported', own: true, help: 'with -R: these members lie in one cacheline' },
  { name: 'apart', argument: 'required', metavar: 'LIST', group: 'layout', status: 'supported', own: true, help: 'with -R: no two of these members share a cacheline' },
  { name: 'keep_groups', argument: 'none', group: 'layout', status: 'supported', own: true, help: 'with -R: what lies between markers of cacheline groups stays there' },
  { name: 'max_moves', argument: 'required', metavar: 'N', group: 'layout', status: 'supported', own: true, help: 'with -R: make the best of N moves' },
  { name: 'nested', argument: 'none', group: 'layout', status: 'supported', own: true, help: 'with -R, -P: also inside the structs and unions without a name that are declared in place' },
  { name: 'moves', argument: 'none', group: 'list', status: 'supported', own: true, help: 'with -R: print the moves instead of the layout' },
  { name: 'diff', argument: 'none', group: 'list', status: 'supported', own: true, help: 'with -R: print the change of the order as a unified diff' },
  { name: 'patch', argument: 'none', group: 'list', status: 'supported', own: true, help: 'with -R and DWARF: print a patch of the source' },
  { name: 'counts', argument: 'required', metavar: 'FILE', group: 'list', status: 'supported', own: true, help: 'with -P: take the instances of each struct from FILE, as in /proc/slabinfo' },
  { name: 'padding', argument: 'required', metavar: 'BYTES', group: 'filter', status: 'supported', own: true, help: 'only structs with exactly this much padding' },
  { name: 'debuginfod', argument: 'none', group: 'input', status: 'supported', own: true, help: 'fetch the DWARF of a file that has none, by debuginfod-find' },
  { name: 'no_progress', argument: 'none', group: 'other', status: 'supported', own: true, help: 'show no progress of long work on a terminal' },
] as const;

/** All options, pahole's first. */
export const OPTIONS: readonly OptionSpec[] = ROWS;
