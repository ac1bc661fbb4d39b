/** The head of a class: its keyword and its base classes. */

import { MemberFlag, type SideColumns, TypeFlag } from '../model/side-columns.ts';
import type { TypeId } from '../model/table.ts';
import type { EmitContext } from './context.ts';

/** DW_ACCESS. */
export const ACCESSIBILITY = ['', 'public', 'protected', 'private'] as const;

/** The keyword of a struct's definition, without a blank. */
export function definitionKeyword({ table, classesAsStructs }: EmitContext, id: TypeId): 'struct' | 'class' {
  if (table.side === undefined || classesAsStructs) return 'struct';
  return (table.side.flags(id) & TypeFlag.Class) !== 0 ? 'class' : 'struct';
}

/** Writes ` : public Base, virtual Other`, or nothing. */
export function putBaseClasses(ctx: EmitContext, id: TypeId, side: SideColumns): void {
  const { out, table } = ctx;
  let separator = ' :';
  for (let index = 0; index < table.vlen(id); index++) {
    const flags = side.memberFlags(id, index);
    if ((flags & MemberFlag.Inheritance) === 0) continue;
    out.put(separator);
    separator = ',';
    if ((flags & MemberFlag.Virtual) !== 0) out.put(' virtual');
    const accessibility = side.memberAccessibility(id, index);
    if (accessibility !== 0) out.put(` ${ACCESSIBILITY[accessibility]}`);
    const base = table.extra(id, 3 * index + 1);
    out.put(' ');
    if (table.nameOffset(base) !== 0) out.name(table.nameOffset(base));
  }
}
