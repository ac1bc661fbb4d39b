/**
 * The rules of the command line in which the default differs from pahole 1.31: what is printed, exit
 * codes, messages. Each has the name that docs/compat.md uses and a command line that shows it.
 */

/** What a program printed and how it ended. */
export interface Outcome {
  readonly stdout: string;
  readonly code: number;
  /** A line of standard error, without the name of the program; absent: standard error is empty. */
  readonly message?: string;
}

export interface CommandRule {
  readonly name: string;
  /** Files are those of test/fixtures. */
  readonly args: readonly string[];
  /** By pahole and by `--compat`. */
  readonly compat: Outcome;
  readonly own: Outcome;
}

const ONE_BYTE = 'one_byte\t6\t1\n';
const TIGHT = 'tight\t8\t0\n';
const LARGE = 'large\t512\t1\n';
const PADDED = ['padded\t16\t0\n', 'both\t24\t1\n', 'of_holes_twice\t80\t0\n'].join('');
const PADDED_TOO = ['in_union\t24\t1\n', 'bool_hole\t24\t1\n'].join('');
const NUMBERS =
  'list\t2\nnode\t5\ninner\t2\neither\t2\nouter\t19\nchain_3\t2\nchain_4\t3\npointers\t3\nby_typedef\t3\n';
const WORDS = 'item\t24\t0\npacked_long\t12\t0\n';

/** A struct or union of int members, as `-q` prints it. */
function ofInts(head: string, ...members: string[]): string {
  const lines = members.map((member) => `\tint                        ${member};\n`);
  return `${head} {\n${lines.join('')}};\n`;
}

const BEFORE_KINDS = [
  ofInts('struct Zz', 'x'),
  ofInts('struct a', 'x'),
  ofInts('struct aa', 'x'),
  ofInts('struct bits', 'a:3'),
  ofInts('struct bits', 'a:4'),
];
const NAMES = [ofInts('struct names', 'a'), ofInts('struct names', 'b')];
const BEHIND_SIZES = [
  ofInts('struct twice', 'a', 'b'),
  ofInts('struct types', 'a').replace('int ', 'char'),
  ofInts('struct types', 'a'),
  ofInts('struct unnamed', 'a'),
  'struct unnamed {\n\tstruct {\n\t\tint                a;\n\t};\n};\n',
];

/** The file that stands for the running kernel where a command names none. */
export const RUNNING_KERNEL = 'holes.btf';

