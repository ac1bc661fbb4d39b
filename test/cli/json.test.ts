import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Output } from '../../src/cli/output.ts';
import { run } from '../../src/cli/run.ts';
import { RUNNING_KERNEL_BTF } from '../../src/index.ts';
import {
  array,
  btf,
  enum32,
  int,
  ptr,
  struct,
  type TypeRecord,
  typedef,
  union,
} from '../support/btf-writer.ts';
import { validateDocument, validateWhole } from '../support/json-schema.ts';

const TYPES: readonly TypeRecord[] = [
  int('int', 4, 'signed'), // 1
  int('char', 1),
  struct('node', 16, [
    ['next', 4, 0],
    ['prev', 4, 64],
  ]),
  ptr(3),
  struct('wasteful', 24, [
    ['a', 2, 0],
    ['b', 1, 32],
    ['c', 2, 64],
    ['d', 1, 96, 3],
    ['link', 4, 128],
  ]), // 5
  struct(0, 8, [
    ['x', 1, 0],
    ['y', 1, 32],
  ]),
  typedef('point_t', 6),
  union(0, 8, [
    ['p', 4, 0],
    ['i', 1, 0],
  ]),
  enum32('color', [
    ['RED', 0],
    ['GREEN', -1],
  ]),
  array(6, 1, 2), // 10
  struct('all', 80, [
    ['w', 5, 0],
    ['list', 3, 192],
    ['more', 3, 320],
    ['', 8, 448],
    ['points', 10, 512],
  ]),
  struct('outer', 80, [['all', 11, 0]]),
  typedef('node_t', 3),
];

interface Row {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly typedefName?: string;
  readonly [field: string]: unknown;
}

interface JsonDocument {
  readonly listing: string;
  readonly types: readonly Row[];
}

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let folder: string;

function path(name: string): string {
  return join(folder, name);
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tspahole-json-'));
  writeFileSync(path('types.btf'), btf(TYPES));
  writeFileSync(path('empty.btf'), btf([]));
  writeFileSync(path('broken.btf'), btf([TYPES[0] as TypeRecord, struct('s', 4, [[0x1000, 1, 0]])]));
});

afterAll(() => rmSync(folder, { recursive: true }));

async function start(...args: readonly string[]): Promise<Result> {
  const chunks: Record<'out' | 'err', Buffer[]> = { out: [], err: [] };
  const output = (to: 'out' | 'err'): Output => ({ write: (bytes) => chunks[to].push(Buffer.from(bytes)) });
  const streams = { out: output('out'), err: output('err'), env: {} };
  const code = await run(['node', '/usr/bin/tspahole', ...args], streams);
  return { code, out: Buffer.concat(chunks.out).toString(), err: Buffer.concat(chunks.err).toString() };
}

/** The document of `--json` with these arguments, after a check against the schema. */
async function listed(...args: readonly string[]): Promise<JsonDocument> {
  const { out } = await start('--json', ...args);
  const document = JSON.parse(out) as JsonDocument;
  expect(validateWhole(document)).toEqual([]);
  return document;
}

/** The lines of the text without `--json`. */
async function lines(...args: readonly string[]): Promise<string[]> {
  const { out } = await start(...args);
  return out.split('\n').slice(0, -1);
}

function shownName({ name, typedefName }: Row): string {
  return name || (typedefName ?? '(anonymous)');
}

/** For each listing the line of text that an entry stands for. */
const AS_TEXT: Readonly<Record<string, (row: Row) => string>> = {
  sizes: (row) => `${shownName(row)}\t${Number(row.byteSize ?? 0)}\t${row.holeCount}`,
  members: (row) => `${shownName(row)}\t${row.memberCount}`,
  nameLength: (row) => `${shownName(row)}\t${row.nameLength}`,
  name: shownName,
  contains: (row) => `${' '.repeat(2 * Number(row.depth))}${shownName(row)}: ${row.count}`,
  pointers: (row) => `${shownName(row)}: ${String(row.member) || '(null)'}`,
};

