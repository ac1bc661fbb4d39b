/** The printer: numbers, padding, indent, names. */

import { describe, expect, it } from 'vitest';
import { Printer } from '../../src/emit/printer.ts';
import { decodeBtf, TspaholeError } from '../../src/index.ts';
import { btf } from '../support/btf-writer.ts';

function printer(...strings: string[]): Printer {
  return new Printer(decodeBtf(btf([], { strings })).strings);
}

function printed(action: (out: Printer) => void): string {
  const out = printer();
  action(out);
  return out.text();
}

describe('decimal numbers', () => {
  it.each([
    [0, 0, '0'],
    [7, 3, '  7'],
    [10, 2, '10'],
    [99_999, 5, '99999'],
    [123_456, 5, '123456'],
    [0x7fff_ffff, 0, '2147483647'],
    [0x8000_0000, 0, '2147483648'],
    [0xffff_ffff, 12, '  4294967295'],
    [2 ** 40, 0, '1099511627776'],
    [-1, 4, '  -1'],
  ])('%d in %d columns', (value, width, text) => {
    expect(printed((out) => out.number(value, width))).toBe(text);
  });
});

describe('hexadecimal numbers have 0x, but 0 has none', () => {
  it.each([
    [0, 5, '    0'],
    [16, 5, ' 0x10'],
    [0xffff_ffff, 5, '0xffffffff'],
    [2 ** 32, 0, '0x100000000'],
  ])('%d in %d columns', (value, width, text) => {
    expect(printed((out) => out.hex(value, width))).toBe(text);
  });
});

describe('padding', () => {
  const padded = (text: string, width: number): string =>
    printed((out) => {
      out.put('before');
      const start = out.pos;
      out.put(text);
      out.padFrom(start, width);
      out.put('|');
    }).slice('before'.length);

  it('fills up to the width', () => expect(padded('ab', 5)).toBe('ab   |'));
  it('adds nothing to a longer text', () => expect(padded('abcdef', 5)).toBe('abcdef|'));
  it('counts a negative width as its amount, as printf does', () => expect(padded('ab', -5)).toBe('ab   |'));
  it('goes beyond what is kept ready', () => expect(padded('', 1000)).toBe(`${' '.repeat(1000)}|`));
});

it('a negative number of blanks is none', () => {
  expect(printed((out) => out.spaces(-3))).toBe('');
});

it('the indent stays at 16 TABs', () => {
  expect(printed((out) => out.indent(3))).toBe('\t'.repeat(3));
  expect(printed((out) => out.indent(16))).toBe('\t'.repeat(16));
  expect(printed((out) => out.indent(17))).toBe('\t'.repeat(16));
  expect(printed((out) => out.indent(1000))).toBe('\t'.repeat(16));
});

describe('names', () => {
  const name = (out: Printer, offset: number): string => {
    out.name(offset);
    return out.text();
  };

  it('from the table, also as the tail of another', () => {
    expect(name(printer('long_name'), 1)).toBe('long_name');
    expect(name(printer('long_name'), 6)).toBe('name');
  });

  it('at the very end of a table', () => {
    const { strings } = decodeBtf(btf([], { stringSection: Buffer.from('\0ab\0last\0') }));
    expect(name(new Printer(strings), 4)).toBe('last');
  });

  it('longer than any buffer kept ready', () => {
    const long = 'x'.repeat(300_000);
    expect(name(printer(long), 1)).toBe(long);
  });

  it('in UTF-8, counted in bytes', () => {
    const out = printer('größe');
    out.name(1);
    expect(out.pos).toBe(7);
    expect(out.text()).toBe('größe');
  });

  it('outside of the table are bad data', () => {
    expect(() => printer('a').name(100)).toThrow(TspaholeError);
  });
});

describe('a sink', () => {
  it('is given all bytes in order, whatever their number', () => {
    const chunks: Buffer[] = [];
    const out = new Printer(decodeBtf(btf([])).strings, (bytes) => void chunks.push(Buffer.from(bytes)));
    const lines = Array.from({ length: 50_000 }, (_, index) => `line ${index}\n`);
    for (const line of lines) {
      out.put(line);
      out.flushIfLarge();
    }
    out.put('größe'.replace('ö', '\xc3\xb6').replace('ß', '\xc3\x9f'));
    out.flush();
    expect(Buffer.concat(chunks).toString()).toBe(`${lines.join('')}größe`);
    expect(chunks.length).toBeGreaterThan(1);
  });

  it('keeps its bytes during the call, though another printer flushes meanwhile', () => {
    const { strings } = decodeBtf(btf([]));
    const inner = new Printer(strings, () => {});
    const outer = new Printer(strings, (bytes) => {
      inner.put('inner');
      inner.flush();
      expect(Buffer.from(bytes).toString()).toBe('outer');
    });
    outer.put('outer');
    outer.flush();
    expect.assertions(1);
  });

  it('is not called for nothing', () => {
    const out = new Printer(decodeBtf(btf([])).strings, () => expect.unreachable());
    out.flush();
  });
});

it('what is dropped is not printed', () => {
  const text = printed((out) => {
    out.put('kept');
    const { pos } = out;
    out.put(' dropped');
    out.truncate(pos);
    out.put('!');
  });
  expect(text).toBe('kept!');
});
