/** What the body of a function contains, as pfunct prints it: blocks, variables, labels, inlined functions. */

import { type FunctionRows, OutlineCode, type OutlineRow } from '../model/functions.ts';
import { Kind } from '../model/kinds.ts';
import type { EmitContext } from './context.ts';
import { declare, putDeclared } from './declarator.ts';
import { putParameters, putTypeName, TYPEDEF_NAME_LIMIT } from './type-text.ts';

/** A function whose body is printed. */
export interface OutlinedFunction {
  readonly rows: FunctionRows;
  readonly row: number;
  /** Its name, each byte as one character. */
  readonly name: string;
  /** First address of the code; 0 where there is none. */
  readonly lowPc: bigint;
  /** Bytes of code. */
  readonly size: number;
  readonly counts: OutlineCounts;
  /** Leave out addresses and sizes, and the lines: pfunct has them only where it was asked for more. */
  readonly withoutAddresses: boolean;
  readonly withoutLines: boolean;
  /** Blocks in several ranges have neither address nor size. */
  readonly singleRanges: boolean;
}

/** What a body contains, in numbers. */
export interface OutlineCounts {
  readonly variables: number;
  readonly labels: number;
  readonly inlines: number;
  /** Bytes of inlined code. */
  readonly inlineBytes: number;
}

/** Column of the line number. */
const LINE_COLUMN = 70;
const TAB_WIDTH = 8;

/** Counts what a body contains; with `outer` only what lies in no block of it. */
export function countOutline(outline: readonly OutlineRow[], outer: boolean): OutlineCounts {
  const counts = { variables: 0, labels: 0, inlines: 0, inlineBytes: 0 };
  let depth = 0;
  for (const { code, size } of outline) {
    if (code === OutlineCode.Block) depth++;
    else if (code === OutlineCode.BlockEnd) depth--;
    else if (outer && depth > 0) continue;
    else if (code === OutlineCode.Variable) counts.variables++;
    else if (code === OutlineCode.Label) counts.labels++;
    else if (code === OutlineCode.Inline) {
      counts.inlines++;
      counts.inlineBytes += size;
    }
  }
  return counts;
}

/** Writes the body and the line with its numbers. */
export function putOutline(ctx: EmitContext, outlined: OutlinedFunction): void {
  const { out } = ctx;
  const fn = { ...outlined, open: [] };
  const { variables, labels, inlines, inlineBytes } = fn.counts;
  ctx.beginTopLevel(false);
  putOpening(ctx, fn, fn.lowPc);
  for (const row of fn.rows.outline(fn.row)) putRow(ctx, fn, row);
  out.put(`}/* size: ${fn.withoutAddresses ? 0 : fn.size}`);
  if (variables > 0) out.put(`, variables: ${variables}`);
  if (labels > 0) out.put(`, goto labels: ${labels}`);
  if (inlines > 0)
    out.put(`, inline expansions: ${inlines} (${fn.withoutAddresses ? 0 : inlineBytes} bytes)`);
  out.put(' */\n');
}

/** A function whose blocks are open while they are printed. */
interface Printed extends OutlinedFunction {
  readonly open: OutlineRow[];
}

function putRow(ctx: EmitContext, fn: Printed, row: OutlineRow): void {
  const { out } = ctx;
  if (row.code === OutlineCode.BlockEnd) return putClosing(ctx, fn);
  ctx.indent++;
  out.indent(ctx.indent);
  if (row.code === OutlineCode.Block) {
    const block = fn.singleRanges && row.hasRanges ? { ...row, lowPc: 0n, size: 0 } : row;
    fn.open.push(block);
    return putOpening(ctx, fn, block.lowPc);
  }
  putLine(ctx, row, putEntry(ctx, fn, row), fn);
  ctx.indent--;
}

function putOpening({ out }: EmitContext, fn: Printed, lowPc: bigint): void {
  out.put('{');
  if (lowPc !== 0n && !fn.withoutAddresses) {
    const offset = BigInt.asUintN(64, lowPc - fn.lowPc);
    out.put(offset === 0n ? ` /* low_pc=${hex(lowPc)} */` : ` /* ${fn.name}+${hex(offset)} */`);
  }
  out.newline();
}

