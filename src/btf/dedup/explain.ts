/** Why types of the same name are different types: the first way on which they differ. */

import { Kind } from '../../model/kinds.ts';
import type { TypeId, TypeTable } from '../../model/table.ts';
import { typeRefs } from '../../model/traverse.ts';
import type { Member, Type } from '../../model/types.ts';

/** Two types of one kind and name that stayed apart. */
export interface Difference {
  readonly left: TypeId;
  readonly right: TypeId;
  /** The steps from both types to where they differ: `.member`, `*`, `[]`, `()`, `(parameter)`. Empty: at once. */
  readonly path: string;
  /** What is different there, of the left and of the right type. */
  readonly what: readonly [string, string];
}

/**
 * The differences between each type of that name and the first of its kind. Empty where no kind has several;
 * typedefs, structs, unions, enums and forward declarations count.
 */
export function explainDuplicates(table: TypeTable, name: string): Difference[] {
  const first = new Map<number, TypeId>();
  const found: Difference[] = [];
  for (let id = 1; id < table.end; id++) {
    const kind = table.kind(id);
    if (!EXPLAINED.has(kind) || table.name(id) !== name) continue;
    const group = kind === Kind.Forward ? (table.kindFlag(id) ? Kind.Union : Kind.Struct) : kind;
    const other = first.get(group);
    if (other === undefined) first.set(group, id);
    else found.push(findDifference(table, other, id));
  }
  return found;
}

const EXPLAINED: ReadonlySet<number> = new Set([
  Kind.Struct,
  Kind.Union,
  Kind.Enum,
  Kind.Enum64,
  Kind.Typedef,
  Kind.Forward,
]);

/** Pairs of types that are compared before the search gives up. */
const MAX_PAIRS = 1_000_000;

/** Breadth first, so that the way is a shortest one. */
function findDifference(table: TypeTable, left: TypeId, right: TypeId): Difference {
  const queue = [{ a: left, b: right, path: '' }];
  const seen = new Set<number>();
  for (const { a, b, path } of queue) {
    const what = differenceOf(table, a, b);
    if (what !== undefined) return { left, right, path, what };
    const others = typeRefs(table, b);
    typeRefs(table, a).forEach((ref, index) => {
      const other = others[index] as TypeId;
      const pair = ref * table.end + other;
      if (ref === other || seen.has(pair) || queue.length >= MAX_PAIRS) return;
      seen.add(pair);
      queue.push({ a: ref, b: other, path: path + stepOf(table.type(a), index) });
    });
  }
  // Types that stayed apart although nothing that can be reached tells them apart.
  return { left, right, path: '', what: ['the same', 'the same'] };
}

/** What two records themselves say differently, or undefined. */
function differenceOf(table: TypeTable, a: TypeId, b: TypeId): readonly [string, string] | undefined {
  const [x, y] = [factsOf(table, a), factsOf(table, b)];
  const at = x.findIndex((fact, index) => fact !== y[index]);
  if (at >= 0) return [x[at] as string, y[at] ?? 'nothing'];
  return x.length < y.length ? ['nothing', y[x.length] as string] : undefined;
}

/** What a record says without what it refers to, as texts to be compared one by one. */
function factsOf(table: TypeTable, id: TypeId): string[] {
  if (!table.has(id)) return [`type ${id}, which does not exist`];
  const type = table.type(id);
  const head = type.name === '' ? type.kind : `${type.kind} ${type.name}`;
  switch (type.kind) {
    case 'struct':
    case 'union':
      return [head, `${type.byteSize} bytes`, ...type.members.map(memberFact)];
    case 'enum':
      return [
        head,
        `${type.byteSize} bytes`,
        ...type.enumerators.map(({ name, value }) => `${name} = ${value}`),
      ];
    case 'int':
      return [head, `${type.byteSize} bytes`, `${type.bitSize} bits, encoding ${type.encoding}`];
    case 'float':
      return [head, `${type.byteSize} bytes`];
    case 'array':
      return [head, `${type.count} elements`];
    case 'funcProto':
      return [head, ...type.parameters.map(({ name }) => `parameter '${name}'`)];
    default:
      return [head];
  }
}

function memberFact({ name, bitOffset, bitSize }: Member): string {
  return `member '${name}' at bit ${bitOffset}${bitSize === undefined ? '' : ` of ${bitSize} bits`}`;
}

/** How a path goes on from a type to its reference `index`; typedefs and qualifiers are not worth a step. */
function stepOf(type: Type, index: number): string {
  switch (type.kind) {
    case 'struct':
    case 'union':
      return `.${type.members[index]?.name || `(member ${index})`}`;
    case 'pointer':
      return '*';
    case 'array':
      return '[]';
    case 'funcProto':
      return index === 0 ? '()' : `(${type.parameters[index - 1]?.name || index})`;
    default:
      return '';
  }
}
