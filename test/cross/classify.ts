/**
 * Attributes every difference between the text of pahole 1.31 and ours to a rule of `Quirks`.
 *
 * Each type of a table is printed with all rules on and with all off. Where the texts differ, the rules
 * are switched off one after the other: what changes at a step is of that rule, provided that it has the
 * rule's shape (rules.ts). What has not is unclassified.
 */

import {
  Kind,
  Layouts,
  NO_QUIRKS,
  PAHOLE_QUIRKS,
  PaholeEmitter,
  type PaholeOptions,
  type Quirks,
  type TypeId,
  type TypeTable,
} from '../../src/index.ts';
import { diffLines, type Hunk } from '../support/diff.ts';
import { hasShapeOf } from './rules.ts';

export type Rule = keyof Quirks;

/** A place where two texts of a type differ, by one rule. */
export interface Difference {
  readonly id: TypeId;
  readonly rule: Rule;
  readonly hunk: Hunk;
}

export interface Classification {
  /** Types whose text a rule changes, by rule. */
  readonly types: Readonly<Record<Rule, number>>;
  readonly differences: readonly Difference[];
  /** Those that do not have their rule's shape. */
  readonly unclassified: readonly Difference[];
  /** Types that were printed. */
  readonly printed: number;
}

/**
 * The order in which the rules are switched off. What depends on the types printed before comes first:
 * then only the first text of a type needs all others printed before it.
 */
const ORDER: readonly Rule[] = [
  'printOrderPacked',
  'legacyBitfields',
  'declarators',
  'reversedDimensions',
  'parameters',
  'expandedConst',
  'floatPrefix',
  'nameLimit',
  'narrowCounters',
  'enumPacked',
];

export const RULES = Object.keys(NO_QUIRKS) as readonly Rule[];

const PRINTED: readonly number[] = [
  Kind.Struct,
  Kind.Union,
  Kind.Enum,
  Kind.Enum64,
  Kind.Typedef,
  Kind.FuncProto,
];

/** How types are laid out and printed. */
export interface ClassifyOptions extends PaholeOptions {
  readonly cachelineSize?: number | undefined;
}

/** Prints the types of a table in both modes and classifies what differs. */
export function classify(table: TypeTable, options: ClassifyOptions = {}): Classification {
  const printers = steps().map((quirks) => typePrinter(table, options, quirks));
  const types = Object.fromEntries(RULES.map((rule) => [rule, 0])) as Record<Rule, number>;
  const differences: Difference[] = [];
  let printed = 0;
  for (let id = 1; id < table.end; id++) {
    if (!PRINTED.includes(table.kind(id))) continue;
    printed++;
    const first = (printers[0] as TypePrinter)(id);
    if (first === (printers.at(-1) as TypePrinter)(id)) continue;
    for (const difference of differencesOf(id, first, printers)) {
      if (differences.at(-1)?.id !== id || differences.at(-1)?.rule !== difference.rule) {
        types[difference.rule]++;
      }
      differences.push(difference);
    }
  }
  const unclassified = differences.filter(({ rule, hunk }) => !hasShapeOf(rule, hunk));
  return { types, differences, unclassified, printed };
}

function* differencesOf(id: TypeId, first: string, printers: readonly TypePrinter[]): Generator<Difference> {
  let before = first;
  for (const [index, rule] of ORDER.entries()) {
    const after = (printers[index + 1] as TypePrinter)(id);
    if (after === before) continue;
    for (const hunk of diffLines(before, after)) yield { id, rule, hunk };
    before = after;
  }
}

/** The rules of each step, from all on to all off. */
function steps(): Quirks[] {
  const off = (count: number): Partial<Quirks> =>
    Object.fromEntries(ORDER.slice(0, count).map((rule) => [rule, false]));
  return Array.from({ length: ORDER.length + 1 }, (_, count) => ({ ...PAHOLE_QUIRKS, ...off(count) }));
}

type TypePrinter = (id: TypeId) => string;

function typePrinter(table: TypeTable, options: ClassifyOptions, quirks: Quirks): TypePrinter {
  const layouts = new Layouts(table, {
    cachelineSize: options.cachelineSize,
    lazyPacked: quirks.printOrderPacked,
    legacyBitfields: !quirks.legacyBitfields,
  });
  const emitter = new PaholeEmitter(layouts, { ...options, quirks });
  return (id) => {
    emitter.emit(id);
    const text = emitter.text();
    emitter.context.out.truncate(0);
    return text;
  };
}

/** One line per rule, for the output of a test. */
export function formatCounts({ types, unclassified, printed }: Classification): string {
  const lines = RULES.map((rule) => `${String(types[rule]).padStart(8)}  ${rule}`);
  return [
    `${printed} types printed; types that differ, by rule:`,
    ...lines,
    `${unclassified.length} unclassified`,
  ].join('\n');
}

/** The unclassified differences as text; empty when there are none. */
export function formatUnclassified(table: TypeTable, { unclassified }: Classification): string {
  const shown = unclassified.slice(0, 10).map(({ id, rule, hunk }) => {
    const marked = [...hunk.before.map((line) => `-${line}`), ...hunk.after.map((line) => `+${line}`)];
    return `type ${id} ${table.name(id)}, by ${rule}:\n${marked.join('\n')}`;
  });
  return shown.join('\n');
}

/** Lines of two outputs that one has and the other has not, or not as often. */
export function differingLines(before: string, after: string): Hunk {
  const counts = new Map<string, number>();
  for (const line of after.split('\n')) counts.set(line, (counts.get(line) ?? 0) + 1);
  const take = (line: string): boolean => {
    const count = counts.get(line) ?? 0;
    if (count > 0) counts.set(line, count - 1);
    return count > 0;
  };
  const onlyBefore = before.split('\n').filter((line) => !take(line));
  const onlyAfter = [...counts].flatMap(([line, count]) => Array<string>(count).fill(line));
  return { before: onlyBefore, after: onlyAfter };
}

/**
 * The differing lines of two listings of a table that no difference of a type explains. Which structs are
 * packed depends on the order of a listing, so lines that only differ in that are explained too.
 */
export function unexplainedLines(lines: Hunk, { differences }: Classification): Hunk {
  const before = new Set(differences.flatMap(({ hunk }) => hunk.before));
  const after = new Set(differences.flatMap(({ hunk }) => hunk.after));
  const left = {
    before: lines.before.filter((line) => !before.has(line)).sort(),
    after: lines.after.filter((line) => !after.has(line)).sort(),
  };
  return hasShapeOf('printOrderPacked', left) ? { before: [], after: [] } : left;
}
