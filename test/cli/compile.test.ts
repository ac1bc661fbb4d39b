/** `--compile` on the command line. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { btf, int, struct } from '../support/btf-writer.ts';
import { runCli } from '../support/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'tspahole-compile-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('--skip_emitting_atomic_typedefs', () => {
  const path = join(folder, 'atomic.btf');
  writeFileSync(path, btf([int('atomic_int', 4, 'signed'), struct('s', 4, [['a', 1, 0]])]));

  // Both are what pahole 1.31 prints.
  it.each([[[]], [['--compat']]])('leaves a typedef out that is printed without it %j', async (mode) => {
    const printed = async (...words: string[]): Promise<string> =>
      (await runCli([...mode, '--compile', '-q', ...words, '-C', 's', path])).stdout.toString();
    expect(await printed()).toMatch(/^typedef _Atomic int atomic_int;\n\nstruct s \{\n/);
    expect(await printed('--skip_emitting_atomic_typedefs')).toMatch(/^struct s \{\n/);
  });
});
