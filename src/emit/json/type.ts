/**
 * One type as the plain object that `--json` prints: the data of `layoutOf`, with the text of each
 * member's type, and with the aggregates in it that have no name of their own.
 */

import type { LayoutItem, MemberItem } from '../../layout/layout-items.ts';
import { type Layout, layoutOf } from '../../layout/layout-of.ts';
import { emptyWaste, type Waste } from '../../layout/placement.ts';
import { MAX_TYPE_DEPTH } from '../../layout/type-facts.ts';
import { TspaholeError } from '../../model/errors.ts';
import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import type { EnumType } from '../../model/types.ts';
import { type EmitContext, MAX_EXPANDED_MEMBERS, MAX_NESTING } from '../context.ts';
import { putAbstractDeclarator } from '../declarator.ts';
import { classFacts, type JsonClassFacts, type JsonMemberFacts, memberFacts } from './declarations.ts';

/** The type that a member or a typedef has. */
export interface JsonReference {
  readonly typeId: TypeId;
  /** C text without a name: `int (*)(void)`, `struct` for an anonymous struct. */
  readonly type: string;
  /** What is wrong with that text, such as a type that is missing. */
  readonly error?: string | undefined;
  /** The aggregate that {@link type} cannot name, or with `expandTypes` any. */
  readonly aggregate?: JsonAggregate | undefined;
}

/** What the struct type of a member wastes or ends in; only what is there is given. */
export interface JsonTypeWaste {
  readonly holeCount?: number | undefined;
  readonly bitHoleCount?: number | undefined;
  readonly padding?: number | undefined;
  readonly bitPadding?: number | undefined;
  readonly hasFlexibleArray?: true | undefined;
  readonly hasEmbeddedFlexibleArray?: true | undefined;
}

export interface JsonMember extends MemberItem, JsonReference, JsonMemberFacts {
  readonly typeWaste?: JsonTypeWaste | undefined;
}

export type JsonItem = JsonMember | Exclude<LayoutItem, MemberItem>;

/** A struct or union; offsets of an inner one count from the start of the outermost. */
export interface JsonComposite extends Omit<Layout, 'items'>, JsonClassFacts {
  readonly items: readonly JsonItem[];
}

export interface JsonEnumerator {
  readonly name: string;
  /** Decimal text where a double would lose digits. */
  readonly value: number | string;
}

export interface JsonEnum extends Omit<EnumType, 'enumerators'> {
  readonly enumerators: readonly JsonEnumerator[];
}

/** In place of a type that cannot be given. */
export interface JsonFailure {
  readonly id: TypeId;
  readonly kind: JsonKind;
  readonly name?: string | undefined;
  readonly error: string;
}

export type JsonAggregate = JsonComposite | JsonEnum | JsonFailure;

export interface JsonTypedef extends JsonReference {
  readonly id: TypeId;
  readonly kind: 'typedef';
  readonly name: string;
}

/** Kinds of types that are listed. */
export type JsonKind = 'struct' | 'union' | 'enum' | 'typedef';

/** Characters that the names and type texts of one top-level type may have together. */
const MAX_TEXT_LENGTH = 1 << 26;

/** The kind of a struct, union, enum or typedef. */
export function jsonKind({ table }: Pick<EmitContext, 'table'>, id: TypeId): JsonKind {
  const kind = table.kind(id);
  if (kind === Kind.Struct) return 'struct';
  if (kind === Kind.Union) return 'union';
  return kind === Kind.Typedef ? 'typedef' : 'enum';
}

/**
 * The object of a struct, union, enum or typedef. Inner offsets follow the option `relativeOffsets`,
 * inner aggregates `expandTypes`; what nests or expands beyond the bounds of {@link EmitContext} is a
 * {@link JsonFailure} in its place. Throws `bad-data` for a name outside of the strings and for names
 * that are, together, longer than {@link MAX_TEXT_LENGTH}.
 */