async function expectTextOf(...args: readonly string[]): Promise<void> {
  const { listing, types } = await listed(...args);
  expect(types.length).toBeGreaterThan(0);
  // Behind a type that was asked for by name the text has an empty line.
  const text = (await lines(...args)).filter((line) => line !== '');
  expect(types.map(AS_TEXT[listing] as (row: Row) => string)).toEqual(text);
}

/** The first lines of the types in the text, and the same from the document. */
async function expectTypesOf(...args: readonly string[]): Promise<void> {
  const { listing, types } = await listed(...args);
  expect(listing).toBe('layout');
  const isHeading = (line: string): boolean => /^(struct|union|enum|typedef)/.test(line);
  const headings = (await lines(...args)).filter(isHeading);
  expect(types.length).toBe(headings.length);
  for (const [index, { kind, name }] of types.entries()) {
    expect(headings[index]).toMatch(kind === 'typedef' ? /^typedef/ : new RegExp(`^(typedef )?${kind}`));
    if (!headings[index]?.endsWith('struct {')) expect(headings[index]).toContain(name);
  }
}

const LISTS: readonly (readonly string[])[] = [
  ['-s'],
  ['-n'],
  ['-N'],
  ['-a', '-n'],
  ['-z', '3'],
  ['-s', '-C', 'wasteful,color,node_t,node'],
  ['-s', '-H', '1'],
  ['-n', '-x', 'no'],
  ['-V', '-i', 'node'],
  ['-V', '-d', '-i', 'node'],
  ['-f', 'node'],
];

const LAYOUTS: readonly (readonly string[])[] = [
  [],
  ['--sort'],
  ['-a'],
  ['-E'],
  ['-C', 'wasteful,color,node_t,point_t,node'],
  ['--structs'],
  ['-B', '1'],
  ['-V', '-z', '3'],
  ['--contains_enumerator', 'GREEN'],
];

describe('entries', () => {
  it.each(LISTS.map((args) => [args.join(' '), args] as const))(
    'are those of the text with %s',
    async (_, args) => {
      await expectTextOf(...args, path('types.btf'));
    },
  );

  it.each(LAYOUTS.map((args) => [args.join(' '), args] as const))(
    'are the types of the text with %s',
    async (_, args) => {
      await expectTypesOf(...args, path('types.btf'));
    },
  );

  it('with -a name the typedef of an anonymous type', async () => {
    const { types } = await listed('-a', path('types.btf'));
    expect(types.map(shownName)).toEqual(['node', 'wasteful', 'point_t', 'all', 'outer']);
    const named = await listed('-a', '-s', path('types.btf'));
    expect(named.types[2]).toEqual({
      id: 6,
      kind: 'struct',
      name: '',
      typedefName: 'point_t',
      byteSize: 8,
      holeCount: 0,
    });
  });

  it('without -E inline anonymous types only', async () => {
    const aggregates = async (...args: string[]): Promise<number> => {
      const { out } = await start('--json', '-C', 'outer', ...args, path('types.btf'));
      return out.match(/"aggregate":/g)?.length ?? 0;
    };
    expect(await aggregates()).toBe(0);
    expect(await aggregates('-E')).toBe(6);
  });

  it('have offsets from the start of their own aggregate with -r', async () => {
    const points = async (...args: string[]): Promise<unknown> => {
      const { types } = await listed('-C', 'all', ...args, path('types.btf'));
      const items = types[0]?.items as { name?: string; aggregate: { items: { byteOffset: number }[] } }[];
      return items.find(({ name }) => name === 'points')?.aggregate.items.map(({ byteOffset }) => byteOffset);
    };
    expect(await points()).toEqual([64, 68]);
    expect(await points('-r')).toEqual([0, 4]);
  });

  it('do not change with --hex, -q, -t and --flat_arrays', async () => {
    const plain = await start('--json', path('types.btf'));
    expect(await start('--json', '--hex', '-q', '-t', ',', '--flat_arrays', path('types.btf'))).toEqual(
      plain,
    );
  });

  it('have cachelines of the size that -c gives, which the document says', async () => {
    const { out } = await start('--json', '-c', '32', '-C', 'outer', path('types.btf'));
    expect(JSON.parse(out)).toMatchObject({ cachelineSize: 32, types: [{ summary: { cachelines: 3 } }] });
  });
});

