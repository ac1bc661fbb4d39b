/**
 * Random compile units for fast-check, as a compiler and pahole would leave them: each has its own copy of
 * the types that it uses, and forward declarations of structs that it does not define.
 */

import fc from 'fast-check';
import {
  array,
  constOf,
  enum32,
  funcProto,
  fwd,
  int,
  ptr,
  struct,
  type TypeRecord,
  typedef,
  typeTag,
  union,
} from './btf-writer.ts';

/** A C type as it is written: `tag` is a struct or union of the program, `marked` has a type tag. */
export type Expression =
  | { readonly kind: 'int'; readonly byteSize: number }
  | { readonly kind: 'tag'; readonly index: number }
  | { readonly kind: 'enum'; readonly index: number }
  | {
      readonly kind: 'pointer' | 'const' | 'array' | 'typedef' | 'function' | 'nameless' | 'marked';
      readonly of: Expression;
    };

/** A struct or union; `contents` has more than one entry where units disagree about it. */
interface Tag {
  readonly isUnion: boolean;
  readonly contents: readonly (readonly Expression[])[];
}

interface Program {
  readonly tags: readonly Tag[];
  readonly units: readonly {
    /** The tags that it begins with. */
    readonly roots: readonly number[];
    /** Which contents of a tag it sees. */
    readonly version: number;
    /** For each tag whether a reference to it is to a forward declaration. */
    readonly isForward: readonly boolean[];
    /** For each enum whether it is only declared. */
    readonly isEnumForward: readonly boolean[];
    /** Whether equal expressions are one type; else they are repeated. */
    readonly sharesTypes: boolean;
    /** Whether a type comes before what it refers to. */
    readonly isTopDown: boolean;
  }[];
}

const TAG_COUNT = 5;
const ENUM_COUNT = 2;

const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3 },
    fc.record({ kind: fc.constant('int' as const), byteSize: fc.constantFrom(1, 4) }),
    fc.record({ kind: fc.constant('tag' as const), index: fc.nat(TAG_COUNT - 1) }),
    fc.record({ kind: fc.constant('enum' as const), index: fc.nat(ENUM_COUNT - 1) }),
    fc.record({
      kind: fc.constantFrom('pointer', 'const', 'array', 'typedef', 'function', 'nameless', 'marked'),
      of: tie('expression'),
    }),
  ),
}));

const contents = fc.array(expression, { maxLength: 3 });
const tag: fc.Arbitrary<Tag> = fc.record({
  isUnion: fc.boolean(),
  contents: fc.oneof(
    { weight: 4, arbitrary: fc.tuple(contents) },
    { weight: 1, arbitrary: fc.tuple(contents, contents) },
  ),
});

const program: fc.Arbitrary<Program> = fc.record({
  tags: fc.array(tag, { minLength: TAG_COUNT, maxLength: TAG_COUNT }),
  units: fc.array(
    fc.record({
      roots: fc.uniqueArray(fc.nat(TAG_COUNT - 1), { minLength: 1 }),
      version: fc.nat(1),
      isForward: fc.array(fc.boolean(), { minLength: TAG_COUNT, maxLength: TAG_COUNT }),
      isEnumForward: fc.array(fc.boolean(), { minLength: ENUM_COUNT, maxLength: ENUM_COUNT }),
      sharesTypes: fc.boolean(),
      isTopDown: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  ),
});

/** The records of each unit. What units may disagree about is never only declared. */
export const unitsOfRecords: fc.Arbitrary<TypeRecord[][]> = program.map(({ tags, units }) => {
  const isDisputed = disputedTags(tags);
  return units.map((unit) => {
    const records: TypeRecord[] = [];
    const known = new Map<string, number>();
    const tagIds = new Map<number, number>();

    const place = (make: () => TypeRecord): number => {
      if (!unit.isTopDown) return records.push(make());
      const id = records.push([]);
      records[id - 1] = make();
      return id;
    };
    const define = (index: number): number => {
      const present = tagIds.get(index);
      if (present !== undefined) return present;
      const { isUnion, contents: all } = tags[index] as Tag;
      const members = all[unit.version % all.length] as readonly Expression[];
      const id = records.push([]);
      tagIds.set(index, id);
      const words = members.map((member, at) => [`m${at}`, idOf(member), 32 * at] as const);
      records[id - 1] = (isUnion ? union : struct)(`t${index}`, 32, words);
      return id;
    };
    const reference = (index: number): number => {
      const { isUnion } = tags[index] as Tag;
      const isDefined = unit.roots.includes(index) || isDisputed[index] || unit.isForward[index] === false;
      if (isDefined) return define(index);
      return once(`fwd ${index}`, () => fwd(`t${index}`, isUnion ? 'union' : 'struct'));
    };
    const once = (key: string, make: () => TypeRecord): number => {
      const present = unit.sharesTypes ? known.get(key) : undefined;
      if (present !== undefined) return present;
      const id = place(make);
      known.set(key, id);
      return id;
    };
    const idOf = (each: Expression): number => {
      if (each.kind === 'tag') return reference(each.index);
      if (each.kind === 'enum') {
        const values =
          unit.isEnumForward[each.index] === true ? [] : [[`E${each.index}`, each.index] as const];
        return once(JSON.stringify(each), () => enum32(`e${each.index}`, values));
      }
      return once(JSON.stringify(each), () => recordOf(each, idOf));
    };
    for (const root of unit.roots) define(root);
    return records;
  });
});

/** Whether a tag has several contents, or reaches one that has. */
function disputedTags(tags: readonly Tag[]): boolean[] {
  const isDisputed = tags.map(({ contents: all }) => all.length > 1);
  const reaches = (each: Expression): boolean => {
    if (each.kind === 'int' || each.kind === 'enum') return false;
    return each.kind === 'tag' ? isDisputed[each.index] === true : reaches(each.of);
  };
  for (let round = 0; round < tags.length; round++) {
    for (const [index, { contents: all }] of tags.entries()) {
      if (all.flat().some(reaches)) isDisputed[index] = true;
    }
  }
  return isDisputed;
}

function recordOf(
  each: Exclude<Expression, { kind: 'tag' | 'enum' }>,
  idOf: (each: Expression) => number,
): TypeRecord {
  switch (each.kind) {
    case 'int':
      return int(`int${each.byteSize}`, each.byteSize);
    case 'pointer':
      return ptr(idOf(each.of));
    case 'const':
      return constOf(idOf(each.of));
    case 'array':
      return array(idOf(each.of), idOf({ kind: 'int', byteSize: 4 }), 3);
    case 'typedef':
      return typedef(`alias_${each.of.kind}`, idOf(each.of));
    case 'function':
      return funcProto(idOf(each.of), [['p', idOf(each.of)]]);
    case 'marked':
      return typeTag('mark', idOf(each.of));
    case 'nameless':
      return struct('', 4, [['n', idOf(each.of), 0]]);
  }
}
