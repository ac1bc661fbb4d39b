import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatHelp, formatUsage, GROUP_TITLES } from '../../src/cli/help.ts';
import { EXPLAINED_OPTIONS, type ExplainedOption } from '../../src/cli/option-help.ts';

/** All names that `pahole --=` of pahole 1.31 lists, in its order. */
const PAHOLE_NAMES = `bit_holes cacheline_size class_name count skip seek_bytes size_bytes range header_type
  find_pointers_to format_path contains contains_enumerator show_decl_info holes padding_ge hole_size_ge
  packable with_flexible_array with_embedded_flexible_array expand_types nr_members rel_offset recursive
  reorganize show_reorg_steps class_name_len show_first_biggest_size_base_type_member nr_methods
  show_only_data_members expand_pointers sizes separator nr_definitions decl_exclude exclude prefix_filter
  cu_exclude anon_include nested_anon_include quiet defined_in verbose word_size ctf_encode flat_arrays
  suppress_aligned_attribute suppress_force_paddings suppress_packed show_private_classes
  fixup_silly_bitfields first_obj_only classes_as_structs hex btf_base kabi_prefix jobs btf_encode
  btf_encode_detached skip_encoding_btf_vars btf_encode_force btf_gen_floats btf_gen_all compile structs
  unions packed numeric_version sort prettify hashbits ptr_table_stats skip_encoding_btf_decl_tag
  skip_missing skip_encoding_btf_type_tag lang lang_exclude skip_encoding_btf_enum64
  skip_emitting_atomic_typedefs btf_gen_optimized skip_encoding_btf_inconsistent_proto btf_features
  supported_btf_features btf_features_strict reproducible_build running_kernel_vmlinux btf_attributes help
  usage program-name HANG version`.split(/\s+/);

/** The short options of `pahole --usage`: without a value, with one, with an optional one. */
const PAHOLE_SHORT = { none: 'aAdEIJlmMnNpPqrRsSTuVZ?', required: 'BcCDfFHitwxXyz', optional: 'j' };

describe('the option table', () => {
  it('has every name of pahole in the order of pahole', () => {
    expect(EXPLAINED_OPTIONS.filter(({ own }) => !own).map(({ name }) => name)).toEqual(PAHOLE_NAMES);
  });

  it.each(['none', 'required', 'optional'] as const)(
    'has the short options of pahole with argument %s',
    (kind) => {
      const letters = EXPLAINED_OPTIONS.filter(({ short, argument }) => short && argument === kind).map(
        ({ short }) => short,
      );
      expect(letters).toHaveLength(PAHOLE_SHORT[kind].length);
      expect(new Set(letters)).toEqual(new Set(PAHOLE_SHORT[kind]));
    },
  );

  it('names the value of every option that takes one, and of no other', () => {
    for (const { name, argument, metavar } of EXPLAINED_OPTIONS) {
      expect([name, metavar !== undefined]).toEqual([name, argument !== 'none']);
    }
  });

  it('adds some of our own', () => {
    const own =
      'compat json pin pin_first group same_line apart keep_groups max_moves nested moves diff patch counts padding debuginfod no_progress';
    expect(EXPLAINED_OPTIONS.filter((option) => option.own).map(({ name }) => name)).toEqual(own.split(' '));
  });
});

describe('docs/cli.md', () => {
  const document = readFileSync(new URL('../../docs/cli.md', import.meta.url), 'utf8');

  it.each(EXPLAINED_OPTIONS.filter(({ hidden }) => !hidden))(
    'explains --$name as the table does',
    (option) => {
      const status = option.status === 'planned' ? '; *not in this version*' : '';
      expect(document).toContain(`| ${documentedTerm(option)} | ${option.help}${status} |\n`);
    },
  );

  it.each(EXPLAINED_OPTIONS.filter(({ hidden }) => hidden))('mentions --$name', ({ name }) => {
    expect(document).toContain(`\`--${name}\``);
  });

  it('has a heading for every group', () => {
    for (const title of Object.values(GROUP_TITLES)) expect(document).toContain(`### ${title}\n`);
  });
});

describe('--help', () => {
  const help = formatHelp();

  it.each(EXPLAINED_OPTIONS.filter(({ hidden }) => !hidden))('lists --$name', ({ name }) => {
    expect(help).toMatch(new RegExp(`--${name}\\b`));
  });

  it('fits a terminal of 80 columns', () => {
    expect(help.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

describe('--usage', () => {
  it('lists the supported options and no others', () => {
    const listed = [...formatUsage().matchAll(/\[--([\w-]+)/g)].map(([, name]) => name);
    const supported = EXPLAINED_OPTIONS.filter(({ status }) => status === 'supported').map(
      ({ name }) => name,
    );
    expect(listed).toEqual(supported);
  });

  it('fits a terminal of 80 columns', () => {
    expect(
      formatUsage()
        .split('\n')
        .filter((line) => line.length >= 80),
    ).toEqual([]);
  });
});

function documentedTerm({ short, name, argument, metavar }: ExplainedOption): string {
  const value = { none: '', required: `=${metavar}`, optional: `[=${metavar}]` }[argument];
  return `${short === undefined ? '' : `\`-${short}\`, `}\`--${name}${value}\``;
}
