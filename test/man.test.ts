/** The manual page that is committed is the one that the option table gives. */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { BTF_COMMANDS } from '../src/cli/commands/btf/btf.ts';
import { CORE_COMMANDS } from '../src/cli/commands/core/core.ts';
import { COMMANDS } from '../src/cli/commands/subcommand.ts';

it('man/tspahole.1 is up to date (`npm run man` makes it)', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['scripts/run-ts.mjs', 'scripts/make-man.mjs', '--check'],
    { cwd: fileURLToPath(new URL('..', import.meta.url)), encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

it('man/tspahole.1 has a section for each sub-command, also those of two words', () => {
  const page = readFileSync(new URL('../man/tspahole.1', import.meta.url), 'utf8');
  const found = [...page.matchAll(/^\.SS tspahole (.*)$/gm)].map(([, name]) => name);
  const namesOf = (prefix: string, group: object): string[] =>
    Object.keys(group).map((word) => prefix + word);
  expect(found).toEqual([
    ...namesOf('btf ', BTF_COMMANDS),
    ...namesOf('core ', CORE_COMMANDS),
    ...namesOf('', COMMANDS),
  ]);
});
