/**
 * The blobs that the fuzzer starts from: small, so that a change is likely to hit something, and
 * together of all kinds, both byte orders, with and without kind layout, whole and split.
 */

import { decodeBtf } from '../src/btf/decode.ts';
import type { TypeTable } from '../src/model/table.ts';
import {
  array,
  type BtfOptions,
  btf,
  constOf,
  datasec,
  declTag,
  enum32,
  enum64,
  float,
  func,
  funcProto,
  fwd,
  int,
  ptr,
  restrictOf,
  splitBtf,
  struct,
  type TypeRecord,
  typedef,
  typeTag,
  union,
  variable,
  volatileOf,
} from '../test/support/btf-writer.ts';

export interface Seed {
  readonly bytes: Uint8Array;
  readonly base?: TypeTable | undefined;
}

const ALL_KINDS: readonly TypeRecord[] = [
  int('int', 4, 'signed'),
  int('char', 1, 'char'),
  int('long unsigned int', 8),
  ptr(8),
  array(2, 3, 16),
  fwd('later'),
  enum32(
    'color',
    [
      ['RED', 0],
      ['GREEN', -1],
    ],
    { signed: true },
  ), // 7
  struct('node', 40, [
    ['next', 4, 0],
    ['name', 5, 64],
    ['color', 7, 192],
    ['', 9, 256],
  ]), // 8
  union('', 8, [
    ['value', 1, 0],
    ['wide', 3, 0],
  ]), // 9
  typedef('node_t', 8),
  constOf(10),
  volatileOf(11),
  restrictOf(4),
  typeTag('rcu', 12),
  funcProto(1, [
    ['self', 13],
    ['size', 3],
    ['', 0],
  ]), // 15
  func('node_add', 15, 'global'),
  variable('root', 8), // 17
  datasec('.data', 64, [[17, 0, 40]]),
  float('double', 8),
  declTag('kfunc', 16),
  declTag('guarded', 8, 2),
  enum64('mask', [['ALL', 0xffff_ffff_ffff_ffffn]]),
];

const BITFIELDS: readonly TypeRecord[] = [
  int('unsigned int', 4),
  enum32('mode', [
    ['OFF', 0],
    ['ON', 1],
  ]),
  struct('flags', 12, [
    ['a', 1, 0, 3],
    ['b', 1, 3, 5],
    ['mode', 2, 8, 2],
    ['rest', 1, 32, 0],
    ['', 4, 64, 0],
  ]),
  struct('', 4, [
    ['x', 1, 0, 31],
    ['y', 1, 31, 1],
  ]),
  struct('outer', 28, [
    ['flags', 3, 0],
    ['more', 6, 96],
    ['tail', 7, 224],
  ]),
  array(3, 1, 1),
  array(1, 1, 0),
];

/** Ids that go forward, so that resolving needs its stack. */
const CHAINS: readonly TypeRecord[] = [
  ptr(2),
  constOf(3),
  typedef('a', 4),
  struct('s', 24, [
    ['p', 1, 0],
    ['i', 5, 64],
    ['e', 6, 96],
    ['q', 7, 128],
  ]),
  typedef('i', 8),
  array(5, 8, 1),
  ptr(9),
  int('int', 4, 'signed'),
  funcProto(5, [
    ['cb', 7],
    ['s', 1],
  ]),
  datasec('.bss', 8, [[11, 0, 4]]),
  variable('v', 5, 'global'),
];

const SPLIT: readonly TypeRecord[] = [
  struct('module', 48, [
    ['node', 10, 0],
    ['id', 1, 320],
  ]),
  ptr(23),
  func('module_init', 15),
  typedef('node_t', 11),
];

function whole(records: readonly TypeRecord[], options?: BtfOptions): Seed {
  return { bytes: btf(records, options) };
}

function split(options: BtfOptions): Seed {
  const blobs = splitBtf(ALL_KINDS, SPLIT, options);
  return { bytes: blobs.split, base: decodeBtf(blobs.base) };
}

/** All seeds. */
export function corpus(): readonly Seed[] {
  return [
    whole(ALL_KINDS),
    whole(ALL_KINDS, { endian: 'big' }),
    whole(ALL_KINDS, { layout: true }),
    whole(BITFIELDS),
    whole(BITFIELDS, { endian: 'big', headerSize: 32 }),
    whole(CHAINS),
    split({}),
    split({ endian: 'big' }),
  ];
}
