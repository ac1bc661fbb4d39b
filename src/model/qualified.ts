/** Names with the namespaces and classes that they are declared in: `space::Outer::Inner`. */

import { Kind } from './kinds.ts';
import { findTypeWhere } from './queries.ts';
import { TypeFlag } from './side-columns.ts';
import type { TypeId, TypeTable } from './table.ts';

/** Scopes around one another that are followed. */
const MAX_SCOPES = 64;

const UNNAMED_NAMESPACE = '(anonymous namespace)';

/**
 * The name of a type with the scopes around it. A namespace without a name is `(anonymous namespace)`, a class
 * without one is left out.
 */
export function qualifiedName(table: TypeTable, id: TypeId): string {
  return [...scopesOf(table, id).map(({ name }) => name), table.name(id)].filter(Boolean).join('::');
}

/**
 * The first struct, union, enum or typedef that is declared in the scopes that `name` says, all of them from
 * the outermost on; undefined for none. Inline namespaces, namespaces without a name and classes without one
 * may be left out. A leading `::` is the outermost scope. Blanks between closing brackets do not count: compilers
 * write `list<set<int> >` or `list<set<int>>`.
 */
export function findTypeByQualifiedName(table: TypeTable, name: string): TypeId | undefined {
  for (const spelling of spellingsOf(name)) {
    const found = findSpelling(table, spelling);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findSpelling(table: TypeTable, name: string): TypeId | undefined {
  const parts = splitScopes(name);
  if (parts[0] === '') parts.shift();
  const last = parts.pop() ?? '';
  return findTypeWhere(table, last, (id) => matches(scopesOf(table, id), parts));
}

/** A name as it is, and as compilers may write it: with and without blanks between closing brackets. */
export function spellingsOf(name: string): ReadonlySet<string> {
  const withoutBlanks = name.replaceAll(/> +(?=>)/g, '>');
  return new Set([name, withoutBlanks.replaceAll(/>(?=>)/g, '> '), withoutBlanks]);
}

interface Scope {
  readonly name: string;
  readonly mayBeLeftOut: boolean;
}

/** The scopes around a type, outermost first. */
function scopesOf(table: TypeTable, id: TypeId): Scope[] {
  const scopes: Scope[] = [];
  const { side } = table;
  let scope = side?.scope(id) ?? 0;
  for (; side !== undefined && scope !== 0 && scopes.length < MAX_SCOPES; scope = side.scope(scope)) {
    const name = table.name(scope);
    const isNamespace = table.kind(scope) === Kind.Namespace;
    const mayBeLeftOut = name === '' || (side.flags(scope) & TypeFlag.ExportSymbols) !== 0;
    scopes.unshift({ name: name === '' && isNamespace ? UNNAMED_NAMESPACE : name, mayBeLeftOut });
  }
  return scopes;
}

/** Whether `parts` are the names of `scopes`, some of which may be left out. */
function matches(scopes: readonly Scope[], parts: readonly string[]): boolean {
  let next = 0;
  for (const { name, mayBeLeftOut } of scopes) {
    if (parts[next] === name) next++;
    else if (!mayBeLeftOut) return false;
  }
  return next === parts.length;
}

/** Splits at each `::` that is outside of brackets. */
function splitScopes(name: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < name.length; at++) {
    const char = name[at] as string;
    if ('<(['.includes(char)) depth++;
    else if ('>)]'.includes(char)) depth--;
    else if (char === ':' && name[at + 1] === ':' && depth <= 0) {
      parts.push(name.slice(start, at));
      start = at + 2;
      at++;
    }
  }
  parts.push(name.slice(start));
  return parts;
}
