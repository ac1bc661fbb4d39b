/**
 * Writes man/tspahole.1 from its template and the option table of the command line. With `--check` it
 * writes nothing and fails when the page is not what it would write. Run it through scripts/run-ts.mjs.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { HELP } from '../src/cli/command.ts';
import { BTF_COMMANDS } from '../src/cli/commands/btf/btf.ts';
import { CORE_COMMANDS } from '../src/cli/commands/core/core.ts';
import { COMMANDS } from '../src/cli/commands/subcommand.ts';
import { GROUP_TITLES } from '../src/cli/help.ts';
import { EXPLAINED_OPTIONS } from '../src/cli/option-help.ts';

const page = new URL('../man/tspahole.1', import.meta.url);
const template = new URL('tspahole.1.in', import.meta.url);
const manifest = new URL('../package.json', import.meta.url);

/** Text that troff prints as it is. */
function troffText(text) {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^[.']/, '\\&$&');
}

function bold(text) {
  return `\\fB${troffText(text)}\\fR`;
}

/** An option with its value: `-j[N], --jobs[=N]`. */
function heading({ short, name, argument, metavar = 'VALUE' }) {
  const value = `\\fI${troffText(metavar)}\\fR`;
  const shortValue = { none: '', required: ` ${value}`, optional: `[${value}]` }[argument];
  const longValue = { none: '', required: `=${value}`, optional: `[=${value}]` }[argument];
  const long = bold(`--${name}`) + longValue;
  return short === undefined ? long : `${bold(`-${short}`)}${shortValue}, ${long}`;
}

function entry(option) {
  return `.TP\n${heading(option)}\n${troffText(option.help)}`;
}

function group([key, title]) {
  const options = EXPLAINED_OPTIONS.filter((option) => option.group === key && isListed(option, 'supported'));
  return options.length === 0 ? [] : [`.SS ${title}`, ...options.map(entry)];
}

function isListed({ hidden, status }, wanted) {
  return hidden === undefined && status === wanted;
}

/** The value of an option of a sub-command is optional only in its long form. */
function commandEntry({ name, short, metavar, optional, help }) {
  const argument = metavar === undefined ? 'none' : optional ? 'optional' : 'required';
  return entry({ name, short, argument, metavar, help });
}

/** What a sub-command is called with, does and takes. */
function commandSection({ name, synopsis, description, options }) {
  const calls = synopsis.map((words) => `.br\n${bold(`tspahole ${name}`)} ${troffText(words)}`);
  const entries = [...options, HELP].map(commandEntry);
  return [`.SS tspahole ${name}`, troffText(description), ...calls, ...entries].join('\n');
}

async function commandSections() {
  const groups = [BTF_COMMANDS, CORE_COMMANDS, COMMANDS];
  const commands = await Promise.all(groups.flatMap(Object.values).map((load) => load()));
  return commands.map(commandSection).join('\n');
}

function makePage(sections) {
  const { version } = JSON.parse(readFileSync(manifest, 'utf8'));
  const planned = EXPLAINED_OPTIONS.filter((option) => isListed(option, 'planned')).map(({ name }) =>
    bold(`--${name}`),
  );
  const body = readFileSync(template, 'utf8')
    .replace('@VERSION@', () => version)
    .replace('@OPTIONS@', () => Object.entries(GROUP_TITLES).flatMap(group).join('\n'))
    .replace('@COMMANDS@', () => sections)
    .replace('@PLANNED@', () => planned.join(',\n'));
  return `.\\" Made by scripts/make-man.mjs; change scripts/tspahole.1.in or the options in src/cli instead.\n${body}`;
}

const text = makePage(await commandSections());
if (!process.argv.includes('--check')) writeFileSync(page, text);
else if (!existsSync(page) || readFileSync(page, 'utf8') !== text) {
  console.error('man/tspahole.1 is out of date: run `npm run man`');
  process.exitCode = 1;
}
