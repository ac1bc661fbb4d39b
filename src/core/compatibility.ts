/**
 * Whether a field, or a type as a whole, is alike enough in a target for CO-RE: as in libbpf 1.8. The answer is the
 * first thing that differs, in words, or undefined.
 */

import { Kind } from '../model/kinds.ts';
import { arrayFacts, describe, intFacts, isComposite, kindWord, sameKind, type TypeAt } from './elements.ts';
import {
  countsDiffer,
  type Difference,
  kindOf,
  kindsDiffer,
  MAX_DEPTH,
  movedTo,
  nameOf,
  type Pair,
  pairOf,
  parameters,
  pointees,
  tooDeep,
  underlying,
} from './pair.ts';

// Fields.

/**
 * Whether a field of one type may be read as the other: any two structs or unions, pointers, floats and ints;
 * enums of the same name; arrays of such. Throws `bad-data` for chains without an end.
 */
export function fieldDifference(local: TypeAt, target: TypeAt): Difference {
  let pair = pairOf(local, target);
  for (let depth = 0; depth < 256; depth++) {
    pair = underlying(pair);
    if (kindOf(pair.local) !== Kind.Array || kindOf(pair.target) !== Kind.Array) return plainFields(pair);
    pair = movedTo(pair, arrayFacts(pair.local).element, arrayFacts(pair.target).element);
  }
  throw tooDeep();
}

function plainFields(pair: Pair): Difference {
  const { local, target } = pair;
  const kind = kindOf(local);
  if (isComposite(kind) && isComposite(kindOf(target))) return undefined;
  if (!sameKind(kind, kindOf(target))) return kindsDiffer(pair);
  switch (kind) {
    case Kind.Pointer:
    case Kind.Float:
      return undefined;
    case Kind.Forward:
    case Kind.Enum:
    case Kind.Enum64:
      return enumNamesDiffer(pair);
    case Kind.Int:
      return legacyBitfields(pair);
    default:
      return `a field of kind ${kindWord(kind)} cannot be read`;
  }
}

function enumNamesDiffer({ local, target }: Pair): Difference {
  const [here, there] = [nameOf(local), nameOf(target)];
  if (here === '' || there === '' || here === there) return undefined;
  return `${describe(local)} in the object, ${describe(target)} in the target`;
}

function legacyBitfields({ local, target }: Pair): Difference {
  if (intFacts(local).bitOffset === 0 && intFacts(target).bitOffset === 0) return undefined;
  return 'an int that is an old kind of bitfield';
}

// Whole types.

/**
 * Whether two types of one name are the same kind of thing: members, sizes and names do not count, what pointers,
 * arrays and functions lead to does. Throws `bad-data` for types that nest too deep.
 */
export function typeDifference(local: TypeAt, target: TypeAt): Difference {
  return compatible(pairOf(local, target), MAX_DEPTH);
}

function compatible(start: Pair, level: number): Difference {
  let pair = start;
  if (!sameKind(kindOf(pair.local), kindOf(pair.target))) return kindsDiffer(pair);
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    pair = underlying(pair);
    const { local, target } = pair;
    if (!sameKind(kindOf(local), kindOf(target))) return kindsDiffer(pair);
    switch (kindOf(local)) {
      case Kind.Void:
      case Kind.Struct:
      case Kind.Union:
      case Kind.Enum:
      case Kind.Forward:
      case Kind.Enum64:
        return undefined;
      case Kind.Int:
        return legacyBitfields(pair);
      case Kind.Pointer:
        pair = pointees(pair);
        break;
      case Kind.Array:
        pair = movedTo(pair, arrayFacts(local).element, arrayFacts(target).element);
        break;
      case Kind.FuncProto: {
        const difference = parametersDiffer(pair, level);
        if (difference !== undefined) return difference;
        pair = underlying(pointees(pair));
        break;
      }
      default:
        return `a type of kind ${kindWord(kindOf(local))} cannot be looked for`;
    }
  }
  throw tooDeep();
}

function parametersDiffer(pair: Pair, level: number): Difference {
  const difference = countsDiffer(pair, 'parameters');
  if (difference !== undefined) return difference;
  for (let index = 0; index < pair.local.table.vlen(pair.local.id); index++) {
    if (level <= 0) throw tooDeep();
    const found = compatible(underlying(parameters(pair, index)), level - 1);
    if (found !== undefined) return `parameter ${index}: ${found}`;
  }
  return undefined;
}