export const commandRules: readonly CommandRule[] = [
  {
    name: 'stopAtMissing',
    args: ['-F', 'btf', '-s', '-C', 'one_byte,missing,tight', 'holes.btf'],
    compat: { stdout: `${ONE_BYTE}\n`, code: 0, message: "type 'missing' not found" },
    own: { stdout: `${ONE_BYTE}\n${TIGHT}\n`, code: 1, message: "type 'missing' not found" },
  },
  {
    name: 'notFound',
    args: ['-F', 'btf', '-s', '--skip_missing', '-C', 'tight,missing,missing_too', 'holes.btf'],
    compat: { stdout: `${TIGHT}\n`, code: 0, message: "type 'missing' not found" },
    own: { stdout: `${TIGHT}\n`, code: 1, message: "type 'missing_too' not found" },
  },
  {
    name: 'severalNameOptions',
    args: ['-F', 'btf', '-s', '-C', 'one_byte', '-C', 'tight', 'holes.btf'],
    compat: { stdout: `${TIGHT}\n`, code: 0 },
    own: { stdout: `${ONE_BYTE}\n${TIGHT}\n`, code: 0 },
  },
  {
    name: 'severalNameOptions',
    args: ['-F', 'btf', '-C', 'one_byte', '-i', 'tight', 'holes.btf'],
    compat: { stdout: 'of_tight\n', code: 0 },
    own: { stdout: '', code: 2, message: '--contains and --class_name exclude one another' },
  },
  {
    name: 'blanksInNames',
    args: ['-F', 'btf', '-s', '-C', 'one_byte, tight', 'holes.btf'],
    compat: { stdout: `${ONE_BYTE}\n`, code: 0, message: "type ' tight' not found" },
    own: { stdout: `${ONE_BYTE}\n${TIGHT}\n`, code: 0 },
  },
  {
    name: 'blanksInNames',
    args: ['-F', 'btf', '-s', '-C', ',tight', 'holes.btf'],
    compat: { stdout: '', code: 0, message: "type '' not found" },
    own: { stdout: `${TIGHT}\n`, code: 0 },
  },
  {
    name: 'separator',
    args: ['-F', 'btf', '-s', '-t', '::', '-C', 'tight', 'holes.btf'],
    compat: { stdout: 'tight:8:0\n\n', code: 0 },
    own: { stdout: 'tight::8::0\n\n', code: 0 },
  },
  {
    name: 'anonymousName',
    args: ['-F', 'btf', '-n', '-a', '-H', '1', 'anonymous.btf'],
    compat: {
      stdout: `named_member\t3\n${'(null)\t2\n'.repeat(5)}uses\t6\nhole_inside\t4\n(null)\t3\n`,
      code: 0,
    },
    own: {
      stdout: `named_member\t3\n${'(anonymous)\t2\n'.repeat(4)}by_typedef\t2\nuses\t6\nhole_inside\t4\nall_kinds\t3\n`,
      code: 0,
    },
  },
  {
    name: 'enumeratorNotFound',
    args: ['-F', 'btf', '-n', '--contains_enumerator', 'NOPE', 'linked.btf'],
    compat: { stdout: NUMBERS, code: 0 },
    own: { stdout: '', code: 1, message: "no enum has an enumerator 'NOPE'" },
  },
  {
    name: 'soleOperand',
    args: ['-s', 'no.such.file'],
    compat: { stdout: '', code: 0, message: "type 'no.such.file' not found" },
    own: { stdout: '', code: 1, message: 'no.such.file: no such file' },
  },
  {
    name: 'soleOperand',
    args: ['-s', 'tight', 'words-32.btf'],
    compat: { stdout: `${TIGHT}\n`, code: 0 },
    own: { stdout: WORDS, code: 1, message: 'tight: no such file' },
  },
  {
    name: 'unreadableFile',
    args: ['-F', 'btf', '-s', '-C', 'tight', 'missing.btf', 'holes.btf'],
    compat: { stdout: '', code: 1, message: 'missing.btf: Invalid argument' },
    own: { stdout: `${TIGHT}\n`, code: 1, message: 'missing.btf: no such file' },
  },
  {
    name: 'unreadableFile',
    args: ['-F', 'btf', '-n', 'linked.btf', 'missing.btf', 'words-32.btf'],
    compat: { stdout: NUMBERS, code: 1, message: "file 'linked.btf' has no btf type information." },
    own: { stdout: `${NUMBERS}item\t4\npacked_long\t2\n`, code: 1, message: 'missing.btf: no such file' },
  },
  {
    name: 'exactPadding',
    args: ['-F', 'btf', '-s', '--padding=7', 'holes.btf'],
    compat: { stdout: `${PADDED}${LARGE}${PADDED_TOO}`, code: 0 },
    own: { stdout: `${PADDED}${PADDED_TOO}`, code: 0 },
  },
  {
    name: 'numbers',
    args: ['-F', 'btf', '-s', '-H', '2x', 'holes.btf'],
    compat: { stdout: 'several\t24\t3\nnested\t48\t2\n', code: 0 },
    own: { stdout: '', code: 2, message: "--holes: '2x' is not a number of 0 or more" },
  },
  {
    name: 'languages',
    args: ['-F', 'btf', '-n', '--lang=c99', 'linked.btf'],
    compat: { stdout: '', code: 0 },
    own: { stdout: NUMBERS, code: 0 },
  },
  {
    name: 'contradictions',
    args: ['-F', 'btf', '-s', '--structs', '--unions', 'linked.btf'],
    compat: { stdout: '', code: 0 },
    own: {
      stdout: '',
      code: 2,
      message:
        '--unions excludes --structs, --packed and --with_embedded_flexible_array: no type would be left',
    },
  },
  {
    name: 'formats',
    args: ['-F', 'btf,foo', '-n', 'linked.btf'],
    compat: { stdout: NUMBERS, code: 0 },
    own: { stdout: '', code: 2, message: "--format_path: 'foo' is none of dwarf, btf, ctf" },
  },
  {
    name: 'optionErrors',
    args: ['--no_such_option'],
    compat: { stdout: '', code: 64, message: "unrecognized option '--no_such_option'" },
    own: { stdout: '', code: 2, message: 'unknown option --no_such_option' },
  },
  {
    name: 'kindIgnored',
    args: ['-F', 'btf', '-N', '-y', 'kinds', 'same-names.btf'],
    compat: { stdout: 'kinds\t5\n', code: 0 },
    own: { stdout: 'kinds\t5\nkinds\t5\n', code: 0 },
  },
  {
    name: 'sortPrefix',
    args: ['-F', 'btf', '-q', '--sort', '--suppress_aligned_attribute', 'same-names.btf'],
    compat: {
      stdout: [
        ...BEFORE_KINDS,
        ofInts('struct kinds', 'a'),
        ofInts('struct longer', 'a'),
        ...NAMES,
        ofInts('struct no_members'),
        ofInts('struct sizes', 'a'),
        ...BEHIND_SIZES,
      ].join(''),
      code: 0,
    },
    own: {
      stdout: [
        ...BEFORE_KINDS,
        ofInts('struct kinds', 'a'),
        ofInts('union kinds', 'a'),
        ofInts('struct longer', 'a'),
        ofInts('struct longer', 'a', 'b'),
        ...NAMES,
        ofInts('struct no_members'),
        ofInts('union no_members'),
        ofInts('struct sizes', 'a'),
        ofInts('struct sizes', 'a'),
        ...BEHIND_SIZES,
      ].join(''),
      code: 0,
    },
  },
  {
    name: 'sortedLists',
    args: ['-F', 'btf', '-s', '--sort', '-y', 'types', 'same-names.btf'],
    compat: { stdout: 'types\t8\t0\ntypes\t8\t0\n', code: 0 },
    own: { stdout: 'types\t8\t0\n', code: 0 },
  },
  {
    name: 'definitionsInUnit',
    args: ['-F', 'btf', '-T', '-y', 'types', 'same-names.btf'],
    compat: { stdout: 'types\t2\n', code: 0 },
    own: { stdout: 'types\t1\n', code: 0 },
  },
  {
    name: 'narrowCounters',
    args: ['-F', 'btf', '-s', '-H', '1', 'many-holes.btf'],
    compat: { stdout: 'holes_300\t2400\t44\n', code: 0 },
    own: { stdout: 'holes_256\t2048\t256\nholes_300\t2400\t300\n', code: 0 },
  },
];
