/**
 * A reorganization as a patch of the source: the lines of members change their order, and nothing else. Only
 * sources that leave no doubt are patched: each member on lines of its own, without preprocessor directives.
 */

import type { Arrangement } from '../layout/reorganize-arrangement.ts';
import type { Unit } from '../layout/reorganize-place.ts';
import type { TypeTable } from '../model/table.ts';
import { unifiedDiff } from './unified-diff.ts';

/** Lines around the struct that the hunks may show. */
const CONTEXT = 3;

/** A unified diff against the lines of a source file, or why there is none. */
export type SourcePatch = { readonly hunks: string } | { readonly refusal: string };

/**
 * The hunks that put the members of a struct, declared at `line` (from 1) of a file with these lines, into their
 * new order.
 */
export function sourcePatch(
  table: TypeTable,
  arrangement: Arrangement,
  lines: readonly string[],
  line: number,
): SourcePatch {
  const start = lines.findIndex((text, index) => index >= line - 1 && text.includes('{'));
  if (start < 0 || start > line + 1) return { refusal: `line ${line} does not open the struct` };
  const body = rearranged(table, arrangement, blocksBehind(lines, start + 1));
  if (typeof body === 'string') return { refusal: body };
  const from = start + 1;
  const to = from + body.length;
  const head = Math.max(0, from - CONTEXT);
  const before = lines.slice(head, to + CONTEXT);
  const after = [...lines.slice(head, from), ...body, ...lines.slice(to, to + CONTEXT)];
  return { hunks: unifiedDiff(before, after, head) };
}

/** The lines of the members of a struct or union in their new order, or why they cannot be told. */
function rearranged(
  table: TypeTable,
  { id, model, order, inner }: Arrangement,
  blocks: readonly Block[] | string,
): string[] | string {
  if (typeof blocks === 'string') return blocks;
  const names = Array.from({ length: table.vlen(id) }, (_, index) =>
    table.strings.text(table.extra(id, 3 * index)),
  );
  if (blocks.length !== names.length) return 'its members do not each have lines of their own';
  const wrong = names.findIndex((name, index) => !declares(blocks[index] as Block, name));
  if (wrong >= 0) return `'${names[wrong]}' is not where it is expected`;
  const members =
    model === undefined ? [...names.keys()] : order.flatMap((index) => membersOf(model.units[index]));
  const lines: string[] = [];
  for (const member of members) {
    const arranged = inner.get(member);
    const block = blocks[member] as Block;
    const own = arranged === undefined ? block.lines : rearrangedBlock(table, arranged, block);
    if (typeof own === 'string') return own;
    lines.push(...own);
  }
  return lines;
}

function membersOf({ first, end }: Unit = { first: 0, end: 0, byteSize: 0, alignment: 1 }): number[] {
  return Array.from({ length: end - first }, (_, index) => first + index);
}

/** A struct or union in place: the lines between its braces are rearranged. */
function rearrangedBlock(table: TypeTable, arrangement: Arrangement, block: Block): string[] | string {
  const { lines } = block;
  let inComment = false;
  const open = lines.findIndex((line) => {
    const stripped = stripComments(line, inComment);
    inComment = stripped.inComment;
    return stripped.text.includes('{');
  });
  const body = rearranged(table, arrangement, blocksBehind(lines, open + 1));
  if (typeof body === 'string') return body;
  return [...lines.slice(0, open + 1), ...body, ...lines.slice(open + 1 + body.length)];
}

/** The lines of a member, with the comments and empty lines above it. */
interface Block {
  readonly lines: readonly string[];
  /** What they say, without comments. */
  readonly code: string;
}

/** The members from a line on up to the brace that closes the struct, or why they cannot be told apart. */
function blocksBehind(lines: readonly string[], from: number): Block[] | string {
  const blocks: Block[] = [];
  let pending: string[] = [];
  let code = '';
  let depth = 0;
  let inComment = false;
  for (const line of lines.slice(from)) {
    const stripped = stripComments(line, inComment);
    inComment = stripped.inComment;
    const text = stripped.text.trim();
    if (depth === 0 && code === '' && text.startsWith('}')) {
      return pending.length === 0 ? blocks : 'lines without a member stand before its end';
    }
    if (text.startsWith('#') || text.endsWith('\\')) return 'it has preprocessor directives';
    if (/^(public|private|protected)\s*:/.test(text)) return 'it has labels of access';
    pending.push(line);
    code += ` ${text}`;
    depth += count(text, '{') - count(text, '}');
    if (depth < 0) return 'its braces do not match';
    if (code.trim() === '') code = '';
    if (depth > 0 || !text.endsWith(';')) continue;
    blocks.push({ lines: pending, code });
    pending = [];
    code = '';
  }
  return 'its end was not found';
}

function count(text: string, character: string): number {
  return text.split(character).length - 1;
}

function stripComments(line: string, inComment: boolean): { text: string; inComment: boolean } {
  let text = '';
  let rest = line;
  for (;;) {
    if (inComment) {
      const end = rest.indexOf('*/');
      if (end < 0) return { text, inComment };
      rest = rest.slice(end + 2);
      inComment = false;
    }
    const start = rest.search(/\/[*/]/);
    if (start < 0) return { text: text + rest, inComment };
    text += rest.slice(0, start);
    if (rest[start + 1] === '/') return { text, inComment };
    rest = rest.slice(start + 2);
    inComment = true;
  }
}

/** Whether the lines declare one member, of that name; an unnamed one must be a struct or union in place. */
function declares({ code }: Block, name: string): boolean {
  const outside = code.replace(/\{.*\}/s, '{}');
  if (count(outside, ';') !== 1) return false;
  if (name === '') return /^\s*(struct|union)\b[^;]*\{\}/.test(outside);
  const declarator = outside.replace(/\([^()*]*\)/g, '()').replace(/\[[^\]]*\]/g, '[]');
  return !declarator.includes(',') && new RegExp(`\\b${name}\\b`).test(declarator);
}
