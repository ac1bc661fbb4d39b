/**
 * The grammar. What pahole's own parser accepts and refuses was recorded with pahole 1.31 on glibc 2.36
 * by running each of these command lines.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asksForCompat, parseArguments } from '../../src/cli/argp.ts';
import { OPTIONS } from '../../src/cli/options.ts';

/** Options as `name` or `name=value`, operands, error. */
function parse(line: string, compat = false): { options: string[]; operands: string[]; error?: unknown } {
  const parsed = parseArguments(line === '' ? [] : line.split(' '), compat);
  return {
    options: parsed.options.map(({ option, value }) =>
      value === undefined ? option.name : `${option.name}=${value}`,
    ),
    operands: parsed.operands.map(({ text }) => text),
    ...(parsed.error && { error: parsed.error }),
  };
}

describe('short options', () => {
  it('are bundled', () => {
    expect(parse('-sq')).toEqual({ options: ['sizes', 'quiet'], operands: [] });
  });

  it('take the rest of the bundle as their value', () => {
    expect(parse('-qClist_head')).toEqual({ options: ['quiet', 'class_name=list_head'], operands: [] });
    expect(parse('-x=y')).toEqual({ options: ['exclude==y'], operands: [] });
  });

  it('take the next word as their value where none is attached', () => {
    expect(parse('-qC list_head x')).toEqual({ options: ['quiet', 'class_name=list_head'], operands: ['x'] });
  });

  it('take a next word that looks like an option, or like the end of the options', () => {
    expect(parse('-C -- -q')).toEqual({ options: ['class_name=--', 'quiet'], operands: [] });
    expect(parse('-C -q')).toEqual({ options: ['class_name=-q'], operands: [] });
  });

  it('take an optional value only where it is attached', () => {
    expect(parse('-j4 file')).toEqual({ options: ['jobs=4'], operands: ['file'] });
    expect(parse('-j file')).toEqual({ options: ['jobs'], operands: ['file'] });
    expect(parse('-j 4')).toEqual({ options: ['jobs'], operands: ['4'] });
  });

  it('stop at an unknown letter, also inside a bundle and outside ASCII', () => {
    expect(parse('-sqk list_head')).toEqual({
      options: ['sizes', 'quiet'],
      operands: [],
      error: { kind: 'unknown-short', text: 'k' },
    });
    expect(parse('-😀').error).toEqual({ kind: 'unknown-short', text: '😀' });
  });

  it('miss their value at the end of the line', () => {
    expect(parse('-C').error).toMatchObject({ kind: 'missing-value', form: 'short' });
  });

  it('find help under a question mark', () => {
    expect(parse('-?').options).toEqual(['help']);
  });
});

describe('long options', () => {
  it('take a value after = or in the next word', () => {
    expect(parse('--class_name=a --class_name b c')).toEqual({
      options: ['class_name=a', 'class_name=b'],
      operands: ['c'],
    });
  });

  it('keep everything after the first =, also nothing', () => {
    expect(parse('--exclude=a=b --exclude=').options).toEqual(['exclude=a=b', 'exclude=']);
  });

  it('take an optional value only after =', () => {
    expect(parse('--jobs=4 --jobs 4')).toEqual({ options: ['jobs=4', 'jobs'], operands: ['4'] });
  });

  it('refuse a value that they do not take', () => {
    expect(parse('--quiet=3').error).toMatchObject({ kind: 'unexpected-value', option: { name: 'quiet' } });
  });

  it('miss their value at the end of the line', () => {
    expect(parse('--exc').error).toMatchObject({
      kind: 'missing-value',
      form: 'long',
      option: { name: 'exclude' },
    });
  });

  it('may be abbreviated to a prefix that one option has', () => {
    expect(parse('--contains_enum X --expand_t --comp').options).toEqual([
      'contains_enumerator=X',
      'expand_types',
      'compile',
    ]);
  });

  it('abbreviate against the names that help does not list', () => {
    expect(parse('--pro x --HA').options).toEqual(['program-name=x', 'HANG']);
  });

  it('match exactly before they abbreviate', () => {
    expect(parse('--contains T --lang c').options).toEqual(['contains=T', 'lang=c']);
  });

  it('list the candidates of an ambiguous prefix in the order of pahole', () => {
    expect(parse('--h').error).toMatchObject({
      kind: 'ambiguous',
      text: 'h',
      candidates: ['header_type', 'holes', 'hole_size_ge', 'hex', 'hashbits', 'help'].map((name) => ({
        name,
      })),
    });
    expect(parse('--class=list_head').error).toMatchObject({
      text: 'class=list_head',
      candidates: [{ name: 'class_name' }, { name: 'class_name_len' }, { name: 'classes_as_structs' }],
    });
  });

  it('are ambiguous among all of pahole when the name is empty', () => {
    const names = OPTIONS.filter(({ own }) => !own).map(({ name }) => ({ name }));
    expect(parse('--=x').error).toMatchObject({ kind: 'ambiguous', candidates: names });
  });

  it('do not exist with - for _ if they are pahole’s', () => {
    expect(parse('--class-name=x').error).toEqual({ kind: 'unknown-long', text: 'class-name=x' });
  });
});

