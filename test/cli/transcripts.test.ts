/**
 * Runs the command lines in cases/*.txt through the built program and compares what they print.
 *
 * A case is a line `$ command`, the output of the command (both streams), and a line `exit N`. Commands
 * run in a shell in which `tspahole` and `pahole` are links to bin/tspahole.js. Lines between cases are
 * comments. With UPDATE=1 the files are written anew.
 */

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const casesDirectory = join(root, 'test/cli/cases');
const bin = mkdtempSync(join(tmpdir(), 'tspahole-bin-'));
for (const name of ['tspahole', 'pahole']) symlinkSync(join(root, 'bin/tspahole.js'), join(bin, name));
afterAll(() => rmSync(bin, { recursive: true }));

it('the command line is built', () => {
  expect(existsSync(join(root, 'dist/cli/main.js')), 'run `npm run build` first').toBe(true);
});

describe.each(readdirSync(casesDirectory))('%s', (name) => {
  const path = join(casesDirectory, name);
  if (process.env.UPDATE === '1') {
    writeFileSync(path, parseCases(readFileSync(path, 'utf8')).map(rerun).join(''));
  }
  const cases = parseCases(readFileSync(path, 'utf8'));

  it.each(cases.filter(({ command }) => command !== ''))('$command', (recorded) => {
    expect(transcript(recorded.command)).toBe(recorded.transcript);
  });
});

interface Case {
  /** The lines before the command, as they are. */
  readonly comment: string;
  /** Empty for what follows the last case. */
  readonly command: string;
  /** From the line of the command to that of the exit code. */
  readonly transcript: string;
}

function parseCases(text: string): Case[] {
  const cases: Case[] = [];
  let rest = text;
  for (;;) {
    const found = /^\$ (.*)\n(?:.*\n)*?exit \d+\n/m.exec(rest);
    if (found === null) return [...cases, { comment: rest, command: '', transcript: '' }];
    cases.push({
      comment: rest.slice(0, found.index),
      command: found[1] as string,
      transcript: found[0],
    });
    rest = rest.slice(found.index + found[0].length);
  }
}

function rerun({ comment, command }: Case): string {
  return comment + (command === '' ? '' : transcript(command));
}

function transcript(command: string): string {
  const { PAHOLE_LANG_EXCLUDE: _languages, TSPAHOLE_DEBUG: _debug, ...inherited } = process.env;
  const env = { ...inherited, PATH: bin + delimiter + process.env.PATH, LC_ALL: 'C' };
  const result = spawnSync('sh', ['-c', `exec 2>&1\n${command}`], { cwd: root, env, encoding: 'utf8' });
  const newline = result.stdout === '' || result.stdout.endsWith('\n') ? '' : '\n';
  return `$ ${command}\n${result.stdout}${newline}exit ${result.status}\n`;
}
