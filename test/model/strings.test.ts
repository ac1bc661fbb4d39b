/** `StringTable`: names by offset, across base and split tables. */

import { describe, expect, it } from 'vitest';
import { StringTable } from '../../src/model/strings.ts';
import { expectError } from '../support/expect-error.ts';

const base = new StringTable(Buffer.from('\0task\0sub_task\0'));
const split = new StringTable(Buffer.from('own\0task\0'), base);

describe('a string table', () => {
  it('gives the name at an offset', () => {
    expect([base.text(0), base.text(1), base.text(6)]).toEqual(['', 'task', 'sub_task']);
  });

  it('gives the tail of a name at an offset inside of it', () => {
    expect(base.text(10)).toBe('task');
  });

  it('decodes UTF-8, with replacement where it is none', () => {
    expect(new StringTable(Buffer.from('\0ñ\0')).text(1)).toBe('ñ');
    expect(new StringTable(Buffer.from([0, 0xff, 0])).text(1)).toBe('\ufffd');
  });

  it('has the empty name at 0 even without bytes', () => {
    expect(new StringTable(new Uint8Array()).text(0)).toBe('');
  });

  it('reads up to its end where the last name has no NUL', () => {
    expect(new StringTable(Buffer.from('\0ab')).text(1)).toBe('ab');
  });

  it('refuses an offset outside', () => {
    expectError(
      () => base.text(15),
      'bad-data',
      'name offset 0xf lies outside the string section of 0xf bytes',
    );
  });

  it('lists all offsets at which a name can be read', () => {
    expect(base.offsetsOf('task')).toEqual([1, 10]);
    expect(base.offsetsOf('tas')).toEqual([]);
  });

  it('refuses to decode names that overlap without end', () => {
    const long = new StringTable(
      Buffer.concat([Buffer.from('\0'), Buffer.alloc(100_000, 97), Buffer.from('\0')]),
    );
    const readAll = (): void => {
      for (let offset = 1; offset < 1000; offset++) long.text(offset);
    };
    expectError(readAll, 'bad-data', 'overlap');
  });
});

describe('the string table of a split table', () => {
  it('continues the offsets of its base', () => {
    expect([split.start, split.end]).toEqual([15, 24]);
    expect([split.text(1), split.text(15), split.text(19)]).toEqual(['task', 'own', 'task']);
  });

  it('says which table holds an offset', () => {
    expect([split.owner(1), split.owner(15)]).toEqual([base, split]);
  });

  it('lists its own offsets of a name only', () => {
    expect(split.offsetsOf('task')).toEqual([19]);
  });
});
