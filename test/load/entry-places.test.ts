/** Where the parameters of compiled functions are at entry. Needs gcc and the addon for DWARF. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadEntryPlaces } from '../../src/load/entry-places.ts';
import { loadBinding } from '../../src/native/binding.ts';
import { runCli } from '../support/run-cli.ts';

const SOURCE = `struct big { long a, b, c; };
struct pair { long a, b; };
static __attribute__((noinline)) int fixed(int mode, int value)
{ __asm__ volatile(""); return mode == 3 ? value * 7 : value / 3; }
__attribute__((noinline)) long many(int a, struct big big, struct pair pair, int d, int e, int f, int g, int h)
{ return a + big.b + pair.b + d + e + f + g + h; }
static inline __attribute__((always_inline)) int inlined(int x) { return x + 1; }
int main(int argc, char **argv)
{
	struct big big = { argc, 2, 3 };
	struct pair pair = { argc, 4 };
	return fixed(3, argc) + fixed(3, argc + 9) + many(1, big, pair, 4, 5, 6, 7, argc) + inlined(argc);
}
`;

const folder = mkdtempSync(join(tmpdir(), 'tspahole-entry-'));
afterAll(() => rmSync(folder, { recursive: true }));
const program = join(folder, 'program');
writeFileSync(`${program}.c`, SOURCE);
const { status } = spawnSync('gcc', ['-g', '-O2', '-no-pie', `${program}.c`, '-o', program]);
const stripped = `${program}.stripped`;
spawnSync('gcc', ['-s', '-O2', `${program}.c`, '-o', stripped]);
const isReady = status === 0 && process.arch === 'x64' && loadBinding('tspahole_dwarf') !== undefined;

function kinds(name: string): string[] | undefined {
  return loadEntryPlaces(program, name)?.functions[0]?.parameters.map(
    (parameter) => `${parameter.name} ${parameter.kind} ${parameter.number}`,
  );
}

describe.skipIf(!isReady)('the DWARF of a program (gcc, x86_64, addon)', () => {
  it('says where each parameter is when the function begins', () => {
    const registers = ['a register 5', 'pair register 4', 'd register 2', 'e register 8', 'f register 9'];
    const stack = ['big frame 0', 'g frame 24', 'h frame 32'];
    expect(kinds('many')?.sort()).toEqual([...registers, ...stack].sort());
  });

  it('knows what is not passed, and what has no code', () => {
    expect(kinds('fixed')).toContain('mode constant 0');
    expect(loadEntryPlaces(program, 'inlined')).toEqual({ functions: [], isKnown: true });
    expect(loadEntryPlaces(program, 'nothing')).toEqual({ functions: [], isKnown: false });
    expect(loadEntryPlaces(stripped, 'many')).toBeUndefined();
  });

  it('is asked by probes in it, which agree where the compiler kept the calling convention', async () => {
    const { stderr } = await runCli(['probe', `p ${program}:many $$args`]);
    expect(stderr).not.toContain('W3');
    const changed = await runCli(['probe', '--strict', `p ${program}:fixed.constprop.0 $$args`]);
    expect(changed.stderr).toContain('mode of fixed.constprop.0 is optimized away');
    expect(changed.code).toBe(1);
  });
});
