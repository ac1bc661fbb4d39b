import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { btf, int, struct } from '../support/btf-writer.ts';
import { runCli } from '../support/run-cli.ts';

const directory = mkdtempSync(join(tmpdir(), 'tspahole-reorganize-cli-'));
afterAll(() => rmSync(directory, { recursive: true }));

const [CHAR, INT, LONG] = [1, 2, 3];
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
  ]),
);

async function run(...args: string[]) {
  const { stdout, stderr, code } = await runCli(['-c', '64', ...args, file]);
  return { out: stdout.toString(), err: stderr, code };
}

describe('-R', () => {
  it('prints the struct in its smallest order, and what that saves', async () => {
    const { out, code } = await run('-R', '-C', 'loose');
    expect(out).toBe(`struct loose {
	int                        e;                    /*     0     4 */
	char                       a;                    /*     4     1 */
	char                       c;                    /*     5     1 */

	/* XXX 2 bytes hole, try to pack */

	long                       d;                    /*     8     8 */
	long                       b;                    /*    16     8 */

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
      '/* Moving e to the front */',
      '/* Moving b after d */',
      '/* Final reorganized struct: */',
    ]);
    expect(out.match(/size: \d+/g)).toEqual(['size: 32', 'size: 24', 'size: 24']);
  });

  it('--moves prints the moves with the size after each', async () => {
    expect((await run('-R', '--moves', '-C', 'loose')).out).toBe(
      'struct loose: 40 -> 24 bytes, 2 moves\n' +
        'move e to the front\t/* 32 bytes */\n' +
        'move b after d\t/* 24 bytes */\n',
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
    const data: unknown = JSON.parse((await run('-R', '--json', '-C', 'loose')).out);
    expect(data).toMatchObject({
      name: 'loose',
      byteSize: 40,
      newByteSize: 24,
      savedBytes: 16,
      isSmallest: true,
      hasFewestMoves: true,
      order: ['e', 'a', 'c', 'd', 'b'],
    });
  });

  it('keeps to rules', async () => {
    const order = async (...rules: string[]): Promise<unknown> => {
      const { out } = await run('-R', '--json', ...rules, '-C', 'loose');
      const { order: names, newByteSize } = JSON.parse(out) as { order: string[]; newByteSize: number };
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

  it('names a member that is not there', async () => {
    expect((await run('-R', '--pin', 'x', '-C', 'loose')).err).toContain("'loose' has no member 'x'");
  });
});

describe('-P', () => {
  it('lists what would shrink, and the total', async () => {
    expect(await run('-P')).toEqual({
      out: 'loose\t40\t24\t16\n',
      err: 'tspahole: 1 structs, 16 bytes to save\n',
      code: 0,
    });
  });

  it('--counts multiplies by instances', async () => {
    const counts = join(directory, 'counts');
    writeFileSync(counts, 'slabinfo - version: 2.1\n# name <active_objs>\nloose 100 120 40 : tunables\n');
    expect((await run('-P', '--counts', counts)).out).toBe('loose\t40\t24\t16\t100\t1600\n');
  });
});
