/**
 * The table of all options: those of pahole 1.31, in pahole's order (an ambiguous abbreviation lists the
 * candidates in it), and our own. Every name of pahole is here, built or not, so that an abbreviation
 * never changes its meaning when an option is added.
 */

/** One option as the parser and the settings see it; option-help.ts explains it. */
export interface OptionSpec {
  /** Long name without dashes, the key of the option everywhere. */
  readonly name: OptionName;
  /** Short name without the dash. */
  readonly short?: string;
  /** Whether a value follows. An optional value counts only where it is attached (`-j4`, `--jobs=4`). */
  readonly argument: 'none' | 'required' | 'optional';
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
  { short: 'B', name: 'bit_holes', argument: 'required', status: 'supported' },
  { short: 'c', name: 'cacheline_size', argument: 'required', status: 'supported' },
  { short: 'C', name: 'class_name', argument: 'required', status: 'supported' },
  { name: 'count', argument: 'required', status: 'planned' },
  { name: 'skip', argument: 'required', status: 'planned' },
  { name: 'seek_bytes', argument: 'required', status: 'planned' },
  { name: 'size_bytes', argument: 'required', status: 'planned' },
  { name: 'range', argument: 'required', status: 'planned' },
  { name: 'header_type', argument: 'required', status: 'planned' },
  { short: 'f', name: 'find_pointers_to', argument: 'required', status: 'supported' },
  { short: 'F', name: 'format_path', argument: 'required', status: 'supported' },
  { short: 'i', name: 'contains', argument: 'required', status: 'supported' },
  { name: 'contains_enumerator', argument: 'required', status: 'supported' },
  { short: 'I', name: 'show_decl_info', argument: 'none', status: 'supported' },
  { short: 'H', name: 'holes', argument: 'required', status: 'supported' },
  { name: 'padding_ge', argument: 'required', status: 'supported' },
  { short: 'z', name: 'hole_size_ge', argument: 'required', status: 'supported' },
  { short: 'P', name: 'packable', argument: 'none', status: 'supported' },
  { name: 'with_flexible_array', argument: 'none', status: 'supported' },
  { name: 'with_embedded_flexible_array', argument: 'none', status: 'supported' },
  { short: 'E', name: 'expand_types', argument: 'none', status: 'supported' },
  { short: 'n', name: 'nr_members', argument: 'none', status: 'supported' },
  { short: 'r', name: 'rel_offset', argument: 'none', status: 'supported' },
  { short: 'd', name: 'recursive', argument: 'none', status: 'supported' },
  { short: 'R', name: 'reorganize', argument: 'none', status: 'supported' },
  { short: 'S', name: 'show_reorg_steps', argument: 'none', status: 'supported' },
  { short: 'N', name: 'class_name_len', argument: 'none', status: 'supported' },
  { short: 'l', name: 'show_first_biggest_size_base_type_member', argument: 'none', status: 'supported' },
  { short: 'm', name: 'nr_methods', argument: 'none', status: 'supported' },
  { short: 'M', name: 'show_only_data_members', argument: 'none', status: 'supported' },
  { short: 'p', name: 'expand_pointers', argument: 'none', status: 'supported' },
  { short: 's', name: 'sizes', argument: 'none', status: 'supported' },
  { short: 't', name: 'separator', argument: 'required', status: 'supported' },
  { short: 'T', name: 'nr_definitions', argument: 'none', status: 'supported' },
  { short: 'D', name: 'decl_exclude', argument: 'required', status: 'supported' },
  { short: 'x', name: 'exclude', argument: 'required', status: 'supported' },
  { short: 'y', name: 'prefix_filter', argument: 'required', status: 'supported' },
  { short: 'X', name: 'cu_exclude', argument: 'required', status: 'supported' },
  { short: 'a', name: 'anon_include', argument: 'none', status: 'supported' },
  { short: 'A', name: 'nested_anon_include', argument: 'none', status: 'supported' },
  { short: 'q', name: 'quiet', argument: 'none', status: 'supported' },
  { short: 'u', name: 'defined_in', argument: 'none', status: 'supported' },
  { short: 'V', name: 'verbose', argument: 'none', status: 'supported' },
  { short: 'w', name: 'word_size', argument: 'required', status: 'supported' },
  { short: 'Z', name: 'ctf_encode', argument: 'none', status: 'planned' },
  { name: 'flat_arrays', argument: 'none', status: 'supported' },
  { name: 'suppress_aligned_attribute', argument: 'none', status: 'supported' },
  { name: 'suppress_force_paddings', argument: 'none', status: 'supported' },
  { name: 'suppress_packed', argument: 'none', status: 'supported' },
  { name: 'show_private_classes', argument: 'none', status: 'supported' },
  { name: 'fixup_silly_bitfields', argument: 'none', status: 'supported' },
  { name: 'first_obj_only', argument: 'none', status: 'supported' },
  { name: 'classes_as_structs', argument: 'none', status: 'supported' },
  { name: 'hex', argument: 'none', status: 'supported' },
  { name: 'btf_base', argument: 'required', status: 'supported' },
  { name: 'kabi_prefix', argument: 'required', status: 'supported' },
  { short: 'j', name: 'jobs', argument: 'optional', status: 'supported' },
  { short: 'J', name: 'btf_encode', argument: 'none', status: 'supported' },
  { name: 'btf_encode_detached', argument: 'required', status: 'supported' },
  { name: 'skip_encoding_btf_vars', argument: 'none', status: 'supported' },
  { name: 'btf_encode_force', argument: 'none', status: 'supported' },
  { name: 'btf_gen_floats', argument: 'none', status: 'supported' },
  { name: 'btf_gen_all', argument: 'none', status: 'supported' },
  { name: 'compile', argument: 'none', status: 'supported' },
  { name: 'structs', argument: 'none', status: 'supported' },
  { name: 'unions', argument: 'none', status: 'supported' },
  { name: 'packed', argument: 'none', status: 'supported' },
  { name: 'numeric_version', argument: 'none', status: 'supported' },
  { name: 'sort', argument: 'none', status: 'supported' },
  { name: 'prettify', argument: 'required', status: 'planned' },
  { name: 'hashbits', argument: 'required', status: 'supported' },
  { name: 'ptr_table_stats', argument: 'none', status: 'planned' },
  { name: 'skip_encoding_btf_decl_tag', argument: 'none', status: 'supported' },
  { name: 'skip_missing', argument: 'none', status: 'supported' },
  { name: 'skip_encoding_btf_type_tag', argument: 'none', status: 'supported' },
  { name: 'lang', argument: 'required', status: 'supported' },
  { name: 'lang_exclude', argument: 'required', status: 'supported' },
  { name: 'skip_encoding_btf_enum64', argument: 'none', status: 'supported' },
  { name: 'skip_emitting_atomic_typedefs', argument: 'none', status: 'supported' },
  { name: 'btf_gen_optimized', argument: 'none', status: 'supported' },
  { name: 'skip_encoding_btf_inconsistent_proto', argument: 'none', status: 'supported' },
  { name: 'btf_features', argument: 'required', status: 'supported' },
  { name: 'supported_btf_features', argument: 'none', status: 'supported' },
  { name: 'btf_features_strict', argument: 'required', status: 'supported' },
  { name: 'reproducible_build', argument: 'none', status: 'supported' },
  { name: 'running_kernel_vmlinux', argument: 'none', status: 'supported' },
  { name: 'btf_attributes', argument: 'none', status: 'supported' },
  { short: '?', name: 'help', argument: 'none', status: 'supported' },
  { name: 'usage', argument: 'none', status: 'supported' },
  { name: 'program-name', argument: 'required', status: 'planned', hidden: true },
  { name: 'HANG', argument: 'optional', status: 'planned', hidden: true },
  { name: 'version', argument: 'none', status: 'supported' },
  { name: 'compat', argument: 'none', status: 'supported', own: true },
  { name: 'json', argument: 'none', status: 'supported', own: true },
  { name: 'pin', argument: 'required', status: 'supported', own: true },
  { name: 'pin_first', argument: 'required', status: 'supported', own: true },
  { name: 'group', argument: 'required', status: 'supported', own: true },
  { name: 'same_line', argument: 'required', status: 'supported', own: true },
  { name: 'apart', argument: 'required', status: 'supported', own: true },
  { name: 'keep_groups', argument: 'none', status: 'supported', own: true },
  { name: 'max_moves', argument: 'required', status: 'supported', own: true },
  { name: 'nested', argument: 'none', status: 'supported', own: true },
  { name: 'moves', argument: 'none', status: 'supported', own: true },
  { name: 'diff', argument: 'none', status: 'supported', own: true },
  { name: 'patch', argument: 'none', status: 'supported', own: true },
  { name: 'counts', argument: 'required', status: 'supported', own: true },
  { name: 'padding', argument: 'required', status: 'supported', own: true },
  { name: 'debuginfod', argument: 'none', status: 'supported', own: true },
  { name: 'no_progress', argument: 'none', status: 'supported', own: true },
] as const;

/** All options, pahole's first. */
export const OPTIONS: readonly OptionSpec[] = ROWS;