function putClosing(ctx: EmitContext, fn: Printed): void {
  const { out } = ctx;
  const block = fn.open.pop();
  out.indent(ctx.indent);
  out.put('}');
  const isElsewhere = block !== undefined && block.lowPc !== fn.lowPc;
  if (isElsewhere && !fn.withoutAddresses) out.put(` /* lexblock size=${block.size} */`);
  out.newline();
  ctx.indent--;
}

/** Writes a line up to its number. Returns the column that it ends in, as pfunct counts. */
function putEntry(ctx: EmitContext, fn: Printed, row: OutlineRow): number {
  const { out } = ctx;
  if (row.code === OutlineCode.Inline) {
    putInlined(ctx, fn, row);
    return LINE_COLUMN - 1;
  }
  if (row.code === OutlineCode.Label) out.newline();
  const start = out.pos;
  if (row.code === OutlineCode.Variable) putVariable(ctx, fn, row);
  else if (row.code === OutlineCode.Label) out.put(`${nameOf(ctx, row)}:`);
  else out.put(`DW_TAG_formal_parameter <${row.dieOffset.toString(16)}>`);
  const width = out.pos - start;
  return row.code === OutlineCode.Label ? width : TAB_WIDTH * ctx.indent + width;
}

/** Behind the column, as many blanks as the text is too long. */
function putLine({ out }: EmitContext, row: OutlineRow, column: number, fn: Printed): void {
  out.spaces(Math.abs(LINE_COLUMN - column));
  out.put(`// ${String(fn.withoutLines ? 0 : row.line).padStart(5)}\n`);
}

function putVariable(ctx: EmitContext, fn: Printed, row: OutlineRow): void {
  const { out, quirks } = ctx;
  const name = nameOf(ctx, row);
  if (quirks.declarators) {
    putTypeName(ctx, row.typeId, TYPEDEF_NAME_LIMIT);
    out.put(` ${name}`);
  } else {
    const { baseTypeId, declarator } = declare(ctx, row.typeId, name);
    putDeclared(ctx, baseTypeId, declarator, 0);
  }
  out.put(`; /* scope: ${row.isDeclaration || fn.withoutAddresses ? 'unknown' : scopeOf(row.location)} */`);
}

/** Parameters of an inlined function stand below one another. */
function putInlined(ctx: EmitContext, fn: Printed, row: OutlineRow): void {
  const { out, table } = ctx;
  const name = nameOf(ctx, row);
  out.put(name);
  const proto = table.sizeOrType(row.typeId);
  if (table.kind(proto) === Kind.FuncProto) {
    const level = ctx.indent + Math.floor((name.length + TAB_WIDTH - 1) / TAB_WIDTH);
    ctx.parameterSeparator = `,\n${out.indentText(level)}`;
    putParameters(ctx, proto);
    ctx.parameterSeparator = ', ';
  } else out.put('()');
  const size = fn.withoutAddresses ? 0 : row.size;
  out.put(`; /* size=${size}, low_pc=${hex(fn.withoutAddresses ? 0n : row.lowPc)} */`);
}

function nameOf({ out }: EmitContext, row: OutlineRow): string {
  return row.nameOffset === 0 ? '(null)' : out.nameText(row.nameOffset);
}

/** Where a variable lies, by the first operation of its location. */
function scopeOf(operation: number): string {
  if (operation === 0) return 'optimized';
  if (operation === DW_OP_ADDR || operation === DW_OP_ADDRX) return 'global';
  if (operation === DW_OP_FBREG) return 'local';
  const isRegister = operation > DW_OP_REG0 && operation <= DW_OP_BREG31;
  return isRegister ? 'register' : 'unknown';
}

const DW_OP_ADDR = 0x03;
const DW_OP_REG0 = 0x50;
const DW_OP_BREG31 = 0x8f;
const DW_OP_FBREG = 0x91;
const DW_OP_ADDRX = 0xa1;

/** As C's `%#llx`. */
function hex(value: bigint): string {
  return value === 0n ? '0' : `0x${value.toString(16)}`;
}
