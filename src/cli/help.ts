/** `--help` and `--usage`, made from the option table. */

import { Command, Option } from 'commander';
import { EXPLAINED_OPTIONS, type ExplainedOption, type OptionGroup } from './option-help.ts';

/** The text of `--help`: the supported options by group, the names of the others, examples. */
export function formatHelp(): string {
  const terms = new Map(SHOWN.map((option) => [option.name as string, term(option)]));
  const command = new Command('tspahole')
    .usage(
      '[option...] [file...]\n       tspahole [option...] type\n       tspahole sub-command [option...] [argument...]',
    )
    .description('Print types with their layout: members, offsets, sizes, holes, padding, cachelines.')
    .helpOption(false)
    .configureOutput({ getOutHelpWidth: () => WIDTH, getOutHasColors: () => false })
    .configureHelp({
      longestOptionTermLength: () => TERM_WIDTH,
      optionTerm: (option) => terms.get(option.name()) ?? option.flags,
      formatItem: (name, width, meaning, helper) => {
        const [first = '', ...rest] = helper.boxWrap(meaning, WIDTH - width - 4).split('\n');
        const start =
          name.length > width ? `  ${name}\n${' '.repeat(width + 4)}` : `  ${name.padEnd(width)}  `;
        return [start + first, ...rest.map((line) => ' '.repeat(width + 4) + line)].join('\n');
      },
    });
  for (const group of GROUPS) {
    for (const option of SHOWN.filter((candidate) => candidate.group === group)) {
      command.addOption(new Option(`--${option.name}`, option.help).helpGroup(`${GROUP_TITLES[group]}:`));
    }
  }
  return `${command.helpInformation()}\n${plannedText()}\n${NOTES}`;
}

/** The text of `--usage`: all supported options without their meaning. */
export function formatUsage(): string {
  const flags = SHOWN.filter(({ short, argument }) => short !== undefined && argument === 'none');
  const words = [
    `[-${flags.map(({ short }) => short).join('')}]`,
    ...SHOWN.filter(({ short, argument }) => short !== undefined && argument !== 'none').map(
      ({ short, argument, metavar }) =>
        argument === 'optional' ? `[-${short}[${metavar}]]` : `[-${short} ${metavar}]`,
    ),
    ...SHOWN.map((option) => `[${longForm(option)}]`),
    '[FILE...]',
  ];
  return `${wrap(['Usage: tspahole', ...words], '            ')}\n`;
}

/** Headings of the groups in the order that they are printed in. */
export const GROUP_TITLES: Readonly<Record<OptionGroup, string>> = {
  input: 'Where types come from',
  select: 'Which types',
  filter: 'Filters',
  search: 'Searches',
  layout: 'How a layout looks',
  list: 'Lists instead of layouts',
  encode: 'Writing BTF',
  raw: 'Raw data',
  other: 'Other',
};

const GROUPS = Object.keys(GROUP_TITLES) as readonly OptionGroup[];
const SHOWN: readonly ExplainedOption[] = EXPLAINED_OPTIONS.filter(
  ({ hidden, status }) => hidden === undefined && status === 'supported',
);
const WIDTH = 80;
/** Columns of the option names; a longer name moves its meaning to the right. */
const TERM_WIDTH = 28;

const NOTES = `Without a file the types are those of the running kernel. A sole word that is no
file and has no '/' and no '.' is the name of a type. The options are those of
pahole 1.31, and may be abbreviated and bundled as there.

Sub-commands; \`tspahole NAME --help\` says more:
  functions   prototypes, sizes and calls of functions, as pfunct does
  header      all types as a C header that compiles, vmlinux.h
  btf         dump, check, merge and rebase BTF
  core        on which kernels BPF programs load, and what they need of them
  probe       kernel probes with arguments by name
  version     the version of this program

Examples:
  tspahole task_struct                    a struct of the running kernel
  tspahole -C list_head,rb_node vmlinux   two structs from a file
  tspahole -E -C sk_buff                  the members of member types in place
  tspahole --sizes | sort -k2,2nr | head  the largest types
  tspahole -H 3 --sizes                   structs with three holes or more
  tspahole -i list_head                   the types with a member list_head
  tspahole --json -C task_struct          for programs
`;

function term(option: ExplainedOption): string {
  return `${option.short === undefined ? '    ' : `-${option.short}, `}${longForm(option)}`;
}

function longForm({ name, argument, metavar }: ExplainedOption): string {
  if (argument === 'none') return `--${name}`;
  return argument === 'optional' ? `--${name}[=${metavar}]` : `--${name}=${metavar}`;
}

function plannedText(): string {
  const names = EXPLAINED_OPTIONS.filter(
    ({ hidden, status }) => hidden === undefined && status === 'planned',
  );
  const words = names.map(({ name }, index) => `--${name}${index < names.length - 1 ? ',' : ''}`);
  return `Options of pahole that this version does not carry out:\n${wrap([' ', ...words], '  ')}\n`;
}

/** The words in lines of at most 79 columns; lines after the first start with `indent`. */
function wrap(words: readonly string[], indent: string): string {
  const lines: string[] = [];
  let line = words[0] ?? '';
  for (const word of words.slice(1)) {
    if (line.length + 1 + word.length < WIDTH) {
      line += ` ${word}`;
    } else {
      lines.push(line);
      line = indent + word;
    }
  }
  return [...lines, line].join('\n');
}
