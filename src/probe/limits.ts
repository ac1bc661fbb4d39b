/** The sizes that tracefs allows a definition, with the measured ones in what is said about them. */

import { refusal } from './refusal.ts';
import type { Target } from './targets.ts';
import type { TypedText } from './typed.ts';

/** Most arguments of one probe (MAX_TRACE_ARGS). */
const MAX_ARGUMENTS = 128;

/** Longest definition in characters, the newline left out. */
const MAX_LINE = 4094;

/** Refuses an argument that is too long or nests too deep for the target. */
export function checkArgument(target: Target, source: string, { body, type }: TypedText): void {
  const length = body.length + (type === undefined ? 0 : 1 + type.length);
  if (length > target.maxBody) {
    const hint = 'a shorter path, a cast of a pointer that is nearer, or a target of 7.3, which takes 255';
    throw refusal(
      'ARG_TOO_LONG',
      `'${source}' becomes ${length} characters, ${target.name} takes ${target.maxBody}: ${hint} (${body})`,
    );
  }
  const nesting = [...body.matchAll(/[+-]u?\w+\(/g)].length;
  if (nesting <= target.maxNesting) return;
  const word = target.maxNesting < 14 ? 'TOO_MANY_NESTED' : 'TOO_MANY_OPS';
  throw refusal(word, `'${source}' follows ${nesting} pointers, ${target.name} at most ${target.maxNesting}`);
}

/** Refuses more arguments than an event has room for. */
export function checkCount(count: number): void {
  if (count > MAX_ARGUMENTS) throw refusal('TOO_MANY_ARGS', `${count} arguments, at most ${MAX_ARGUMENTS}`);
}

/** Refuses a line that tracefs would cut. */
export function checkLine(line: string): void {
  const length = Buffer.byteLength(line);
  if (length <= MAX_LINE) return;
  throw refusal('TOO_MANY_ARGS', `the definition has ${length} characters, tracefs reads ${MAX_LINE}`);
}
