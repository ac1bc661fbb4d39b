/**
 * Split BTF with a distilled base, put onto a full base: that of the kernel which it is to run in. The rules
 * are those of libbpf's `btf__relocate`, which the kernel follows when it loads a module; where libbpf reads a
 * flag of one kind as that of another, the rule that was meant.
 */

import { TspaholeError } from '../model/errors.ts';
import { Kind } from '../model/kinds.ts';
import { StringTable } from '../model/strings.ts';
import { type TypeId, TypeTable } from '../model/table.ts';
import { forEachTypeRef, heldType } from '../model/traverse.ts';
import { mapRecords } from './copy.ts';

/**
 * The types of a split table on another base. Each type of the old base must be one type of `base`: by name,
 * kind and encoding; ints, floats and enums by size as well, structs and unions where the name has several or
 * where the split types hold one by value. An enum may be one of 64 bits, a forward declaration any struct or
 * union that it declares.
 *
 * Throws `not-found` for a type that `base` does not have, `ambiguous` for one that it has several of, `bad-data`
 * for an old base with types that no distilled base holds, `usage` for a table without a base.
 */
export function relocate(table: TypeTable, base: TypeTable): TypeTable {
  const old = table.base;
  if (old === undefined) throw new TspaholeError('usage', 'only split BTF can be relocated');
  checkDistilled(old);
  const ids = mapBase(table, old, base);
  const nameOf = mapNames(table, old, base, ids);
  const shift = base.end - old.end;
  const words = mapRecords(table, {
    idOf: (id) => (id < old.end ? (ids[id] as TypeId) : id + shift),
    nameOf,
  });
  const strings = new StringTable(table.strings.bytes, base.strings);
  const { starts, endian } = table;
  return new TypeTable({ words, starts, strings, base, pointerSize: base.pointerSize, endian });
}

const DISTILLED: ReadonlySet<number> = new Set([
  Kind.Int,
  Kind.Float,
  Kind.Enum,
  Kind.Struct,
  Kind.Union,
  Kind.Forward,
]);

function checkDistilled(old: TypeTable): void {
  for (let id = 1; id < old.end; id++) {
    if (DISTILLED.has(old.kind(id)) && old.nameOffset(id) !== 0) continue;
    throw new TspaholeError(
      'bad-data',
      `type ${id} of the old base cannot be told by its name: it is not distilled`,
    );
  }
}

/** For each id of the old base that of the new one. */
function mapBase(table: TypeTable, old: TypeTable, base: TypeTable): Uint32Array {
  const candidates = namedTypes(base);
  const isEmbedded = embeddedComposites(table, old);
  const ids = new Uint32Array(old.end);
  for (let id = 1; id < old.end; id++) {
    const name = old.strings.latin1At(old.nameOffset(id));
    const sameName = candidates.get(name) ?? [];
    const found = matches(old, id, base, { sameName, needsSize: isEmbedded[id] === 1 });
    const what = `${rawKind(old.kind(id))} ${name} (type ${id} of the old base)`;
    if (found.length === 0) throw new TspaholeError('not-found', `the new base has no ${what}`);
    if (found.length > 1) {
      throw new TspaholeError(
        'ambiguous',
        `the new base has several of ${what}: types ${found.join(' and ')}`,
      );
    }
    ids[id] = found[0] as TypeId;
  }
  return ids;
}

function rawKind(kind: number): string {
  return (
    Object.entries(Kind)
      .find(([, value]) => value === kind)?.[0]
      .toLowerCase() ?? `kind ${kind}`
  );
}

function namedTypes(base: TypeTable): Map<string, TypeId[]> {
  const found = new Map<string, TypeId[]>();
  for (let id = 1; id < base.end; id++) {
    const kind = base.kind(id);
    if ((!DISTILLED.has(kind) && kind !== Kind.Enum64) || base.nameOffset(id) === 0) continue;
    const name = base.strings.latin1At(base.nameOffset(id));
    const known = found.get(name);
    if (known === undefined) found.set(name, [id]);
    else known.push(id);
  }
  return found;
}

function matches(
  old: TypeTable,
  id: TypeId,
  base: TypeTable,
  { sameName, needsSize }: { readonly sameName: readonly TypeId[]; readonly needsSize: boolean },
): TypeId[] {
  const kind = old.kind(id);
  const sameSize = (each: TypeId): boolean => base.sizeOrType(each) === old.sizeOrType(id);
  const ofKind = (...kinds: number[]): TypeId[] => sameName.filter((each) => kinds.includes(base.kind(each)));
  switch (kind) {
    case Kind.Int: {
      const encoding = (each: TypeTable, int: TypeId): number => each.extra(int, 0) >>> 24;
      return ofKind(Kind.Int).filter((each) => sameSize(each) && encoding(base, each) === encoding(old, id));
    }
    case Kind.Float:
      return ofKind(Kind.Float).filter(sameSize);
    case Kind.Enum:
      return ofKind(Kind.Enum, Kind.Enum64).filter(sameSize);
    case Kind.Forward: {
      const definitions = ofKind(old.kindFlag(id) ? Kind.Union : Kind.Struct);
      if (definitions.length > 0) return definitions;
      return ofKind(Kind.Forward).filter((each) => base.kindFlag(each) === old.kindFlag(id));
    }
    default: {
      const found = ofKind(kind);
      return needsSize || found.length > 1 ? found.filter(sameSize) : found;
    }
  }
}

/** Marks the structs and unions of the old base that the split types hold by value. */
function embeddedComposites(table: TypeTable, old: TypeTable): Uint8Array {
  const isEmbedded = new Uint8Array(old.end);
  for (let id = table.firstId; id < table.end; id++) {
    const kind = table.kind(id);
    if (kind !== Kind.Struct && kind !== Kind.Union) continue;
    forEachTypeRef(table, id, (member) => {
      const held = heldType(table, member);
      if (held < old.end) isEmbedded[held] = 1;
    });
  }
  return isEmbedded;
}

/** Own names only move; those of the old base are the names of the types that were found. */
function mapNames(
  { strings }: TypeTable,
  old: TypeTable,
  base: TypeTable,
  ids: Uint32Array,
): (offset: number) => number {
  const names = new Map<number, number>([[0, 0]]);
  for (let id = 1; id < old.end; id++) names.set(old.nameOffset(id), base.nameOffset(ids[id] as TypeId));
  const shift = base.strings.end - strings.start;
  return (offset) => {
    if (offset >= strings.start) return offset + shift;
    const found = names.get(offset);
    if (found !== undefined) return found;
    throw new TspaholeError('bad-data', `name offset ${offset} is that of no type of the old base`);
  };
}