describe('what is not there', () => {
  it('leaves an empty document and exit code 1', async () => {
    const { code, out, err } = await start('--json', '-C', 'nope', path('types.btf'));
    expect({ code, err }).toEqual({ code: 1, err: "tspahole: type 'nope' not found\n" });
    expect(JSON.parse(out)).toMatchObject({ listing: 'layout', types: [] });
  });

  it('does not hold up the other names', async () => {
    const { code, out } = await start('--json', '-C', 'nope,node', path('types.btf'));
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ types: [{ name: 'node' }] });
  });

  it('is an enumerator of no enum', async () => {
    const { code, out } = await start('--json', '--contains_enumerator=NOPE', path('types.btf'));
    expect(code).toBe(1);
    expect(validateWhole(JSON.parse(out))).toEqual([]);
  });

  it('is any type of a file without types, which is no mistake', async () => {
    const { code, out } = await start('--json', path('empty.btf'));
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ types: [] });
  });

  it('is a file, after which the document goes on and ends', async () => {
    const { code, out, err } = await start('--json', '-s', path('nope'), path('types.btf'), path('nope'));
    expect(code).toBe(1);
    expect(err.match(/no such file/g)).toHaveLength(2);
    expect((JSON.parse(out) as JsonDocument).types.map(({ name }) => name)).toEqual([
      'node',
      'wasteful',
      'all',
      'outer',
    ]);
  });
});

describe('a file that contradicts itself', () => {
  it.each([[[]], [['--sort']]])(
    'has an error in place of the type, one line on standard error and exit code 1: %s',
    async (options: string[]) => {
      const { code, out, err } = await start('--json', ...options, path('broken.btf'));
      expect(code).toBe(1);
      expect(err).toMatch(/^tspahole: .*name offset 0x1000 lies outside.*\n$/);
      expect(validateWhole(JSON.parse(out))).toEqual([]);
      expect(JSON.parse(out)).toMatchObject({
        types: [{ id: 2, kind: 'struct', error: expect.stringContaining('name offset 0x1000') }],
      });
    },
  );
});

