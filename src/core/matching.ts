/** Matching types, as `bpf_core_type_matches` asks for them: by the rules of libbpf 1.8. */

import { Kind } from '../model/kinds.ts';
import {
  arrayFacts,
  describe,
  enumeratorName,
  intFacts,
  isEnum,
  kindWord,
  memberName,
  memberType,
  type TypeAt,
} from './elements.ts';
import { essentialName } from './names.ts';
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
  spend,
  tooDeep,
  underlying,
} from './pair.ts';

/**
 * Whether all that a type says is true of the target: its members, enumerators, sizes of ints, names; the target
 * may have more. Behind a pointer only kinds and names of structs count. Throws `bad-data` for types that nest
 * too deep.
 */
export function matchDifference(local: TypeAt, target: TypeAt): Difference {
  return matching(pairOf(local, target), { isBehindPointer: false, level: MAX_DEPTH });
}

/** From where two types are compared. */
interface Position {
  readonly isBehindPointer: boolean;
  /** How much deeper the types may nest. */
  readonly level: number;
}

function matching(start: Pair, { isBehindPointer, level }: Position): Difference {
  if (level <= 0) throw tooDeep();
  let pair = start;
  let position = { isBehindPointer, level };
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    pair = underlying(pair);
    const { local, target } = pair;
    if (nameOf(local) !== nameOf(target)) {
      return `${describe(local)} in the object, ${describe(target)} in the target`;
    }
    if (!leadsOn(kindOf(local))) return ends(pair, position);
    if (kindOf(local) !== kindOf(target)) return kindsDiffer(pair);
    if (kindOf(local) === Kind.Array) {
      const [here, there] = [arrayFacts(local), arrayFacts(target)];
      if (here.count !== there.count) {
        return `an array of ${here.count} in the object, of ${there.count} in the target`;
      }
      pair = movedTo(pair, here.element, there.element);
      continue;
    }
    if (kindOf(local) === Kind.Pointer) position = { ...position, isBehindPointer: true };
    else {
      const difference = parametersMatch(pair, position);
      if (difference !== undefined) return difference;
    }
    pair = pointees(pair);
  }
  throw tooDeep();
}

function leadsOn(kind: number): boolean {
  return kind === Kind.Pointer || kind === Kind.Array || kind === Kind.FuncProto;
}

/** Of types whose comparison ends here. */
function ends(pair: Pair, position: Position): Difference {
  const { local, target } = pair;
  const kind = kindOf(local);
  switch (kind) {
    case Kind.Void:
      return kindOf(target) === Kind.Void ? undefined : kindsDiffer(pair);
    case Kind.Forward:
      return forwardsMatch(pair, position);
    case Kind.Enum:
    case Kind.Enum64:
      return isEnum(kindOf(target)) ? enumsMatch(pair) : kindsDiffer(pair);
    case Kind.Struct:
    case Kind.Union:
      return position.isBehindPointer ? namesMatch(pair) : compositesMatch(pair, position);
    case Kind.Int:
      return intsMatch(pair);
    default:
      return `a type of kind ${kindWord(kind)} cannot be matched`;
  }
}

function forwardsMatch(pair: Pair, { isBehindPointer }: Position): Difference {
  const { local, target } = pair;
  const isUnion = local.table.kindFlag(local.id);
  const kind = kindOf(target);
  if (kind === Kind.Forward) {
    return isUnion === target.table.kindFlag(target.id) ? undefined : 'a struct and a union';
  }
  const isDefinition = isBehindPointer && kind === (isUnion ? Kind.Union : Kind.Struct);
  return isDefinition ? undefined : kindsDiffer(pair);
}

/** Of structs and unions behind a pointer, whose names are equal. */
function namesMatch(pair: Pair): Difference {
  const { local, target } = pair;
  if (kindOf(local) === kindOf(target)) return undefined;
  if (kindOf(target) !== Kind.Forward) return kindsDiffer(pair);
  const isUnion = kindOf(local) === Kind.Union;
  return isUnion === target.table.kindFlag(target.id) ? undefined : 'a struct and a union';
}

function intsMatch(pair: Pair): Difference {
  const { local, target } = pair;
  if (kindOf(target) !== Kind.Int) return kindsDiffer(pair);
  const [here, there] = [intText(local), intText(target)];
  return here === there ? undefined : `${here} in the object, ${there} in the target`;
}

function intText(at: TypeAt): string {
  const { isSigned } = intFacts(at);
  return `${isSigned ? 'a signed' : 'an unsigned'} int of ${at.table.sizeOrType(at.id)} bytes`;
}

function enumsMatch(pair: Pair): Difference {
  const { local, target } = pair;
  const [here, there] = [local.table.sizeOrType(local.id), target.table.sizeOrType(target.id)];
  if (here !== there) return `an enum of ${here} bytes in the object, of ${there} in the target`;
  const count = local.table.vlen(local.id);
  if (count > target.table.vlen(target.id)) return 'an enum with fewer enumerators in the target';
  spend(pair, target.table.vlen(target.id));
  const names = new Set<string>();
  for (let index = 0; index < target.table.vlen(target.id); index++) {
    names.add(essentialName(enumeratorName(target, index)));
  }
  for (let index = 0; index < count; index++) {
    const name = enumeratorName(local, index);
    if (!names.has(essentialName(name))) return `no enumerator ${name} in the target`;
  }
  return undefined;
}

function compositesMatch(pair: Pair, position: Position): Difference {
  const { local, target } = pair;
  if (kindOf(local) !== kindOf(target)) return kindsDiffer(pair);
  const count = local.table.vlen(local.id);
  if (count > target.table.vlen(target.id)) return 'fewer members in the target';
  spend(pair, target.table.vlen(target.id));
  const byName = membersByName(target);
  for (let index = 0; index < count; index++) {
    const name = memberName(local, index);
    const difference = memberMatches(pair, byName.get(essentialName(name)) ?? [], { index, position });
    if (difference !== undefined) return name === '' ? difference : `member ${name}: ${difference}`;
  }
  return undefined;
}

function membersByName(target: TypeAt): Map<string, number[]> {
  const byName = new Map<string, number[]>();
  for (let index = 0; index < target.table.vlen(target.id); index++) {
    const name = essentialName(memberName(target, index));
    const known = byName.get(name);
    if (known === undefined) byName.set(name, [index]);
    else known.push(index);
  }
  return byName;
}

/** Whether one of the target's members of the same name matches. */
function memberMatches(
  pair: Pair,
  candidates: readonly number[],
  { index, position }: { readonly index: number; readonly position: Position },
): Difference {
  const { local, target } = pair;
  const below = { ...position, level: position.level - 1 };
  let difference: Difference = 'not in the target';
  for (const candidate of candidates) {
    const members = movedTo(pair, memberType(local, index), memberType(target, candidate));
    difference = matching(members, below);
    if (difference === undefined) return undefined;
  }
  return difference;
}

function parametersMatch(pair: Pair, position: Position): Difference {
  const difference = countsDiffer(pair, 'parameters');
  if (difference !== undefined) return difference;
  const below = { ...position, level: position.level - 1 };
  for (let index = 0; index < pair.local.table.vlen(pair.local.id); index++) {
    const found = matching(parameters(pair, index), below);
    if (found !== undefined) return `parameter ${index}: ${found}`;
  }
  return undefined;
}
