/** Members of structs and unions by name, those of anonymous members included, as C finds them. */

import { MAX_TYPE_DEPTH } from '../layout/type-facts.ts';
import { memberBitOffset, memberBitSize } from '../model/records.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { underlyingType } from '../model/traverse.ts';
import { isCompositeKind } from './passed-type.ts';

/** A member where it was found. */
export interface FoundMember {
  readonly typeId: TypeId;
  /** From the start of the composite that was searched. */
  readonly bitOffset: number;
  readonly bitSize: number | undefined;
}

/** Members that are searched, those of anonymous ones included: more than any real type has, and an end for cycles. */
const MAX_MEMBERS = 1 << 17;

/** The member of that name of a struct or union, or undefined. */
export function findMember(table: TypeTable, compositeId: TypeId, name: string): FoundMember | undefined {
  let found: FoundMember | undefined;
  forEachMember(table, compositeId, (nameOffset, member) => {
    if (nameOffset === 0 || table.strings.text(nameOffset) !== name) return false;
    found = member;
    return true;
  });
  return found;
}

/** The names of all members, to offer those that a misspelt one may have meant. */
export function memberNames(table: TypeTable, compositeId: TypeId): string[] {
  const names: string[] = [];
  forEachMember(table, compositeId, (nameOffset) => {
    if (nameOffset !== 0) names.push(table.strings.text(nameOffset));
    return false;
  });
  return names;
}

type Visit = (nameOffset: number, member: FoundMember) => boolean;

/** Visits members, then those of anonymous ones, until `visit` says that it is done. */
function forEachMember(table: TypeTable, compositeId: TypeId, visit: Visit): void {
  const pending = [{ id: compositeId, start: 0, depth: 0 }];
  let left = MAX_MEMBERS;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { id, start, depth } = next;
    const kindFlag = table.kindFlag(id);
    const count = isCompositeKind(table.kind(id)) ? table.vlen(id) : 0;
    for (let index = 0; index < count; index++) {
      if (left-- === 0) return;
      const nameOffset = table.extra(id, 3 * index);
      const typeId = table.extra(id, 3 * index + 1);
      const word = table.extra(id, 3 * index + 2);
      const bitOffset = start + memberBitOffset(word, kindFlag);
      if (visit(nameOffset, { typeId, bitOffset, bitSize: memberBitSize(word, kindFlag) || undefined }))
        return;
      if (nameOffset !== 0 || depth > MAX_TYPE_DEPTH) continue;
      pending.push({ id: underlyingType(table, typeId), start: bitOffset, depth: depth + 1 });
    }
  }
}
