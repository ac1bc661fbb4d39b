/** What a calling convention must know of a type, from the types of a table. */

import type { TypeFacts } from '../layout/type-facts.ts';
import { Kind } from '../model/kinds.ts';
import { memberBitOffset, memberBitSize } from '../model/records.ts';
import type { TypeId } from '../model/table.ts';
import type { PassedType } from './calling-convention.ts';

/** Whether a kind is a struct or a union. */
export function isCompositeKind(kind: number): boolean {
  return kind === Kind.Struct || kind === Kind.Union;
}

/** The type as a calling convention sees it. */
export function passedType(facts: TypeFacts, id: TypeId): PassedType {
  const { table } = facts;
  const kind = table.kind(facts.strip(id));
  const isComposite = isCompositeKind(kind);
  return {
    byteSize: facts.sizeOf(id),
    alignment: facts.alignmentOf(id),
    isComposite,
    isUnaligned: isComposite && hasUnalignedMember(facts, facts.strip(id), 0),
    isFloat:
      kind === Kind.Float || kind === Kind.Complex || (isComposite && hasFloat(facts, facts.strip(id), 0)),
  };
}

/** Whether a structure that fits in registers has floating point in it: some of its words are elsewhere then. */
function hasFloat(facts: TypeFacts, id: TypeId, depth: number): boolean {
  const { table } = facts;
  if (facts.sizeOf(id) > 16 || depth > MAX_SMALL_NESTING) return false;
  for (let index = Math.min(table.vlen(id), MAX_SMALL_MEMBERS) - 1; index >= 0; index--) {
    const member = facts.strip(table.extra(id, 3 * index + 1));
    if (table.kind(member) === Kind.Float) return true;
    if (isCompositeKind(table.kind(member)) && hasFloat(facts, member, depth + 1)) return true;
  }
  return false;
}

/** Whether some member, at any depth, starts where its type would not be aligned. */
function hasUnalignedMember(facts: TypeFacts, id: TypeId, depth: number): boolean {
  const { table } = facts;
  // A structure of more than two words is in memory anyway, so few members are looked at.
  if (facts.sizeOf(id) > 16) return false;
  const kindFlag = table.kindFlag(id);
  for (let index = Math.min(table.vlen(id), MAX_SMALL_MEMBERS) - 1; index >= 0; index--) {
    const word = table.extra(id, 3 * index + 2);
    if (memberBitSize(word, kindFlag) !== 0) continue;
    const type = table.extra(id, 3 * index + 1);
    if (memberBitOffset(word, kindFlag) % (8 * facts.alignmentOf(type)) !== 0) return true;
    const inner = facts.strip(type);
    if (
      depth < MAX_SMALL_NESTING &&
      isCompositeKind(table.kind(inner)) &&
      hasUnalignedMember(facts, inner, depth + 1)
    )
      return true;
  }
  return false;
}

/** Members of a structure of at most 16 bytes; a union may have more, which are alike. */
const MAX_SMALL_MEMBERS = 32;

/** Structures of that size within one another. The two bound the work for types that are made to be slow. */
const MAX_SMALL_NESTING = 3;