describe('our own options', () => {
  it('must be spelled in full', () => {
    expect(parse('--json').options).toEqual(['json']);
    expect(parse('--jso').error).toEqual({ kind: 'unknown-long', text: 'jso' });
    expect(parse('--compa').error).toEqual({ kind: 'unknown-long', text: 'compa' });
  });

  it('do not take part in abbreviations', () => {
    expect(parse('--padd=3').options).toEqual(['padding_ge=3']);
    expect(parse('--padding=3').options).toEqual(['padding=3']);
  });

  it('do not exist in pahole’s mode, except compat', () => {
    expect(parse('--padding=3', true).options).toEqual(['padding_ge=3']);
    expect(parse('--json', true).error).toEqual({ kind: 'unknown-long', text: 'json' });
    expect(parse('--compat', true).options).toEqual(['compat']);
  });
});

describe('operands', () => {
  it('are mixed with options', () => {
    expect(parse('a -q b --hex c')).toEqual({ options: ['quiet', 'hex'], operands: ['a', 'b', 'c'] });
  });

  it('are everything after --', () => {
    expect(parse('-q a -- -s -- b')).toEqual({ options: ['quiet'], operands: ['a', '-s', '--', 'b'] });
    expect(parse('--')).toEqual({ options: [], operands: [] });
  });

  it('include a single dash and the empty word', () => {
    expect(parse('-').operands).toEqual(['-']);
    expect(parseArguments([''], false).operands).toEqual([{ text: '', index: 0 }]);
  });
});

it('says which word an option and an operand came from', () => {
  const parsed = parseArguments(['a', '-qC', 'x', 'b'], false);
  expect(parsed.options.map(({ index }) => index)).toEqual([1, 1]);
  expect(parsed.operands.map(({ index }) => index)).toEqual([0, 3]);
});

it('keeps what stood before an error', () => {
  expect(parse('--version --foo')).toEqual({
    options: ['version'],
    operands: [],
    error: { kind: 'unknown-long', text: 'foo' },
  });
});

/** A word group of a command line, and what it must be read as. */
interface Piece {
  readonly words: readonly string[];
  readonly option?: string;
  readonly value?: string | undefined;
}

const anOperand = fc
  .string()
  .filter((text) => text === '-' || !text.startsWith('-'))
  .map((text): Piece => ({ words: [text], value: text }));

const anOption = fc
  .record({
    option: fc.constantFrom(...OPTIONS),
    value: fc.string(),
    useShort: fc.boolean(),
    attach: fc.boolean(),
  })
  .map(({ option: { name, short, argument }, value, useShort, attach }): Piece => {
    const head = useShort && short !== undefined ? `-${short}` : `--${name}`;
    if (argument === 'none' || (argument === 'optional' && !attach)) {
      return { words: [head], option: name, value: undefined };
    }
    if (!attach || (head.length === 2 && value === '')) {
      return argument === 'optional'
        ? { words: [head], option: name, value: undefined }
        : { words: [head, value], option: name, value };
    }
    return { words: [head.length === 2 ? head + value : `${head}=${value}`], option: name, value };
  });

it('reads every spelling of every option between operands', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(anOption, anOperand)), (pieces) => {
      const { options, operands, error } = parseArguments(
        pieces.flatMap(({ words }) => words),
        false,
      );
      expect(error).toBeUndefined();
      const given = pieces.filter(({ option }) => option !== undefined);
      expect(options.map(({ option, value }) => [option.name, value])).toEqual(
        given.map(({ option, value }) => [option, value]),
      );
      expect(operands.map(({ text }) => text)).toEqual(
        pieces.filter(({ option }) => option === undefined).map(({ value }) => value),
      );
    }),
  );
});

it('never throws', () => {
  const words = fc.oneof(fc.constantFrom('--', '-', '--=x', '--con', '-Cj', '-jC'), fc.string());
  fc.assert(
    fc.property(fc.array(words), fc.boolean(), (args, compat) => {
      expect(() => parseArguments(args, compat)).not.toThrow();
    }),
  );
});

describe('asksForCompat', () => {
  it('finds --compat anywhere before --', () => {
    expect(asksForCompat(['a', '--foo', '--compat'])).toBe(true);
    expect(asksForCompat(['--compat', '--'])).toBe(true);
    expect(asksForCompat(['--', '--compat'])).toBe(false);
    expect(asksForCompat(['--compa'])).toBe(false);
  });
});
