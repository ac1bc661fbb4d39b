/**
 * `--reorganize` and its witnesses: pahole 1.31 for `--compat`, and the compiler, which lays every reorganized
 * struct out again. TSPAHOLE_ALL=1 takes all structs of the running kernel in place of a sample.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Kind, Layouts, loadSync, RUNNING_KERNEL_BTF, type TypeTable } from '../../src/index.ts';
import { type Reorganization, reorganize } from '../../src/layout/reorganize.ts';
import { StructModels } from '../../src/layout/reorganize-model.ts';
import { placesOfOrder, type Unit } from '../../src/layout/reorganize-place.ts';
import { fixtureFiles, fixtureTable } from '../support/fixtures.ts';
import { firstDifference, hasPeer, paholeVersion, runPeer } from '../support/peer.ts';
import { runCli } from '../support/run-cli.ts';

const TIMEOUT = 300_000;
const hasKernel = existsSync(RUNNING_KERNEL_BTF);
const isWhole = process.env.TSPAHOLE_ALL === '1';
const directory = mkdtempSync(join(tmpdir(), 'tspahole-reorganize-'));
afterAll(() => rmSync(directory, { recursive: true }));

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
        for (const name of sample(namesWithHoles(loadSync().table()), count)) {
          const args = ['-F', 'btf', ...options, '-C', name, RUNNING_KERNEL_BTF];
          const peer = runPeer(args, { timeout: 5_000, maxBytes: 1 << 22 });
          // Some it never answers.
          if (peer.code !== 0) continue;
          const own = await runCli(['--compat', ...args]);
          expect(firstDifference(peer.stdout, own.stdout), name).toBe('');
        }
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

/** A unit in C: bytes of the size and alignment of a member, bitfields as they are. */
function declarationOf({ first, byteSize, alignment, fields }: Unit): string {
  if (fields === undefined) return `char m${first}[${byteSize}] __attribute__((__aligned__(${alignment})));`;
  const types: Record<number, string> = {
    1: 'unsigned char',
    2: 'unsigned short',
    4: 'unsigned',
    8: 'unsigned long long',
    16: 'unsigned __int128',
  };
  const bitfield = ({ member, bitSize, unitSize }: (typeof fields)[number]): string =>
    `${types[unitSize]} ${member === undefined ? '' : `m${member}`}:${bitSize};`;
  return fields.map(bitfield).join(' ');
}

/** A struct in its new order, and what must be so for the claim about it to be true. */
function claimOf(
  { model, order, byteSize }: Reorganization,
  tag: string,
): { text: string; checks: string[] } {
  const units = order.map((index) => model.units[index] as Unit);
  const body = units.map(declarationOf).join(' ');
  const text = `struct ${tag} { ${body} } __attribute__((__aligned__(${model.alignment})));\n`;
  const isBitfield = (index: number): boolean =>
    units.some(({ fields, first, end }) => fields !== undefined && first <= index && index < end);
  const checks = placesOfOrder(units).map(([index, bit]) =>
    isBitfield(index)
      ? `{ static struct ${tag} v; v.m${index} = 1; if (firstBit(&v, sizeof v) != ${bit}) return 1; }`
      : `if (__builtin_offsetof(struct ${tag}, m${index}) != ${bit / 8}) return 1;`,
  );
  return { text, checks: [`if (sizeof(struct ${tag}) != ${byteSize}) return 1;`, ...checks] };
}

const FIRST_BIT = `static long firstBit(void *at, unsigned long size) {
  for (unsigned long bit = 0; bit < size * 8; bit++) if (((unsigned char *)at)[bit / 8] >> bit % 8 & 1) return bit;
  return -1;
}
`;

function expectCompilerAgrees(results: readonly Reorganization[]): void {
  const claims = results.map((result, index) => claimOf(result, `s${index}`));
  const functions = claims.map(
    ({ text, checks }, index) => `${text}static int f${index}(void) {\n${checks.join('\n')}\nreturn 0; }\n`,
  );
  const calls = claims.map((_, index) => `if (f${index}()) return 1 + ${index} % 250;`);
  const program = join(directory, 'claims');
  writeFileSync(
    `${program}.c`,
    `${FIRST_BIT}${functions.join('')}int main(void) {\n${calls.join('\n')}\nreturn 0; }\n`,
  );
  const built = spawnSync('gcc', ['-w', '-O0', `${program}.c`, '-o', program], { encoding: 'utf8' });
  expect(built.status, built.stderr).toBe(0);
  expect(spawnSync(program).status).toBe(0);
}

function resultsOf(table: TypeTable, isChosen: (index: number) => boolean): Reorganization[] {
  const models = new StructModels(new Layouts(table));
  const results: Reorganization[] = [];
  for (let id = 1; id < table.end; id++) {
    const model = models.of(id);
    if (typeof model === 'string' || !isChosen(id)) continue;
    const result = reorganize(model, { isQuick: true });
    if (result !== undefined) results.push(result);
  }
  return results;
}

const hasCompiler = spawnSync('gcc', ['--version']).status === 0 && process.arch === 'x64';
describe.skipIf(!hasCompiler)(
  'the compiler gives sizes and offsets as claimed (skipped without gcc on x86-64)',
  () => {
    it('for the fixtures', () => {
      const tables = fixtureFiles
        .filter((file) => /^(bit|aligned|holes|cachelines|flexible)/.test(file))
        .map(fixtureTable);
      const results = tables.flatMap((table) => resultsOf(table, () => true));
      expect(results.length).toBeGreaterThan(50);
      expectCompilerAgrees(results);
    });

    it.skipIf(!hasKernel)(
      'for structs of the running kernel',
      () => {
        expectCompilerAgrees(resultsOf(loadSync().table(), (id) => isWhole || id % 10 === 0));
      },
      TIMEOUT,
    );
  },
);
