import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { array, btf, int, struct, union } from '../support/btf-writer.ts';
import { validateWhole } from '../support/json-schema.ts';
import { runCli } from '../support/run-cli.ts';

const directory = mkdtempSync(join(tmpdir(), 'tspahole-reorganize-cli-'));
afterAll(() => rmSync(directory, { recursive: true }));

const [CHAR, INT, LONG, PLACE, CHOICE] = [1, 2, 3, 7, 8];
const file = join(directory, 'types.btf');
writeFileSync(
  file,
  btf([
    int('char', 1),
    int('int', 4),
    int('long', 8),
    struct('loose', 40, [
      ['a', CHAR, 0],
      ['b', LONG, 64],
      ['c', CHAR, 128],
      ['d', LONG, 192],
      ['e', INT, 256],
    ]),
    struct('tight', 16, [
      ['a', LONG, 0],
      ['b', INT, 64],
    ]),
    struct('packed_one', 9, [
      ['a', CHAR, 0],
      ['b', LONG, 8],
    ]),
    // Without a name, they are declared where they are used.
    struct(0, 24, [
      ['a', CHAR, 0],
      ['b', LONG, 64],
      ['c', CHAR, 128],
    ]),
    union(0, 24, [
      ['', PLACE, 0],
      ['whole', LONG, 0],
    ]),
    struct('outer', 32, [
      ['u', CHOICE, 0],
      ['x', INT, 192],
    ]),
    struct('line', 64, [
      ['in', PLACE, 0],
      ['x', INT, 192],
    ]),
    struct('large', 0x30_0010, [
      ['a', CHAR, 0],
      ['b', LONG, 64],
      ['bytes', 12, 128],
      ['c', CHAR, 0x30_0000 * 8],
    ]),
    array(CHAR, INT, 0x2f_fff0),
  ]),
);

async function run(...args: string[]) {
  const { stdout, stderr, code } = await runCli(['-c', '64', ...args, file]);
  return { out: stdout.toString(), err: stderr, code };
}

/** Entries of the document that `--json` prints, which must be as the schema says. */
async function json(...args: string[]): Promise<unknown[]> {
  const document = JSON.parse((await run('--json', ...args)).out) as { types: unknown[] };
  expect(validateWhole(document)).toEqual([]);
  return document.types;
}

