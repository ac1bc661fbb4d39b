/** `--patch` on a tree of C sources: the patch applies, the tree compiles, and the sizes are those promised. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadBinding } from '../../src/native/binding.ts';
import { runCli } from '../support/run-cli.ts';

const HEADER = `#ifndef LOOSE_H
#define LOOSE_H

struct inner { int x; char y; };

struct loose {
	char a;
	/* about b,
	 * in two lines */
	long b;
	char c; // the third
	struct {
		int x;
		char y;
	} in;
	int (*fn)(int, char);
	char tail[3];

	unsigned f1:3;
	unsigned f2:4;
	struct inner
		spread;
	long z;
};

struct other {
	char a;
	void *p;
	char b;
};

struct holder {
	int x;
	/* what is inside */
	struct {
		char a;
		/* the long one */
		long b;
		union {
			long whole;
			struct {
				short s;
				long l;
				short t;
			};
		};
		char c; // after b
	} in;
};

#endif
`;

const SOURCE = `#include "loose.h"

struct shared {
	char a;
	long b, c;
	char d;
};

struct conditional {
	char a;
#ifdef __linux__
	long b;
#endif
	char c;
};

struct loose one;
struct other other;
struct holder holder;
struct shared two;
struct conditional three;

int main(void)
{
	struct loose value = { .b = 3, .z = 4 };
	if (sizeof(struct holder) != HOLDER)
		return 1;
	return sizeof(struct loose) == SIZE && sizeof(struct other) == OTHER && value.b + value.z == 7 ? 0 : 1;
}
`;

const tree = mkdtempSync(join(tmpdir(), 'tspahole-patch-'));
afterAll(() => rmSync(tree, { recursive: true }));
const program = join(tree, 'program');

function compile(size: number, other: number, holder: number): number | null {
  const sizes = [`-DSIZE=${size}`, `-DOTHER=${other}`, `-DHOLDER=${holder}`];
  const options = ['-g', ...sizes, join(tree, 'main.c'), '-o', program];
  const { status, stderr } = spawnSync('gcc', options, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  return spawnSync(program).status;
}

const isThere = (tool: string): boolean => spawnSync(tool, ['--version']).status === 0;
const canRun =
  isThere('gcc') && isThere('patch') && process.arch === 'x64' && loadBinding('tspahole_dwarf') !== undefined;

describe.skipIf(!canRun)('--patch (skipped without gcc, patch or the addon for DWARF)', () => {
  it('applies, compiles, and gives the sizes that were promised', async () => {
    writeFileSync(join(tree, 'loose.h'), HEADER);
    writeFileSync(join(tree, 'main.c'), SOURCE);
    expect(compile(64, 24, 56)).toBe(0);
    const ask = async (option: string, names: string) =>
      runCli(['-R', '--nested', option, '-C', names, program]);
    const { types } = JSON.parse((await ask('--json', 'loose,holder')).stdout.toString()) as {
      types: { newByteSize: number }[];
    };
    const [loose, holder] = types.map(({ newByteSize }) => newByteSize) as [number, number];
    const { stdout } = await ask('--patch', 'loose,other,holder');
    const { status, stdout: said } = spawnSync('patch', ['-p0', '-d', '/'], {
      input: stdout,
      encoding: 'utf8',
    });
    expect(status, said).toBe(0);
    expect(compile(loose, 16, holder)).toBe(0);
    expect(loose).toBeLessThan(64);
    expect(holder).toBe(40);
    expect((await ask('--moves', 'loose')).stdout.toString()).toMatch(/nothing to gain/);
    expect(readFileSync(join(tree, 'loose.h'), 'utf8')).toContain('/* the long one */\n\t\tlong b;');
  });

  it.each([
    ['shared', 'its members do not each have lines of their own'],
    ['conditional', 'it has preprocessor directives'],
  ])('is refused for struct %s: %s', async (name, reason) => {
    const { stdout, stderr } = await runCli(['-R', '--patch', '-C', name, program]);
    expect(stdout.toString()).toBe('');
    expect(stderr).toContain(reason);
  });
});
