/** The raw dump, against what bpftool 7.8.0 (libbpf 1.8) prints for the same bytes: test/fixtures/raw. */

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { RawJson } from '../../src/emit/raw/json.ts';
import { type RawOutput, rawKindName, writeRawType } from '../../src/emit/raw/raw.ts';
import { RawText } from '../../src/emit/raw/text.ts';
import type { TypeTable } from '../../src/model/table.ts';
import { datasec, int, struct, type TypeRecord } from '../support/btf-writer.ts';
import { everyKind } from '../support/every-kind.ts';
import { fixturePath } from '../support/fixtures.ts';
import { tableOf } from '../support/types.ts';

type Form = 'text' | 'json' | 'pretty';

function dump(table: TypeTable, form: Form, ids?: readonly number[]): string {
  const chunks: string[] = [];
  const sink = (text: string): void => void chunks.push(text);
  const output = form === 'text' ? new RawText(sink) : new RawJson(sink, form === 'pretty');
  for (const id of ids ?? Array.from({ length: table.end - 1 }, (_, index) => index + 1)) {
    writeRawType(table, id, output satisfies RawOutput);
  }
  if (output instanceof RawText) output.flush();
  else output.finish();
  return chunks.join('');
}

describe.each(['text', 'json', 'pretty'] as const)('as %s', (form) => {
  it('every kind is printed as bpftool does', () => {
    const golden = readFileSync(fixturePath(`raw/every-kind.${form}.golden`), 'latin1');
    expect(dump(tableOf(everyKind), form)).toBe(golden);
  });
});

describe('JSON', () => {
  it('is JSON', () => {
    const text = Buffer.from(dump(tableOf(everyKind.slice(0, -1)), 'json'), 'latin1').toString();
    expect(JSON.parse(text).types[0]).toEqual({
      id: 1,
      kind: 'INT',
      name: 'int',
      size: 4,
      bits_offset: 0,
      nr_bits: 32,
      encoding: 'SIGNED',
    });
  });

  it('of nothing is an empty list', () => {
    expect(dump(tableOf([]), 'json')).toBe('{"types":[]}\n');
    expect(dump(tableOf([]), 'pretty')).toBe('{\n    "types": []\n}\n');
  });
});

describe('what is odd', () => {
  const text = (records: readonly TypeRecord[], ...ids: number[]): string =>
    dump(tableOf(records), 'text', ids);

  it('void is UNKNOWN', () => {
    expect(text([], 0)).toBe("[0] UNKNOWN '(anon)'\n");
  });

  it('names outside of the strings are said to be invalid', () => {
    expect(text([struct(999, 4)], 1)).toBe("[1] STRUCT '(invalid)' size=4 vlen=0\n");
  });

  it('variables that do not exist have no name', () => {
    expect(text([datasec('.d', 4, [[7, 0, 4]])], 1)).toBe(
      "[1] DATASEC '.d' size=4 vlen=1\n\ttype_id=7 offset=0 size=4\n",
    );
  });

  it('long output comes in pieces', () => {
    const records = Array.from({ length: 4000 }, () => int('int', 4));
    const table = tableOf(records);
    const pieces: string[] = [];
    const output = new RawText((piece) => pieces.push(piece));
    for (let id = 1; id <= 4000; id++) writeRawType(table, 1, output);
    output.flush();
    expect(pieces.length).toBeGreaterThan(1);
  });

  it('kinds without a name are UNKNOWN', () => {
    expect([rawKindName(0), rawKindName(19), rawKindName(20)]).toEqual(['UNKNOWN', 'ENUM64', 'UNKNOWN']);
  });
});