describe('the schema', () => {
  interface Entry {
    items: Record<string, unknown>[];
    summary: Record<string, unknown>;
    [field: string]: unknown;
  }

  it.each<[string, (entry: Entry) => void]>([
    [
      'an unknown field of a type',
      (entry) => {
        entry.size = 1;
      },
    ],
    [
      'an unknown field of a member',
      (entry) => {
        (entry.items[0] as Entry).offset = 1;
      },
    ],
    [
      'an unknown kind of item',
      (entry) => {
        (entry.items[0] as Entry).kind = 'field';
      },
    ],
    [
      'an item without its kind',
      (entry) => {
        delete (entry.items[0] as Entry).kind;
      },
    ],
    [
      'a hole of no bytes',
      (entry) => {
        entry.items.push({ kind: 'hole', byteOffset: 1, byteSize: 0 });
      },
    ],
    [
      'a size as text',
      (entry) => {
        entry.byteSize = '24';
      },
    ],
    [
      'a fraction',
      (entry) => {
        entry.byteSize = 0.5;
      },
    ],
    [
      'a null',
      (entry) => {
        entry.alignment = null;
      },
    ],
    [
      'a summary that lacks a number',
      (entry) => {
        delete entry.summary.holeCount;
      },
    ],
    [
      'another number in the summary',
      (entry) => {
        entry.summary.more = 1;
      },
    ],
    [
      'an empty remark',
      (entry) => {
        (entry.items[0] as Entry).typeWaste = {};
      },
    ],
    [
      'half a bitfield',
      (entry) => {
        (entry.items[0] as Entry).bitSize = 1;
      },
    ],
    [
      'a struct with enumerators',
      (entry) => {
        entry.enumerators = [];
      },
    ],
    [
      'a failure that is also a layout',
      (entry) => {
        entry.error = 'x';
      },
    ],
  ])('refuses %s', async (_, mutate) => {
    const { types } = await listed('-C', 'wasteful', path('types.btf'));
    const [entry] = structuredClone(types);
    expect(validateDocument({ listing: 'layout', types: [entry as object] })).toEqual([]);
    mutate(entry as unknown as Entry);
    expect(validateDocument({ listing: 'layout', types: [entry as object] })).not.toEqual([]);
  });

  it('refuses entries of one listing in another', async () => {
    const listings = ['layout', ...Object.keys(AS_TEXT)];
    const documents = await Promise.all(
      [[], ['-s'], ['-n'], ['-N'], ['-z', '1'], ['-i', 'node'], ['-f', 'node']].map((args) =>
        listed(...args, path('types.btf')),
      ),
    );
    expect(documents.map(({ listing }) => listing)).toEqual(listings);
    for (const document of documents) {
      for (const listing of listings) {
        expect(validateWhole({ ...document, listing }).length === 0).toBe(listing === document.listing);
      }
    }
  });

  it('refuses a document with an unknown field or another version', async () => {
    const document = await listed('-s', path('types.btf'));
    expect(validateWhole({ ...document, more: 1 })).not.toEqual([]);
    expect(validateWhole({ ...document, schemaVersion: 2 })).not.toEqual([]);
    expect(validateWhole({ ...document, types: undefined })).not.toEqual([]);
  });

  it('fits the documents in docs/json.md', () => {
    const text = readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8');
    const blocks = [...text.matchAll(/```json\n(.*?)```/gs)].map(
      ([, block]) => JSON.parse(block as string) as object,
    );
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) expect(validateWhole(block)).toEqual([]);
  });
});

describe.skipIf(!existsSync(RUNNING_KERNEL_BTF))('the running kernel', () => {
  /** A struct, union or member as the walk below needs it. */
  interface Node {
    readonly kind: string;
    readonly byteSize: number;
    readonly items?: readonly Node[];
    readonly aggregate?: Node;
    readonly summary?: Readonly<Record<string, number>>;
  }

  /** Structs and unions in `node` whose summary does not add up. */
  function wrongSums(node: Node): Node[] {
    const inside = [...(node.items ?? []), ...(node.aggregate === undefined ? [] : [node.aggregate])].flatMap(
      wrongSums,
    );
    const { memberBytes = 0, memberBits = 0, holeBytes = 0, bitHoleBits = 0, ...rest } = node.summary ?? {};
    const { padding = 0, bitPadding = 0, overlapBits = 0 } = rest;
    const bits =
      8 * (memberBytes + holeBytes + padding) + memberBits + bitHoleBits + bitPadding - overlapBits;
    return node.summary !== undefined && bits !== 8 * node.byteSize ? [node, ...inside] : inside;
  }

  it('fits the schema, and every summary adds up', async () => {
    const { types } = await listed();
    expect(types.length).toBeGreaterThan(1000);
    expect(types.flatMap((type) => wrongSums(type as unknown as Node))).toEqual([]);
    expect(types.filter((type) => 'error' in type)).toEqual([]);
  });

  it.each([
    [['-s']],
    [['-a', '-A', '-n']],
    [['-z', '8']],
    [['-V', '-d', '-i', 'list_head']],
    [['-f', 'list_head']],
  ])('has the entries of the text with %s', async (args) => {
    await expectTextOf(...args);
  });

  it.each([[[]], [['--sort']], [['-a', '-A', '--unions']], [['-C', 'size_t,task_struct,pid_type,atomic_t']]])(
    'has the types of the text with %s',
    async (args) => {
      await expectTypesOf(...args);
    },
  );
});
