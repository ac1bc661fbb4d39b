/** What is printed so that a compiler lays types out as the file says. */

import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/btf/decode.ts';
import { CompiledText } from '../../src/emit/compiled-text.ts';
import { PaholeEmitter } from '../../src/emit/pahole.ts';
import { Layouts } from '../../src/layout/layouts.ts';
import { btf, int, struct, type TypeRecord, typedef, union } from '../support/btf-writer.ts';

const INT = 1;
const CHAR = 2;
const LONG = 3;
const BASE = [int('int', 4, 'signed'), int('char', 1, 'signed'), int('long', 8, 'signed')];

/** The lines of type 4, without comments and blanks. */
function linesOf(...records: TypeRecord[]): string[] {
  const layouts = new Layouts(decodeBtf(btf([...BASE, ...records])));
  const emitter = new PaholeEmitter(layouts, { quiet: true });
  emitter.context.compiled = new CompiledText(layouts);
  emitter.emit(4);
  return emitter
    .text()
    .split('\n')
    .map((line) => line.trim().replaceAll(/ +/g, ' '));
}

describe('the text for a compiler', () => {
  it('is that for readers where a compiler makes the same of it', () => {
    const fields = [
      ['a', INT, 0],
      ['b', CHAR, 32],
    ] as const;
    expect(linesOf(struct('s', 8, fields))).toEqual(['struct s {', 'int a;', 'char b;', '};']);
    expect(linesOf(struct('s', 5, fields)).at(-1)).toBe('} __attribute__((__packed__));');
  });

  it('fills what no alignment explains, and has no attribute that is only inferred', () => {
    const text = linesOf(
      struct('s', 24, [
        ['a', CHAR, 0],
        ['b', CHAR, 24],
        ['c', INT, 96],
      ]),
    );
    expect(text).toEqual([
      'struct s {',
      'char a;',
      'char :8;',
      'char :8;',
      'char b;',
      'int :32;',
      'int :32;',
      'int c;',
      'long long :64;',
      '};',
    ]);
  });

  it('fills structs without members', () => {
    expect(linesOf(struct('s', 16))).toEqual(['struct s {', 'long long :64;', 'long long :64;', '};']);
  });

  it('fills up to 256 KiB', () => {
    expect(linesOf(struct('s', 1 << 18))).toHaveLength(2 + (1 << 15));
    expect(linesOf(struct('s', (1 << 18) + 1))).toEqual(['struct s {', '<error: too much padding>', '};']);
  });

  it('packs unions that are too small for their alignment, and enlarges others', () => {
    expect(
      linesOf(
        union('u', 9, [
          ['a', LONG, 0],
          ['b', 5, 0],
        ]),
        struct('t', 9, [
          ['x', LONG, 0],
          ['y', CHAR, 64],
        ]),
      ).at(-1),
    ).toBe('} __attribute__((__packed__));');
    expect(linesOf(union('u', 6, [['a', INT, 0]]))).toContain('struct {');
  });

  it('has the attributes in front of the name of a typedef', () => {
    const layouts = new Layouts(
      decodeBtf(
        btf([
          ...BASE,
          struct(0, 5, [
            ['a', INT, 0],
            ['b', CHAR, 32],
          ]),
          typedef('t', 4),
        ]),
      ),
    );
    const emitter = new PaholeEmitter(layouts, { quiet: true });
    emitter.context.compiled = new CompiledText(layouts);
    emitter.emit(4, 5);
    expect(emitter.text()).toMatch(/^typedef struct \{[\s\S]*\} __attribute__\(\(__packed__\)\) t;$/);
  });

  it('ends where a type contains itself', () => {
    expect(linesOf(struct('s', 8, [['s', 4, 0]])).length).toBeGreaterThan(2);
  });
});
