/** Rules of an order by the names of members, as the command line has them, and which of them contradict one another. */

import { TspaholeError } from '../model/errors.ts';
import type { TypeTable } from '../model/table.ts';
import { canKeepRules, type ReorganizeOptions } from './reorganize.ts';
import type { StructModel } from './reorganize-model.ts';
import { endOf, isMarker, startOf } from './reorganize-place.ts';
import { noRules, type OrderRules } from './reorganize-problem.ts';

/** One rule. */
export interface NamedRule {
  readonly kind: 'pin' | 'group' | 'same-line' | 'apart' | 'pin-first' | 'keep-groups';
  /** Members, for all kinds but the last two. */
  readonly names: readonly string[];
  /** For `pin-first`: how many members. */
  readonly count?: number | undefined;
  /** As it was asked for, for messages. */
  readonly text: string;
}

/** The rules about a struct. Throws `not-found` for a member that it does not have, `usage` for a member in two groups. */
export function resolveRules(table: TypeTable, model: StructModel, named: readonly NamedRule[]): OrderRules {
  const rules = noRules();
  const pins = new Map<number, number>();
  const groups: number[][] = [];
  const sameLine: number[][] = [];
  const apart: number[][] = [];
  let { leading } = rules;
  let zones: OrderRules['zones'] = [];
  for (const { kind, names, count = 0 } of named) {
    const units = [...new Set(names.map((name) => unitOf(table, model, name)))];
    if (kind === 'pin') for (const unit of units) pins.set(unit, placeOf(model, unit));
    else if (kind === 'group') groups.push(units);
    else if (kind === 'same-line') sameLine.push(units);
    else if (kind === 'apart') apart.push(units);
    else if (kind === 'pin-first') leading = Math.max(leading, unitsOfFirst(model, count));
    else zones = zonesIn(table, model);
  }
  const grouped = groups.flat();
  if (new Set(grouped).size < grouped.length)
    throw new TspaholeError('usage', '--group: a member is in two groups');
  return { pins, groups, sameLine, apart, zones, leading };
}

/** Rules that no order keeps to together. */
export interface Conflict {
  readonly rules: readonly NamedRule[];
  /** Whether there is no such order, rather than none that was found. */
  readonly isProven: boolean;
}

/** The fewest of the rules that no order keeps to together. */
export function conflictOf(
  table: TypeTable,
  model: StructModel,
  named: readonly NamedRule[],
  options: ReorganizeOptions,
): Conflict {
  const canKeep = (some: readonly NamedRule[]): boolean | undefined =>
    canKeepRules(model, { ...options, rules: resolveRules(table, model, some) });
  const pairs = named.flatMap((one, at) => named.slice(at + 1).map((other) => [one, other]));
  for (const rules of [...named.map((rule) => [rule]), ...pairs]) {
    const can = canKeep(rules);
    if (can !== true) return { rules, isProven: can === false };
  }
  return { rules: named, isProven: canKeep(named) === false };
}

function unitOf(table: TypeTable, { id, units }: StructModel, name: string): number {
  const found = units.findIndex(({ first, end }) => {
    for (let index = first; index < end; index++) if (memberName(table, id, index) === name) return true;
    return false;
  });
  if (found < 0) throw new TspaholeError('not-found', `'${table.name(id)}' has no member '${name}'`);
  return found;
}

function memberName(table: TypeTable, id: number, index: number): string {
  return table.strings.text(table.extra(id, 3 * index));
}

/** Where a unit begins in the original order, in bits. */
function placeOf({ units }: StructModel, index: number): number {
  let bit = 0;
  for (const [at, unit] of units.entries()) {
    if (at === index) return startOf(bit, unit);
    bit = endOf(bit, unit);
  }
  return bit;
}

function unitsOfFirst({ units }: StructModel, members: number): number {
  const behind = units.findIndex(({ end }) => end >= members);
  return members === 0 ? 0 : behind < 0 ? units.length : behind + 1;
}

/** The kernel's markers: members without a size at the start and the end of what shares cachelines. */
const MARKER = /^__cacheline_group_(begin|end)__(.*)$/;

function zonesIn(table: TypeTable, { id, units }: StructModel): OrderRules['zones'] {
  const zones: { from: number; to: number }[] = [];
  let begun: { name: string; from: number } | undefined;
  for (const [index, unit] of units.entries()) {
    const [, edge, name = ''] = (isMarker(unit) && MARKER.exec(memberName(table, id, unit.first))) || [];
    if (edge === 'begin') begun = { name, from: index + 1 };
    else if (edge === 'end' && begun?.name === name) zones.push({ from: begun.from, to: index });
  }
  return zones;
}
