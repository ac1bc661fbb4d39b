/** The manual page that is committed is the one that the option table gives. */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('man/tspahole.1 is up to date (`npm run man` makes it)', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['scripts/run-ts.mjs', 'scripts/make-man.mjs', '--check'],
    { cwd: fileURLToPath(new URL('..', import.meta.url)), encoding: 'utf8' },
  );
  expect(stderr).toBe('');
  expect(status).toBe(0);
});