export function jsonType(ctx: EmitContext, id: TypeId): JsonAggregate | JsonTypedef {
  ctx.beginTopLevel(false);
  const walk: Walk = { ctx, waste: emptyWaste(), textLength: 0 };
  const { table } = ctx;
  if (table.kind(id) !== Kind.Typedef) return aggregate(walk, id, 0);
  return { id, kind: 'typedef', name: table.name(id), ...reference(walk, table.sizeOrType(id), 0) };
}

/** The making of one top-level type. */
interface Walk {
  readonly ctx: EmitContext;
  readonly waste: Waste;
  textLength: number;
}

/** `base` is where the aggregate starts in the outermost one, in bytes. */
function aggregate(walk: Walk, id: TypeId, base: number): JsonAggregate {
  const { ctx } = walk;
  const kind = ctx.table.kind(id);
  ctx.expandedMembers += ctx.table.vlen(id);
  if (ctx.nesting >= MAX_NESTING || ctx.expandedMembers > MAX_EXPANDED_MEMBERS) {
    return failure(ctx, id, 'nests too deep or expands to too many members');
  }
  ctx.nesting++;
  const isComposite = kind === Kind.Struct || kind === Kind.Union;
  const made = isComposite ? composite(walk, id, base) : enumeration(walk, id);
  ctx.nesting--;
  return made;
}

function failure(ctx: EmitContext, id: TypeId, error: string): JsonFailure {
  return { id, kind: jsonKind(ctx, id), name: ctx.table.name(id), error };
}

function composite(walk: Walk, id: TypeId, base: number): JsonComposite {
  const { ctx } = walk;
  const layout = layoutOf(ctx.layouts, id);
  const items = base === 0 ? layout.items : moved(layout.items, base, ctx.cachelineSize);
  const facts = classFacts(ctx.table, id);
  for (const { name } of facts.declarations ?? []) count(walk, name);
  return {
    ...layout,
    ...facts,
    items: items.map((item) => (item.kind === 'member' ? member(walk, item, id) : item)),
  };
}

/** The items of an inner aggregate as they lie in the outermost one, whose cachelines begin elsewhere. */
function moved(items: readonly LayoutItem[], base: number, cachelineSize: number): LayoutItem[] {
  const result: LayoutItem[] = [];
  let cacheline = Math.floor(base / cachelineSize);
  for (const item of items) {
    if (item.kind === 'cachelineBoundary') continue;
    if (item.kind === 'member' && item.byteOffset !== undefined) {
      const start = item.byteOffset + base;
      const own = Math.floor(start / cachelineSize);
      const byteOffset = own * cachelineSize;
      if (own > cacheline) {
        result.push({ kind: 'cachelineBoundary', cacheline: own, byteOffset, bytesAgo: start - byteOffset });
        cacheline = own;
      }
    }
    result.push(movedItem(item, base));
  }
  return result;
}

function movedItem(item: LayoutItem, base: number): LayoutItem {
  switch (item.kind) {
    case 'member': {
      const { bitOffset, byteOffset } = item;
      if (bitOffset === undefined || byteOffset === undefined) return item;
      return { ...item, bitOffset: bitOffset + base * 8, byteOffset: byteOffset + base };
    }
    case 'bitHole':
    case 'bitPadding':
      return { ...item, bitOffset: item.bitOffset + base * 8 };
    case 'hole':
    case 'padding':
    case 'cachelineBoundary':
      return { ...item, byteOffset: item.byteOffset + base };
  }
}

function member(walk: Walk, item: MemberItem, composite: TypeId): JsonMember {
  count(walk, item.name);
  return {
    ...item,
    ...memberFacts(walk.ctx.table, composite, item.index),
    ...reference(walk, item.typeId, walk.ctx.relativeOffsets ? 0 : (item.byteOffset ?? 0)),
    typeWaste: typeWaste(walk, item.typeId),
  };
}

