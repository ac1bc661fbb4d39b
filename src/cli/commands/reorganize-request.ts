/** What the options beside `-R` and `-P` ask for. */

import { readFileSync } from 'node:fs';
import { TspaholeError } from '../../index.ts';
import type { NamedRule } from '../../internal.ts';
import type { ParsedOption } from '../argp.ts';
import { parseNumber } from '../numbers.ts';

export interface ReorganizeRequest {
  readonly rules: readonly NamedRule[];
  readonly maxMoves: number | undefined;
  /** `--nested`: also what is declared in place. */
  readonly nested: boolean;
  /** `--moves`, `--diff`: instead of the layout. */
  readonly moves: boolean;
  readonly diff: boolean;
  /** `--patch`: likewise, against the source. */
  readonly patch: boolean;
  /** `--counts`: path of a file with the number of instances of each struct. */
  readonly counts: string | undefined;
}

/** Reads the options. Throws `usage` for a value of a wrong form. */
export function parseRequest(given: readonly ParsedOption[]): ReorganizeRequest {
  const last = (name: string): ParsedOption | undefined =>
    given.findLast(({ option }) => option.name === name);
  const maxMoves = last('max_moves');
  return {
    rules: given.flatMap(rulesOf),
    maxMoves: maxMoves && parseNumber(maxMoves, false, { bits: 16 }),
    nested: last('nested') !== undefined,
    moves: last('moves') !== undefined,
    diff: last('diff') !== undefined,
    patch: last('patch') !== undefined,
    counts: last('counts')?.value,
  };
}

function rulesOf(given: ParsedOption): NamedRule[] {
  const { option, value = '' } = given;
  const text = `--${option.name}${value === '' ? '' : ` ${value}`}`;
  const names = value.split(',').map((name) => name.trim());
  switch (option.name) {
    case 'pin':
      return names.map((name) => ({ kind: 'pin', names: [name], text: `--pin ${name}` }));
    case 'group':
      return [{ kind: 'group', names, text }];
    case 'same_line':
      return [{ kind: 'same-line', names, text }];
    case 'apart':
      return [{ kind: 'apart', names, text }];
    case 'keep_groups':
      return [{ kind: 'keep-groups', names: [], text }];
    case 'pin_first':
      return [{ kind: 'pin-first', names: [], count: parseNumber(given, false, { bits: 16 }), text }];
    default:
      return [];
  }
}

/**
 * Numbers by name from lines of a name and numbers, as `/proc/slabinfo` has them: the first number counts. Lines
 * of another form say nothing. Throws `io` for a file that cannot be read.
 */
export function countsFrom(path: string): Map<string, number> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new TspaholeError('io', `cannot read ${path}: ${(error as NodeJS.ErrnoException).code}`, {}, error);
  }
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, count] = /^(\S+)\s+(\d+)(\s|$)/.exec(line) ?? [];
    if (name !== undefined) counts.set(name, Number(count) + (counts.get(name) ?? 0));
  }
  return counts;
}
