/** Warnings: what is accepted and may still mislead. */

import { describe, expect, it } from 'vitest';
import { decodeBtf } from '../../src/index.ts';
import { findArchitecture } from '../../src/probe/architectures.ts';
import { listWarnings } from '../../src/probe/warnings.ts';
import { btf, constOf, func, funcProto, int, ptr, struct, typeTag } from '../support/btf-writer.ts';
import { argumentsText, expandLine, warningCodes } from '../support/probe.ts';

const SYSTEM_MAP = `ffffffff81000000 T vfs_read
ffffffff81000100 t parse_header
ffffffff81000200 t parse_header
ffffffff81000300 t helper.isra.0
ffffffff81000400 T vfs_read_more
ffffffff81000500 D jiffies
ffffffffc0000000 t loop_fn\t[loop]
`;

function codes(line: string, lists: Parameters<typeof listWarnings>[1]): string[] {
  return listWarnings(expandLine(line), lists).map(({ code, text }) => `${code} ${text}`);
}

describe('the lists of a kernel', () => {
  it.each([
    ['p vfs_read', []],
    ['p parse_header', ['W2 2 functions are called parse_header: the kernel refuses the name']],
    ['p helper', [expect.stringContaining('W3 only helper.isra.0 exists')]],
    ['p gone', ['W10 no symbol gone: it is inlined, or not in this kernel']],
    ['p jiffies', ['W10 no symbol jiffies: it is inlined, or not in this kernel']],
    ['p loop:loop_fn', []],
    ['p loop_fn', ['W10 no symbol loop_fn: it is inlined, or not in this kernel']],
  ])('symbols say of %s: %j', (line, expected) => {
    expect(codes(line, { symbols: SYSTEM_MAP })).toEqual(expected);
  });

  it('of functions that can be traced are asked by whole names', () => {
    const filterFunctions = 'vfs_read_more\nloop_fn [loop]\n';
    expect(codes('p vfs_read', { filterFunctions })).toEqual([
      expect.stringMatching(/^W10 vfs_read is none/),
    ]);
    expect(codes('p loop:loop_fn', { filterFunctions })).toEqual([]);
  });

  it('of functions that cannot be probed are asked too', () => {
    const blacklist = '0xffffffff81000000-0xffffffff81000010\tvfs_read\n';
    expect(codes('p vfs_read', { blacklist })).toEqual(['W10 vfs_read is in the blacklist of kprobes']);
    expect(codes('p vfs_write', { blacklist })).toEqual([]);
  });
});

describe('the types', () => {
  const types = [
    int('int', 4, 'signed'), // 1
    int('char', 1, 'signed'), // 2
    typeTag('user', 2), // 3
    constOf(3), // 4
    ptr(3), // 5
    ptr(4), // 6
    funcProto(1, [['a', 1]]), // 7
    funcProto(1, [['b', 5]]), // 8
    func('twice', 7), // 9
    func('twice', 8), // 10
    func('reads', 8), // 11
    struct('inner', 8, [['p', 5, 0]]), // 12
    typeTag('user', 12), // 13
    ptr(13), // 14
    funcProto(0, [
      ['s', 14],
      ['c', 6],
    ]), // 15
    func('takes', 15), // 16
  ];
  const table = decodeBtf(btf(types));

  it('may have several functions of a name: W1, and the one with the lowest id counts', () => {
    expect(warningCodes('p twice', table)).toEqual(['W1']);
    expect(argumentsText('p twice $$args', table)).toBe('a=$arg1:s32');
  });

  it('may say that memory is that of user space: it is read as such', () => {
    expect(argumentsText('p reads b:string b2=b:ustring', table)).toBe(
      'b=+u0($arg1):string b2=+0($arg1):ustring',
    );
    expect(warningCodes('p reads b:string', table)).toEqual(['W9']);
    expect(argumentsText('p takes s->p', table)).toBe('p=+u0($arg1):x64');
    expect(argumentsText('p takes s->p:string', table)).toBe('p=+u0(+u0($arg1)):string');
  });
});

describe('a machine', () => {
  it('without $argN on the stack has W5, and says which parameters lie there', () => {
    const arm64 = { architecture: findArchitecture('arm64') };
    expect(warningCodes('p do_mmap file', '6.12', arm64)).toEqual(['W5']);
    expect(expandLine('p do_mmap file', '6.12', arm64).warnings[0]?.text).toMatch(/^uf lies on the stack/);
    expect(warningCodes('p do_mmap file')).toEqual([]);
  });

  it('of another byte order than the types has W13', () => {
    expect(warningCodes('p vfs_read count', '6.12', { architecture: findArchitecture('s390x') })).toEqual([
      'W13',
    ]);
    expect(warningCodes('p vfs_read count', '6.12', { architecture: findArchitecture('powerpc') })).toEqual(
      [],
    );
  });
});

describe('bit fields of a big-endian kernel', () => {
  it('count from the most significant bit in the types and from the least in tracefs', () => {
    const types = [
      int('unsigned int', 4),
      struct('s', 8, [
        ['a', 1, 0, 3],
        ['b', 1, 3, 5],
        ['c', 1, 32, 32],
      ]),
      ptr(2),
      funcProto(0, [['s', 3]]),
      func('f', 4),
    ];
    const big = decodeBtf(btf(types, { endian: 'big' }));
    const little = decodeBtf(btf(types));
    const s390x = { architecture: findArchitecture('s390x') };
    expect(warningCodes('p f s->a', big, s390x)).toEqual(['W13']);
    expect(warningCodes('p f s', big, s390x)).toEqual([]);
    expect(warningCodes('p f s->a', little)).toEqual([]);
    expect(argumentsText('p f s->a s->b', big)).toBe('a=+0($arg1):b3@29/32 b=+0($arg1):b5@24/32');
    expect(argumentsText('p f s->a s->b', little)).toBe('a=+0($arg1):b3@0/32 b=+0($arg1):b5@3/32');
  });
});
