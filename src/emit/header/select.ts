/** Which types of a table a header is made for: by name, or by what a BPF program uses. */

import { TspaholeError } from '../../model/errors.ts';
import { Kind } from '../../model/kinds.ts';
import { type TypeId, type TypeTable, tableChain } from '../../model/table.ts';

/** Types to define and types to declare. */
interface HeaderSelection {
  readonly roots: readonly TypeId[];
  readonly declared: readonly TypeId[];
}

/** A pattern of names: `*` any characters, `?` one, `[...]` one of a set. */
export function globPattern(glob: string): RegExp {
  const source = glob.replaceAll(/\*|\?|\[[^\]]*\]|[^\w]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    return part.length > 1 ? part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\') : `\\${part}`;
  });
  return new RegExp(`^(?:${source})$`, 'u');
}

/** Whether a text stands for more names than itself. */
export function isPattern(glob: string): boolean {
  return /[*?[]/.test(glob);
}

/**
 * The structs, unions, enums and typedefs whose name one of the patterns matches, by name and id. Throws `not-found`
 * for a pattern that no name matches.
 */
export function typesNamed(table: TypeTable, globs: readonly string[]): TypeId[] {
  const plain = globs.filter((glob) => !isPattern(glob));
  const patterns = globs
    .filter((glob) => !plain.includes(glob))
    .map((glob) => ({ glob, regexp: globPattern(glob) }));
  const unmatched = new Set(globs);
  const found: TypeId[] = [];
  const parts = tableChain(table);
  // Most names are neither decoded nor compared.
  const plainOffsets = new Map(
    plain.flatMap((glob) =>
      parts.flatMap(({ strings }) => strings.offsetsOf(glob).map((at) => [at, glob] as const)),
    ),
  );
  for (const { words, starts, firstId } of parts) {
    for (let index = 0; index < starts.length; index++) {
      const start = starts[index] as number;
      const nameOffset = words[start] as number;
      if (nameOffset === 0 || !isDefinition(((words[start + 1] as number) >>> 24) & 0x7f)) continue;
      const glob = plainOffsets.get(nameOffset);
      if (glob !== undefined) unmatched.delete(glob);
      const isMatched = patterns.length > 0 && noteMatches(patterns, table.name(firstId + index), unmatched);
      if (glob !== undefined || isMatched) found.push(firstId + index);
    }
  }
  const [missing] = unmatched;
  if (missing !== undefined) throw new TspaholeError('not-found', `no type has a name like ${missing}`);
  return sortedByName(table, found);
}

interface Pattern {
  readonly glob: string;
  readonly regexp: RegExp;
}

/** Whether patterns match a name; takes these from those that match none. */
function noteMatches(patterns: readonly Pattern[], name: string, unmatched: Set<string>): boolean {
  let isMatched = false;
  for (const { glob, regexp } of patterns) {
    if (!regexp.test(name)) continue;
    unmatched.delete(glob);
    isMatched = true;
  }
  return isMatched;
}

/** Ids change from one build to the next more than names do. */
function sortedByName(table: TypeTable, ids: readonly TypeId[]): TypeId[] {
  const named = ids.map((id) => ({ id, name: table.name(id) }));
  named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id - b.id));
  return named.map(({ id }) => id);
}

/**
 * The types of `table` that the types of BPF programs have the names of, flavours (`name___flavour`) left
 * away. An object says neither which typedefs of ints nor which of BPF's constants its source names, so those
 * are selected too.
 */
export function typesUsedBy(table: TypeTable, programs: readonly TypeTable[]): HeaderSelection {
  const defined = new Set<string>();
  const declared = new Set<string>();
  for (const program of programs) {
    for (let id = 1; id < program.end; id++) {
      const tag = tagOf(program, id);
      if (tag !== undefined) (program.kind(id) === Kind.Forward ? declared : defined).add(tag);
    }
  }
  const roots: TypeId[] = [];
  const mentioned: TypeId[] = [];
  for (let id = 1; id < table.end; id++) {
    const tag = tagOf(table, id);
    if ((tag !== undefined && defined.has(tag) && isDefinition(table.kind(id))) || isCommon(table, id))
      roots.push(id);
    else if (tag !== undefined && declared.has(tag)) mentioned.push(id);
  }
  return { roots: sortedByName(table, roots), declared: sortedByName(table, mentioned) };
}

/** The names of the functions that programs declare and do not define: kfuncs among them. */
export function externFunctions(programs: readonly TypeTable[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const program of programs) {
    for (let id = 1; id < program.end; id++) {
      if (program.kind(id) === Kind.Func && program.vlen(id) === EXTERN) names.add(program.name(id));
    }
  }
  return names;
}

/** Linkage of a function that is declared only. */
const EXTERN = 2;

const KEYWORDS: Readonly<Partial<Record<number, string>>> = {
  [Kind.Struct]: 'struct',
  [Kind.Union]: 'union',
  [Kind.Enum]: 'enum',
  [Kind.Enum64]: 'enum',
  [Kind.Typedef]: 'typedef',
};

/** Keyword and essential name; undefined for a type without a name. */
function tagOf(table: TypeTable, id: TypeId): string | undefined {
  const kind = table.kind(id);
  const keyword = kind === Kind.Forward ? (table.kindFlag(id) ? 'union' : 'struct') : KEYWORDS[kind];
  if (keyword === undefined || table.nameOffset(id) === 0) return undefined;
  return `${keyword} ${table.name(id).replace(/(?<=.)___.*$/s, '')}`;
}

function isDefinition(kind: number): boolean {
  return KEYWORDS[kind] !== undefined;
}

/** What the names of constants begin with that programs use and no type of theirs leads to. */
const CONSTANTS = /^(?:BPF|IPPROTO|SK|TCP|XDP)_/;

/** Whether a type is a typedef of an int, or an enum of the constants of BPF's interface. */
function isCommon(table: TypeTable, id: TypeId): boolean {
  const kind = table.kind(id);
  if (kind === Kind.Enum || kind === Kind.Enum64) {
    return table.vlen(id) > 0 && CONSTANTS.test(table.strings.text(table.extra(id, 0)));
  }
  let target = id;
  for (let step = 0; step < MAX_CHAIN && table.kind(target) === Kind.Typedef; step++)
    target = table.sizeOrType(target);
  return target !== id && table.kind(target) === Kind.Int;
}

const MAX_CHAIN = 64;
