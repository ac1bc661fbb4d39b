/** `TspaholeError`: one line that says where and what. */

import { describe, expect, it } from 'vitest';
import { type ErrorPlace, TspaholeError, withPlace } from '../../src/model/errors.ts';

describe('the message', () => {
  it.each<[ErrorPlace, string]>([
    [{}, 'what'],
    [{ file: 'f' }, 'f: what'],
    [{ section: '.BTF' }, '.BTF: what'],
    [{ section: '.BTF', offset: 16 }, '.BTF+0x10: what'],
    [{ offset: 16 }, '0x10: what'],
    [{ file: 'f', section: '.BTF', offset: 0 }, 'f: .BTF+0x0: what'],
  ])('of an error at %j', (place, message) => {
    expect(new TspaholeError('bad-data', 'what', place).message).toBe(message);
  });

  it('is an Error with a name, a code and the text without the place', () => {
    const error = new TspaholeError('io', 'what', { file: 'f' });
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code, error.what]).toEqual(['TspaholeError', 'io', 'what']);
  });
});

describe('within', () => {
  it('adds what the error did not know and keeps what it knew', () => {
    const cause = new Error('cause');
    const inner = new TspaholeError('bad-data', 'what', { section: '.BTF', offset: 4 }, cause);
    const outer = inner.within({ file: 'f', section: 'other', offset: 9 });
    expect(outer.message).toBe('f: .BTF+0x4: what');
    expect(outer.cause).toBe(cause);
  });

  it('has no cause where the error had none', () => {
    expect('cause' in new TspaholeError('io', 'what').within({ file: 'f' })).toBe(false);
  });
});

describe('withPlace', () => {
  it('gives what the action gives', () => {
    expect(withPlace({ file: 'f' }, () => 7)).toBe(7);
  });

  it('adds the place to a TspaholeError', () => {
    const action = (): never => {
      throw new TspaholeError('io', 'what');
    };
    expect(() => withPlace({ file: 'f' }, action)).toThrow('f: what');
  });

  it('lets every other error through as it is', () => {
    const other = new TypeError('mistake');
    const action = (): never => {
      throw other;
    };
    expect(() => withPlace({ file: 'f' }, action)).toThrow(other);
  });
});
