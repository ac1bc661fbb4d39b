import { describe, expect, it } from 'vitest';
import {
  array,
  btf,
  constOf,
  declTag,
  func,
  funcProto,
  int,
  ptr,
  struct,
  type TypeRecord,
  typedef,
  union,
  variable,
} from '../support/btf-writer.ts';
import { type Survival, survive } from '../support/survive.ts';

const DEPTH = 100_000;

function surviveTypes(...records: TypeRecord[]): Survival {
  return survive(btf(records));
}

describe('loops end and are reported', () => {
  it.each<[string, TypeRecord[]]>([
    ['a typedef of itself', [typedef('t', 1)]],
    ['const of itself', [constOf(1)]],
    ['two const of each other', [constOf(2), constOf(1)]],
    ['a pointer to itself', [ptr(1)]],
    ['an array of itself', [int('int', 4), array(2, 1, 2)]],
    ['a struct in itself', [struct('s', 8, [['s', 1, 0]])]],
    ['a union in itself by way of an array', [int('int', 4), union('u', 8, [['u', 3, 0]]), array(2, 1, 1)]],
  ])('%s', (_, records) => {
    expect(surviveTypes(...records)).toEqual({ isDecoded: true, refusedViews: 0, codes: ['loop'] });
  });

  it('one through 100,000 typedefs', () => {
    const loop = Array.from({ length: DEPTH }, (_, index) => typedef('t', ((index + 1) % DEPTH) + 1));
    expect(surviveTypes(...loop).codes).toContain('depth');
  });

  it('one through 100,000 typedefs with falling ids', () => {
    const loop = Array.from({ length: DEPTH }, (_, index) => typedef('t', index === 0 ? DEPTH : index));
    expect(surviveTypes(...loop).codes).toEqual(['depth']);
  });
});

describe('depth does not matter', () => {
  it('100,000 pointers, each to the one before', () => {
    const chain = Array.from({ length: DEPTH }, (_, index) => ptr(index));
    expect(surviveTypes(...chain)).toEqual({ isDecoded: true, refusedViews: 0, codes: [] });
  });

  it('100,000 pointers, each to the next', () => {
    const chain = Array.from({ length: DEPTH }, (_, index) => ptr(index + 2));
    const { isDecoded, refusedViews, codes } = surviveTypes(...chain);
    expect([isDecoded, refusedViews, codes.length]).toEqual([true, 0, 100]);
    expect(new Set(codes)).toEqual(new Set(['depth']));
  });

  it('100,000 structs, each in the next', () => {
    const chain = Array.from({ length: DEPTH }, (_, index) =>
      struct('s', 8, index === 0 ? [] : [['s', index, 0]]),
    );
    expect(surviveTypes(...chain).codes).toEqual([]);
  });

  it('30 arrays of 65,535 of one another', () => {
    const arrays = Array.from({ length: 30 }, (_, index) => array(index + 1, 1, 0xffff));
    expect(surviveTypes(int('int', 4), ...arrays).codes).toEqual(['array-size']);
  });
});

describe('what is printed ends', () => {
  it('for a function that takes itself behind 200 pointers', () => {
    const pointers = Array.from({ length: 200 }, (_, index) => ptr(index + 2));
    expect(surviveTypes(...pointers, funcProto(0, [['', 1]])).isDecoded).toBe(true);
  });

  it('for a function that returns and takes pointers to itself', () => {
    const loop = [
      ptr(2),
      funcProto(1, [
        ['a', 1],
        ['b', 1],
      ]),
      struct('s', 8, [['f', 1, 0]]),
    ];
    expect(surviveTypes(...loop).isDecoded).toBe(true);
  });

  it('for structs that expand to 2^60 members', () => {
    const doubling = Array.from({ length: 60 }, (_, index) =>
      index === 0
        ? int('int', 4)
        : struct('s', 8, [
            ['a', index, 0],
            ['b', index, 0],
          ]),
    );
    expect(surviveTypes(...doubling).isDecoded).toBe(true);
  });
});

describe('ids out of range are reported, by each kind that refers', () => {
  const MISSING = 77;
  it.each<[string, TypeRecord, string]>([
    ['pointer', ptr(MISSING), 'target'],
    ['const', constOf(MISSING), 'target'],
    ['typedef', typedef('t', MISSING), 'target'],
    ['array element', array(MISSING, 1, 1), 'array-element'],
    ['array index', array(1, MISSING, 1), 'array-index'],
    ['member', struct('s', 8, [['a', MISSING, 0]]), 'member-type'],
    ['return value', funcProto(MISSING), 'return-type'],
    ['parameter', funcProto(0, [['a', MISSING]]), 'parameter'],
    ['function', func('f', MISSING), 'target'],
    ['variable', variable('v', MISSING), 'target'],
    ['declaration tag', declTag('t', MISSING), 'target'],
    ['largest possible id', ptr(0xffff_ffff), 'type-id'],
  ])('%s', (_, record, code) => {
    expect(surviveTypes(int('int', 4), record)).toEqual({ isDecoded: true, refusedViews: 0, codes: [code] });
  });
});

describe('counts and names', () => {
  it('a struct that claims 65,535 members is refused', () => {
    const lying: TypeRecord = [0, 0x0400_ffff, 4];
    expect(surviveTypes(int('int', 4), lying)).toEqual({
      isDecoded: false,
      refusedViews: 0,
      codes: ['unreadable'],
    });
  });

  it('a type whose name lies outside the strings is refused when it is viewed', () => {
    expect(surviveTypes(int(0x1000, 4), int('int', 4))).toEqual({
      isDecoded: true,
      refusedViews: 1,
      codes: ['name'],
    });
  });
});
