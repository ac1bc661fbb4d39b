/**
 * `--reorganize` and its witnesses: pahole 1.31 for `--compat`, and the compiler, which lays every reorganized
 * struct out again.
 */

import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Kind, Layouts, loadSync, RUNNING_KERNEL_BTF, type TypeTable } from '../../src/index.ts';
import { reorganize } from '../../src/layout/reorganize.ts';
import { StructModels } from '../../src/layout/reorganize-model.ts';
import { reorganizeNested } from '../../src/layout/reorganize-nested.ts';
import { fixtureFiles, fixtureTable } from '../support/fixtures.ts';
import { firstDifference, hasPeer, paholeVersion, runPeer } from '../support/peer.ts';
import { runCli } from '../support/run-cli.ts';
import { Claims, hasCompiler } from './reorganize-judge.ts';

const TIMEOUT = 900_000;
const hasKernel = existsSync(RUNNING_KERNEL_BTF);

/** Elements at equal distances, at least `count` of them. */
function sample<T>(all: readonly T[], count: number): T[] {
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, index) => index % step === 0);
}

function namesWithHoles(table: TypeTable): string[] {
  const layouts = new Layouts(table);
  const models = new StructModels(layouts);
  const names = new Set<string>();
  for (let id = 1; id < table.end; id++) {
    if (table.kind(id) === Kind.Struct && table.nameOffset(id) !== 0 && models.hasRoom(id)) {
      names.add(table.name(id));
    }
  }
  return [...names];
}

if (!hasPeer) it.skip(`pahole v1.31: \`pahole --version\` says ${paholeVersion}`, () => {});
else if (!hasKernel) it.skip(`pahole v1.31: no ${RUNNING_KERNEL_BTF}`, () => {});
else {
  describe('--compat prints what pahole 1.31 prints', () => {
    it.each([
      [['-R'], 300],
      [['-R', '-S', '-V'], 50],
    ] as const)(
      '%s',
      async (options, count) => {
        let compared = 0;
        for (const name of sample(namesWithHoles(loadSync().table()), count)) {
          const args = ['-F', 'btf', ...options, '-C', name, RUNNING_KERNEL_BTF];
          const peer = runPeer(args, { timeout: 5_000, maxBytes: 1 << 22 });
          // Some it never answers.
          if (peer.code !== 0) continue;
          const own = await runCli(['--compat', ...args]);
          expect(firstDifference(peer.stdout, own.stdout), name).toBe('');
          compared++;
        }
        expect(compared).toBeGreaterThan(0.95 * count);
      },
      TIMEOUT,
    );

    it(
      '-P, but for what pahole does not end on',
      async () => {
        const args = ['-F', 'btf', '-P', '-x', 'pglist_data', RUNNING_KERNEL_BTF];
        const own = await runCli(['--compat', ...args]);
        expect(firstDifference(runPeer(args).stdout, own.stdout)).toBe('');
      },
      TIMEOUT,
    );
  });
}

describe.skipIf(!hasCompiler)(
  'the compiler gives sizes and offsets as claimed (skipped without gcc on x86-64)',
  () => {
    it.each([false, true])(
      'for the fixtures, with what is in them: %s',
      (isNested) => {
        const claims = new Claims();
        for (const table of fixtureFiles.map(fixtureTable)) claimAll(claims, table, isNested);
        expect(claims.structCount).toBeGreaterThan(100);
        expect(claims.judge()).toBe('');
      },
      TIMEOUT,
    );
  },
);

function claimAll(claims: Claims, table: TypeTable, isNested: boolean): void {
  const models = new StructModels(new Layouts(table));
  for (let id = 1; id < table.end; id++) {
    const model = models.of(id);
    if (typeof model === 'string') continue;
    // The claims must be true however long the search was.
    const options = { isQuick: true };
    const result = isNested ? reorganizeNested(models, model, options) : reorganize(model, options);
    if (result !== undefined) claims.add(models, result);
  }
}
