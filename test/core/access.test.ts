/** Access specs: names without flavors, strings of indexes, and what they mean in C. */

import { describe, expect, it } from 'vitest';
import { accessPath, formatAccess, parseAccess } from '../../src/core/access.ts';
import { CoreKind } from '../../src/core/kinds.ts';
import { essentialName } from '../../src/core/names.ts';
import { array, enum32, enum64, int, ptr, struct, typedef, union } from '../support/btf-writer.ts';
import { expectError } from '../support/expect-error.ts';
import { tableOf } from '../support/types.ts';

describe('the essential name', () => {
  it.each([
    ['task_struct', 'task_struct'],
    ['task_struct___old', 'task_struct'],
    ['task_struct___old___2', 'task_struct___old'],
    ['task___', 'task___'],
    ['___task', '___task'],
    ['a____b', 'a____b'],
    ['a___b____c', 'a'],
    ['a_b', 'a_b'],
    ['', ''],
  ])('of %j is %j', (name, essential) => {
    expect(essentialName(name)).toBe(essential);
  });
});

const table = tableOf([
  int('int', 4, 'signed'), // 1
  array(1, 1, 4), // 2
  struct('inner', 8, [
    ['x', 1, 0],
    ['y', 1, 32],
  ]), // 3
  union('', 8, [
    ['u', 3, 0],
    ['v', 1, 0],
  ]), // 4
  struct('outer', 32, [
    ['a', 2, 0],
    ['', 4, 128],
    ['bits', 1, 192 + 3, 5],
    ['tail', 6, 256],
  ]), // 5
  array(3, 1, 0), // 6
  typedef('outer_t', 5), // 7
  enum32('color', [
    ['RED', 1],
    ['BLUE', -1],
  ]), // 8
  enum64('wide', [['W', 0x1_0000_0000n]]), // 9
  ptr(5), // 10
]);

function specOf(typeId: number, access: string, kind: number = CoreKind.FieldByteOffset) {
  return parseAccess(table, { typeId, access, kind });
}

describe('an access', () => {
  it.each([
    [5, '0', '', 0],
    [5, '0:0', '.a', 0],
    [5, '0:0:3', '.a[3]', 96],
    [5, '0:1:0:1', '.u.y', 160],
    [5, '0:1:1', '.v', 128],
    [5, '2:1:1', '[2].v', 512 + 128],
    [7, '0:2', '.bits', 195],
    [5, '0:3:7:1', '.tail[7].y', 256 + 7 * 64 + 32],
    [1, '3', '[3]', 96],
  ])('to type %i by %s is %j at bit %i', (typeId, access, path, bitOffset) => {
    const spec = specOf(typeId, access);
    expect(accessPath(spec)).toBe(path);
    expect(spec.bitOffset).toBe(bitOffset);
    expect(spec.indexes.join(':')).toBe(access);
  });

  it('has an accessor for what has a name or counts, and for no anonymous member', () => {
    expect(specOf(5, '0:1:0:1').accessors).toEqual([
      { typeId: 5, index: 0, name: undefined },
      { typeId: 4, index: 0, name: 'u' },
      { typeId: 3, index: 1, name: 'y' },
    ]);
  });

  it.each([
    ['', 'is no access'],
    [':0', 'is no access'],
    ['0:', 'is no access'],
    ['0:-1', 'is no access'],
    ['0::1', 'is no access'],
    ['0:x', 'is no access'],
    ['0:9', 'no member 9'],
    ['0:0:4', 'no element 4'],
    ['0:0:0:0', 'behind a type of kind int'],
    ['0:4294967296', 'index 4294967296'],
    [Array(65).fill('0').join(':'), '65 steps'],
  ])('by %j is refused', (access, message) => {
    expectError(() => specOf(5, access), 'bad-data', message);
  });

  it('is refused of a type that does not exist, and of a kind that is not known', () => {
    expectError(() => specOf(99, '0'), 'bad-data', 'type 99 does not exist');
    expectError(() => specOf(5, '0', 13), 'unsupported', 'kind 13');
  });

  it('of a type has the string 0', () => {
    expect(specOf(10, '0', CoreKind.TypeExists).accessors).toEqual([]);
    expectError(() => specOf(5, '0:0', CoreKind.TypeSize), 'bad-data', 'is not 0');
  });

  it('of an enumerator is one index', () => {
    expect(accessPath(specOf(8, '1', CoreKind.EnumeratorValue))).toBe('::BLUE');
    expectError(() => specOf(8, '2', CoreKind.EnumeratorValue), 'bad-data', 'enumerator 2');
    expectError(() => specOf(8, '0:0', CoreKind.EnumeratorValue), 'bad-data', 'enumerator 0:0');
    expectError(() => specOf(5, '0', CoreKind.EnumeratorValue), 'bad-data', 'enumerator 0');
  });
});

describe('the text of an access, as in the debug log of libbpf', () => {
  it.each([
    [5, '0:1:0:1', CoreKind.FieldByteOffset, '<byte_off> [5] struct outer.u.y (0:1:0:1 @ offset 20)'],
    [7, '0:2', CoreKind.FieldSigned, '<signed> [7] typedef outer_t.bits (0:2 @ offset 24.3)'],
    [5, '0', CoreKind.TypeSize, '<type_size> [5] struct outer'],
    [10, '0', CoreKind.TypeIdLocal, '<local_type_id> [10] ptr <anon>'],
    [8, '1', CoreKind.EnumeratorValue, '<enumval_value> [8] enum color::BLUE = 4294967295'],
    [9, '0', CoreKind.EnumeratorExists, '<enumval_exists> [9] enum64 wide::W = 4294967296'],
  ])('of type %i by %s, kind %i', (typeId, access, kind, text) => {
    expect(formatAccess(specOf(typeId, access, kind))).toBe(text);
  });
});
