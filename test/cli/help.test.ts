/** What `--help` names besides options. */

import { expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/subcommand.ts';
import { formatHelp } from '../../src/cli/help.ts';

it('names every sub-command', () => {
  const section = /^Sub-commands;.*\n((?: {2}.*\n)+)/m.exec(formatHelp())?.[1] ?? '';
  const names = [...section.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name);
  expect(new Set(names)).toEqual(new Set([...Object.keys(COMMANDS), 'btf', 'core']));
});
