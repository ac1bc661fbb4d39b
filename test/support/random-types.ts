/** Random type records for fast-check: of every kind of BTF, well formed, referring to one another. */

import fc from 'fast-check';
import {
  array,
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
  struct,
  type TypeRecord,
  typedef,
  typeTag,
  union,
  variable,
  volatileOf,
} from './btf-writer.ts';

const name = fc.constantFrom('a', 'b', 'counter', 'x', 'ä', 'a_rather_long_name');
const word = fc.nat(0xffff_ffff);

/** Any kind, referring to any id from 0 to `lastId`. */
export function anyRecord(lastId: number): fc.Arbitrary<TypeRecord> {
  const id = fc.nat(lastId);
  const members = fc.array(fc.tuple(name, id, fc.nat(0xff_ffff)), { maxLength: 4 });
  const bitfields = fc.array(fc.tuple(name, id, fc.nat(0xff_ffff), fc.nat(255)), { maxLength: 4 });
  const values = fc.array(fc.tuple(name, fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n)), { maxLength: 4 });
  const parameters = fc.array(fc.tuple(name, id), { maxLength: 4 });
  const variables = fc.array(fc.tuple(id, word, word), { maxLength: 4 });
  const linkage = fc.nat(2);
  return fc.oneof(
    fc.tuple(name, fc.constantFrom(1, 2, 4, 8), fc.constantFrom(0, 1, 2, 4)).map((parts) => int(...parts)),
    fc.tuple(name, fc.constantFrom(2, 4, 8, 12, 16)).map((parts) => float(...parts)),
    fc.constantFrom(ptr, constOf, volatileOf, restrictOf).chain((make) => id.map(make)),
    fc.tuple(id, id, word).map((parts) => array(...parts)),
    fc.tuple(name, word, fc.oneof(members, bitfields)).map((parts) => struct(...parts)),
    fc.tuple(name, word, fc.oneof(members, bitfields)).map((parts) => union(...parts)),
    fc.tuple(name, values).map((parts) => enum32(...parts)),
    fc.tuple(name, values).map((parts) => enum64(...parts)),
    fc.tuple(name, fc.constantFrom('struct', 'union')).map((parts) => fwd(...parts)),
    fc.tuple(name, id).map((parts) => typedef(...parts)),
    fc.tuple(name, id, linkage).map((parts) => func(...parts)),
    fc.tuple(id, parameters).map((parts) => funcProto(...parts)),
    fc.tuple(name, id, linkage).map((parts) => variable(...parts)),
    fc.tuple(name, word, variables).map((parts) => datasec(...parts)),
    fc.tuple(name, id, fc.integer({ min: -1, max: 5 })).map((parts) => declTag(...parts)),
    fc.tuple(name, id).map((parts) => typeTag(...parts)),
  );
}

/** Up to 30 records of any kind, the first of which has the id `firstId`. */
export function anyRecords(firstId = 1): fc.Arbitrary<TypeRecord[]> {
  return fc.nat(30).chain((count) => {
    const each = anyRecord(firstId + count - 1);
    return fc.array(each, { minLength: count, maxLength: count });
  });
}