describe('-R', () => {
  it('prints the struct in its smallest order, and what that saves', async () => {
    const { out, code } = await run('-R', '-C', 'loose');
    expect(out).toBe(`struct loose {
	long                       b;                    /*     0     8 */
	char                       c;                    /*     8     1 */
	char                       a;                    /*     9     1 */

	/* XXX 2 bytes hole, try to pack */

	int                        e;                    /*    12     4 */
	long                       d;                    /*    16     8 */

	/* size: 24, cachelines: 1, members: 5 */
	/* sum members: 22, holes: 1, sum holes: 2 */
	/* last cacheline: 24 bytes */
};   /* saved 16 bytes! */
`);
    expect(code).toBe(0);
  });

  it('leaves a struct that cannot shrink as it is', async () => {
    const { out } = await run('-R', '-C', 'tight');
    expect(out).toContain('\n};\n');
    expect(out).not.toContain('saved');
  });

  it('says why it leaves a struct alone', async () => {
    expect((await run('-R', '-C', 'packed_one')).err).toBe(
      "tspahole: 'packed_one' is left alone: it is packed\n",
    );
  });

  it('-S prints the layout after each move', async () => {
    const { out } = await run('-R', '-S', '-C', 'loose');
    expect(out.match(/^\/\* .* \*\/$/gm)).toEqual([
      '/* Moving a after c */',
      '/* Moving d after e */',
      '/* Final reorganized struct: */',
    ]);
    expect(out.match(/size: \d+/g)).toEqual(['size: 32', 'size: 24', 'size: 24']);
  });

  it('--moves prints the moves with the size after each', async () => {
    expect((await run('-R', '--moves', '-C', 'loose')).out).toBe(
      'struct loose: 40 -> 24 bytes, 2 moves\n' +
        'move a after c\t/* 32 bytes */\n' +
        'move d after e\t/* 24 bytes */\n',
    );
  });

  it('--max-moves makes the best of them', async () => {
    expect((await run('-R', '--moves', '--max-moves', '1', '-C', 'loose')).out).toMatch(
      /40 -> 32 bytes, 1 move\n/,
    );
  });

  it('--diff prints the change of the order', async () => {
    const { out } = await run('-R', '--diff', '-C', 'loose');
    expect(out).toMatch(/^--- a\/loose\n\+\+\+ b\/loose\n@@ -1,7 \+1,7 @@\n struct loose \{/);
    expect(out.match(/^[-+]\t.*$/gm)).toHaveLength(4);
  });

  it('--json prints the same as data', async () => {
    const [entry] = await json('-R', '-C', 'loose');
    expect(entry).toMatchObject({
      name: 'loose',
      byteSize: 40,
      newByteSize: 24,
      savedBytes: 16,
      isSmallest: true,
      hasFewestMoves: true,
      order: ['b', 'c', 'a', 'e', 'd'],
    });
  });

  it('keeps to rules', async () => {
    const order = async (...rules: string[]): Promise<unknown> => {
      const [entry] = await json('-R', ...rules, '-C', 'loose');
      const { order: names, newByteSize } = entry as { order: string[]; newByteSize: number };
      return [names.join(''), newByteSize];
    };
    expect(await order('--pin', 'd')).toEqual([expect.stringMatching(/d/), 32]);
    expect(await order('--group', 'b,d,a')).toEqual([expect.stringContaining('bda'), 24]);
    expect(await order('--pin-first', '2')).toEqual([expect.stringMatching(/^ab/), 32]);
  });

  it('names two rules that contradict one another', async () => {
    const { err, code } = await run('-R', '--pin', 'a', '--group', 'b,a', '-C', 'loose');
    expect(err).toContain("'loose': no order keeps to --pin a and --group b,a");
    expect(code).toBe(2);
  });

  it('is right beyond 64 KiB', async () => {
    expect((await run('-R', '--moves', '-C', 'large')).out).toBe(
      'struct large: 3145744 -> 3145728 bytes, 1 move\nmove b after c\t/* 3145728 bytes */\n',
    );
  });

  it('--json says why a struct is left alone, and what went wrong', async () => {
    expect(await json('-R', '-C', 'packed_one')).toEqual([
      { id: 6, kind: 'struct', name: 'packed_one', leftAlone: 'it is packed' },
    ]);
    expect(await json('-R', '--pin', 'x', '-C', 'loose')).toEqual([
      { id: 4, kind: 'struct', name: 'loose', error: "'loose' has no member 'x'" },
    ]);
  });

  it('names a member that is not there', async () => {
    expect((await run('-R', '--pin', 'x', '-C', 'loose')).err).toContain("'loose' has no member 'x'");
  });
});

describe('--nested', () => {
  it('reorganizes what is declared in place, too', async () => {
    expect((await run('-R', '--moves', '-C', 'outer')).out).toBe('struct outer: 32 bytes, nothing to gain\n');
    expect((await run('-R', '--nested', '--moves', '-C', 'outer')).out).toBe(
      'struct outer: 32 -> 24 bytes, 1 move\n' +
        'move b to the front in u.the unnamed member 0\t/* 24 bytes */\n',
    );
  });

  it('prints what comes of it', async () => {
    expect((await run('-R', '--nested', '-C', 'outer')).out).toBe(`struct outer {
	union {
		struct {
			long       b;                    /*     0     8 */
			char       a;                    /*     8     1 */
			char       c;                    /*     9     1 */
		};                                       /*     0    16 */
		long               whole;                /*     0     8 */
	} u;                                             /*     0    16 */
	int                        x;                    /*    16     4 */

	/* size: 24, cachelines: 1, members: 2 */
	/* padding: 4 */
	/* last cacheline: 24 bytes */
};   /* saved 8 bytes! */
`);
    const { out } = await run('-R', '--nested', '-S', '-C', 'outer');
    expect(out.match(/size: \d+/g)).toEqual(['size: 24', 'size: 24']);
    expect((await run('-R', '--nested', '--diff', '-C', 'outer')).out).toContain('-\t\t\tchar       a;');
  });

  it('moves nothing inside where the whole gains nothing', async () => {
    expect((await run('-R', '--nested', '--moves', '-C', 'line')).out).toBe(
      'struct line: 64 bytes, nothing to gain\n',
    );
  });

  it('counts the moves inside', async () => {
    const args = ['-R', '--nested', '--moves', '--max-moves', '0', '-C', 'outer'];
    expect((await run(...args)).out).toContain('nothing to gain');
  });

  it('is part of --json, and of -P', async () => {
    expect(await json('-R', '--nested', '-C', 'outer')).toMatchObject([
      {
        newByteSize: 24,
        moves: [{ member: 'b', in: ['u', 'the unnamed member 0'], byteSize: 24 }],
        order: ['u', 'x'],
      },
    ]);
    expect((await run('-P', '--nested')).out).toContain('outer\t32\t24\t8\n');
  });
});

describe('-P', () => {
  it('lists what would shrink, and the total', async () => {
    expect(await run('-P')).toEqual({
      out: 'loose\t40\t24\t16\nlarge\t3145744\t3145728\t16\n',
      err: 'tspahole: 2 structs, 32 bytes to save\n',
      code: 0,
    });
  });

  it('--counts multiplies by instances', async () => {
    const counts = join(directory, 'counts');
    writeFileSync(counts, 'slabinfo - version: 2.1\n# name <active_objs>\nloose 100 120 40 : tunables\n');
    expect((await run('-P', '--counts', counts)).out).toBe(
      'loose\t40\t24\t16\t100\t1600\nlarge\t3145744\t3145728\t16\t0\t0\n',
    );
    expect(await json('-P', '--counts', counts)).toMatchObject([
      { name: 'loose', savedBytes: 16, instances: 100, savedInAll: 1600 },
      { name: 'large', savedBytes: 16, instances: 0, savedInAll: 0 },
    ]);
  });

  it('--sort puts the largest saving first', async () => {
    const names = (await json('-P', '--nested', '--sort')).map((row) => (row as { name: string }).name);
    expect(names).toEqual(['loose', 'large', 'outer']);
  });
});