/** What pahole remarks about members that are directly structs. */
function typeWaste({ ctx: { layouts, table }, waste }: Walk, id: TypeId): JsonTypeWaste | undefined {
  if (table.kind(id) !== Kind.Struct) return undefined;
  layouts.waste(id, waste);
  const remarks: JsonTypeWaste = {
    holeCount: positive(waste.holeCount),
    bitHoleCount: positive(waste.bitHoleCount),
    padding: positive(waste.padding),
    bitPadding: positive(waste.bitPadding),
    hasFlexibleArray: layouts.facts.hasFlexibleArray(id) || undefined,
    hasEmbeddedFlexibleArray: layouts.facts.hasEmbeddedFlexibleArray(id) || undefined,
  };
  return Object.values(remarks).some((value) => value !== undefined) ? remarks : undefined;
}

function positive(value: number): number | undefined {
  return value > 0 ? value : undefined;
}

function enumeration(walk: Walk, id: TypeId): JsonEnum {
  const view = walk.ctx.table.type(id) as EnumType;
  const enumerators = view.enumerators.map(({ name, value }) => {
    count(walk, name);
    const number = Number(value);
    return { name, value: Number.isSafeInteger(number) ? number : String(value) };
  });
  const { kind, name, byteSize, isSigned } = view;
  return { id, kind, name, byteSize, isSigned, enumerators };
}

function reference(walk: Walk, typeId: TypeId, base: number): JsonReference {
  const type = typeText(walk.ctx, typeId);
  count(walk, type);
  const inner = innerAggregate(walk.ctx, typeId);
  return {
    typeId,
    type,
    error: ERROR_IN_TEXT.exec(type)?.[1],
    aggregate: inner && aggregate(walk, inner.id, inner.isPointedTo ? 0 : base),
  };
}

/** How the text of a type says that something is wrong with it. */
const ERROR_IN_TEXT = /<error: ([^>]*)>/;

function count(walk: Walk, text: string): void {
  walk.textLength += text.length;
  if (walk.textLength <= MAX_TEXT_LENGTH) return;
  throw new TspaholeError(
    'bad-data',
    `a type's names are longer than ${MAX_TEXT_LENGTH} characters together`,
  );
}

/** C text of a type without a name, and without the blanks that pahole leaves behind qualifiers. */
function typeText(ctx: EmitContext, id: TypeId): string {
  const { out } = ctx;
  out.truncate(0);
  putAbstractDeclarator(ctx, id);
  return out.text().replaceAll(/ +(?=[ ,)]|$)/g, '');
}

/**
 * The aggregate that a declaration of this type has in its place: one without a name, behind pointers,
 * arrays and qualifiers; with `expandTypes` any that is not behind a pointer, behind typedefs as well.
 */
function innerAggregate(
  { table, expandTypes }: EmitContext,
  typeId: TypeId,
): { readonly id: TypeId; readonly isPointedTo: boolean } | undefined {
  let id = typeId;
  let isPointedTo = false;
  let isNamed = false;
  for (let depth = 0; depth < MAX_TYPE_DEPTH; depth++) {
    switch (table.kind(id)) {
      case Kind.Struct:
      case Kind.Union:
      case Kind.Enum:
      case Kind.Enum64: {
        const isAnonymous = !isNamed && table.nameOffset(id) === 0;
        return isAnonymous || (expandTypes && !isPointedTo) ? { id, isPointedTo } : undefined;
      }
      case Kind.Pointer:
        isPointedTo = true;
        id = table.sizeOrType(id);
        break;
      case Kind.Array:
        id = table.extra(id, 0);
        break;
      case Kind.Typedef:
        isNamed = true;
        id = table.sizeOrType(id);
        break;
      case Kind.Const:
      case Kind.Volatile:
      case Kind.Restrict:
      case Kind.TypeTag:
        id = table.sizeOrType(id);
        break;
      default:
        return undefined;
    }
  }
  return undefined;
}
