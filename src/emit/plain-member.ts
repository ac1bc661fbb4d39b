/**
 * The members that print as one line: a remembered text, a name, two numbers. They are nine in ten, and
 * decide how long a whole kernel takes: a line is joined from four strings, all but the name remembered.
 */

import type { MemberColumns } from '../layout/member-columns.ts';
import type { EmitContext } from './context.ts';
import { dimensionText } from './declaration.ts';
import { PLAIN_ARRAY } from './type-texts.ts';

/** What follows a name: a semicolon, and blanks up to the comment by the width that is left. */
const TAILS = Array.from({ length: 81 }, (_, width) => `;${' '.repeat(Math.max(1, width - 1))}`);

/** Writes the member at `index`, whose type has a remembered text, without its indent and newline. */
export function putPlainMember(
  ctx: EmitContext,
  columns: MemberColumns,
  index: number,
  offset: number,
): void {
  const { out, texts, typeSpacing } = ctx;
  const type = columns.typeId[index] as number;
  const text = texts.column(type, typeSpacing);
  let name = out.nameText(columns.nameOffset[index] as number);
  if (texts.forms[type] === PLAIN_ARRAY) name += dimensionText(ctx, ctx.table.extra(type, 2));
  const left = typeSpacing + ctx.nameSpacing - text.length - name.length;
  const tail = TAILS[left] ?? (left < 0 ? '; ' : `;${' '.repeat(left - 1)}`);
  out.pending += text + name + tail + texts.place(offset, columns.byteSize[index] as number);
}
