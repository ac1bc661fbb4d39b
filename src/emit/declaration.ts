/**
 * One declaration: a type and a name, as member, typedef or marker of a bitfield's hole. Decides
 * whether a type is printed by name or in place, and lays out the two columns.
 */

import { MAX_TYPE_DEPTH } from '../layout/type-facts.ts';
import { Kind } from '../model/kinds.ts';
import type { TypeId } from '../model/table.ts';
import { putArray, putQualifiedArray } from './array.ts';
import { definitionKeyword } from './class.ts';
import { putStruct, putUnion } from './composite.ts';
import { type EmitContext, NO_NAME } from './context.ts';
import {
  declare,
  isQualifiedArray,
  namelessBase,
  nameText,
  needsDeclarator,
  putDeclared,
  qualifierWords,
  skipQualifiers,
} from './declarator.ts';
import { putEnum } from './enum.ts';
import { putParameters, qualifierText } from './type-text.ts';

/**
 * How a declaration treats an aggregate that it meets, as flags: print it in place though it has a
 * name; print the offsets of its members; leave the settings of the enclosing aggregate on it, which
 * is pahole's slip behind a const.
 */
const EXPAND = 1;
const OFFSETS = 2;
const KEEP_SETTINGS = 4;

/** Writes the stars that are due and a name, given as an offset of the string table or NO_NAME. */
export function putName(ctx: EmitContext, name: number): void {
  if (ctx.stars !== '') {
    ctx.out.put(ctx.stars);
    ctx.stars = '';
  }
  if (name > 0) ctx.out.name(name);
}

/** Whether a type is directly a struct, union, enum or a forward declaration of one. */
export function isAggregate(kind: number): boolean {
  return (
    kind === Kind.Struct ||
    kind === Kind.Union ||
    kind === Kind.Enum ||
    kind === Kind.Enum64 ||
    kind === Kind.Forward
  );
}

/**
 * Writes `type name` in columns, expanding the type as the options say. `name` is NO_NAME where an
 * aggregate's name is printed by the caller.
 */
export function putDeclaration(ctx: EmitContext, id: TypeId, name: number): void {
  if (ctx.expandPointers) return putThroughPointers(ctx, id, name);
  const offsets = ctx.offsets ? OFFSETS : 0;
  if (!ctx.expandTypes) return putType(ctx, id, name, offsets);
  putExpanded(ctx, id, name, offsets | EXPAND);
}

/** Follows pointers to what they point at, unless that is being printed already. */
function putThroughPointers(ctx: EmitContext, id: TypeId, name: number): void {
  const { table } = ctx;
  let stars = '';
  let target = id;
  while (
    table.kind(target) === Kind.Pointer &&
    table.sizeOrType(target) !== 0 &&
    stars.length < MAX_TYPE_DEPTH
  ) {
    target = table.sizeOrType(target);
    stars += '*';
  }
  const isPointer = stars !== '';
  const depth = ctx.expanding.get(target) ?? 0;
  ctx.expanding.set(target, depth + 1);
  const expand = isPointer && depth === 0;
  ctx.stars = stars + ctx.stars;
  const offsets = ctx.offsets && !isPointer ? OFFSETS : 0;
  if (expand) putExpanded(ctx, target, name, offsets | EXPAND);
  else putType(ctx, target, name, offsets);
  ctx.expanding.set(target, depth);
}

/** Writes a type behind a comment that names the typedefs that are skipped. */
function putExpanded(ctx: EmitContext, id: TypeId, name: number, mode: number): void {
  const { out, table } = ctx;
  if (table.kind(id) !== Kind.Typedef) return putType(ctx, id, name, mode);
  out.put('/* typedef ');
  for (let depth = 0; table.kind(id) === Kind.Typedef && depth < MAX_TYPE_DEPTH; depth++) {
    if (depth > 0) out.put(' -> ');
    out.name(table.nameOffset(id));
    id = table.sizeOrType(id);
  }
  if (id === 0 && ctx.quirks.expandedConst) return putNotFound(ctx, name);
  out.put(' */ ');
  putType(ctx, id, name, mode);
}

/** What pahole prints where it looks for the type behind a typedef or a tag and finds void. */
function putNotFound(ctx: EmitContext, name: number): void {
  const { out } = ctx;
  const start = out.pos;
  out.put('<ERROR');
  out.padFrom(start, ctx.typeSpacing);
  out.put('> ');
  putName(ctx, name);
}

function putType(ctx: EmitContext, id: TypeId, name: number, mode: number): void {
  const kind = ctx.table.kind(id);
  if (isAggregate(kind)) return putAggregate(ctx, id, name, mode);
  if (kind === Kind.TypeTag) return putTagged(ctx, id, name, mode);
  if (!ctx.quirks.declarators) {
    if (needsDeclarator(ctx, id) || hidesAggregate(ctx, id)) return putDerived(ctx, id, name, mode);
    if (isQualifiedArray(ctx, id)) return putQualifiedArray(ctx, id, name);
  }
  if (kind === Kind.Pointer) putPointer(ctx, id, name, mode);
  else if (kind === Kind.Array) putArray(ctx, id, name);
  else if (kind === Kind.FuncProto) putFunction(ctx, id, name, '');
  else if (kind === Kind.Const || kind === Kind.Atomic) putConst(ctx, id, name, mode);
  else if (!ctx.quirks.declarators && isVolatileAggregate(ctx, id)) putVolatile(ctx, id, name, mode);
  else putColumns(ctx, id, name);
}

function putColumns(ctx: EmitContext, id: TypeId, name: number): void {
  const { out } = ctx;
  const start = out.pos;
  out.put(ctx.texts.name(ctx, id));
  out.padFrom(start, ctx.typeSpacing);
  out.put(' ');
  putName(ctx, name);
  ctx.out.put(nullText(ctx, name));
}

/** What C's printf makes of a name that is not there, where pahole hands it one. */
function nullText(ctx: EmitContext, name: number): string {
  return name === NO_NAME && ctx.quirks.declarators ? '(null)' : '';
}

/** Only behind a pointer that is followed, where C has tags: pahole slips here as it does behind a const. */
function putTagged(ctx: EmitContext, id: TypeId, name: number, mode: number): void {
  const target = behindTags(ctx, id);
  if (!ctx.quirks.expandedConst) putType(ctx, target, name, mode);
  else if (target === 0) putNotFound(ctx, name);
  else putType(ctx, target, name, mode | KEEP_SETTINGS);
}

/** The type behind type tags; a cycle of tags ends at void. */
function behindTags(ctx: EmitContext, id: TypeId): TypeId {
  const { table } = ctx;
  for (let depth = 0; depth < MAX_TYPE_DEPTH; depth++) {
    if (table.kind(id) !== Kind.TypeTag) return id;
    id = table.sizeOrType(id);
  }
  return 0;
}

function putPointer(ctx: EmitContext, id: TypeId, name: number, mode: number): void {
  const { table } = ctx;
  const target = behindTags(ctx, table.sizeOrType(id));
  const kind = table.kind(target);
  if (kind === Kind.FuncProto) return putFunction(ctx, target, name, '*');
  if (!isAggregate(kind) || table.nameOffset(target) !== 0) return putColumns(ctx, id, name);
  ctx.stars = `* ${ctx.stars}${nullText(ctx, name)}`;
  putPointedTo(ctx, target, name, mode);
}

/** Writes an aggregate without a name that a pointer points to, the stars that are due behind the brace. */
function putPointedTo(ctx: EmitContext, id: TypeId, name: number, mode: number): void {
  const { typeSpacing, relativeOffsets } = ctx;
  ctx.typeSpacing -= 8;
  ctx.relativeOffsets = true;
  putAggregate(ctx, id, name, mode & ~KEEP_SETTINGS);
  ctx.typeSpacing = typeSpacing;
  ctx.relativeOffsets = relativeOffsets;
}

/** Writes what {@link needsDeclarator} or hides an aggregate, that in place. */
function putDerived(ctx: EmitContext, id: TypeId, name: number, mode: number): void {
  const nameless = namelessBase(ctx, id);
  const { baseTypeId, declarator } = declare(ctx, id, nameText(ctx, name), nameless);
  if (nameless === 0) return putDeclared(ctx, baseTypeId, declarator, ctx.typeSpacing);
  const words = qualifierWords(ctx, baseTypeId);
  ctx.out.put(words);
  ctx.typeSpacing -= words.length;
  ctx.stars = declarator;
  putPointedTo(ctx, nameless, NO_NAME, mode);
  ctx.typeSpacing += words.length;
}

/**
 * Whether a type leads to an aggregate without a name that neither {@link putPointer} nor what follows qualifiers and
 * arrays would print in place.
 */
export function hidesAggregate(ctx: EmitContext, id: TypeId): boolean {
  const { table } = ctx;
  const kind = table.kind(id);
  if (kind !== Kind.Pointer && kind !== Kind.FuncProto) return false;
  const isDirect = kind === Kind.Pointer && isAggregate(table.kind(behindTags(ctx, table.sizeOrType(id))));
  return !isDirect && namelessBase(ctx, id) !== 0;
}

/** Writes `RET (*name)(PARAMETERS)`. */
function putFunction(ctx: EmitContext, proto: TypeId, name: number, star: string): void {
  const { out } = ctx;
  const start = out.pos;
  out.put(ctx.texts.name(ctx, ctx.table.sizeOrType(proto)));
  out.padFrom(start, ctx.typeSpacing);
  out.put(' (');
  out.put(star);
  putName(ctx, name);
  out.put(')');
  putParameters(ctx, proto);
}

function putConst(ctx: EmitContext, id: TypeId, name: number, mode: number): void {
  const { out, table } = ctx;
  const saved = ctx.typeSpacing;
  let target = id;
  let innermost = id;
  let kind = table.kind(id);
  for (let depth = 0; isConstOrTag(kind) && depth < MAX_TYPE_DEPTH; depth++) {
    if (kind !== Kind.TypeTag) {
      const word = `${qualifierText(kind)} `;
      out.put(word);
      ctx.typeSpacing -= word.length;
      innermost = target;
    }
    target = table.sizeOrType(target);
    kind = table.kind(target);
  }
  // Behind a pointer that is followed may be a const void, which pahole prints as `const const void`.
  const isVoid = kind === Kind.Void && ctx.quirks.expandedConst;
  if (isConstOrTag(kind) || isVoid) putColumns(ctx, isVoid ? innermost : target, name);
  else putType(ctx, target, name, ctx.quirks.expandedConst ? mode | KEEP_SETTINGS : mode);
  ctx.typeSpacing = saved;
}

/** Whether an aggregate without a name stands behind qualifiers of which the first is volatile. */
function isVolatileAggregate(ctx: EmitContext, id: TypeId): boolean {
  const { table } = ctx;
  const target = skipQualifiers(ctx, id);
  return (
    table.kind(id) === Kind.Volatile && isAggregate(table.kind(target)) && table.nameOffset(target) === 0
  );
}

function putVolatile(ctx: EmitContext, id: TypeId, name: number, mode: number): void {
  const { out, table, typeSpacing } = ctx;
  out.put('volatile ');
  ctx.typeSpacing -= 9;
  putType(ctx, table.sizeOrType(id), name, mode);
  ctx.typeSpacing = typeSpacing;
}

function isConstOrTag(kind: number): boolean {
  return kind === Kind.Const || kind === Kind.Atomic || kind === Kind.TypeTag;
}

function putAggregate(ctx: EmitContext, id: TypeId, name: number, mode: number): void {
  const { out, table } = ctx;
  const kind = table.kind(id);
  const nameOffset = table.nameOffset(id);
  const isUnion = isUnionKind(ctx, id, kind);
  const isEnum = kind === Kind.Enum || kind === Kind.Enum64;
  // A union behind a pointer is expanded with the types, not with the pointers.
  const expand = isUnion ? ctx.expandTypes : (mode & EXPAND) !== 0;
  if (nameOffset === 0 || expand) return putInline(ctx, id, name, mode);
  out.put(isUnion ? 'union ' : isEnum ? 'enum ' : `${definitionKeyword(ctx, id)} `);
  const start = out.pos;
  out.name(nameOffset);
  out.padFrom(start, ctx.typeSpacing - (isUnion ? 6 : isEnum ? 5 : 7));
  out.put(' ');
  putName(ctx, name);
}

/** Whether a type is a union or the forward declaration of one. */
export function isUnionKind({ table }: EmitContext, id: TypeId, kind: number): boolean {
  return kind === Kind.Union || (kind === Kind.Forward && table.kindFlag(id));
}

function putInline(ctx: EmitContext, id: TypeId, name: number, mode: number): void {
  const { prefix, suffix, suffixStars, emitStats, offsets, typeSpacing } = ctx;
  const kind = ctx.table.kind(id);
  const isUnion = isUnionKind(ctx, id, kind);
  const keepsSettings = (mode & KEEP_SETTINGS) !== 0;
  if (!keepsSettings) {
    ctx.prefix = '';
    ctx.emitStats = false;
    ctx.offsets = (mode & OFFSETS) !== 0;
  }
  if (!keepsSettings || isUnion) setSuffix(ctx, name);
  else ctx.stars = '';
  if (kind === Kind.Enum || kind === Kind.Enum64) putEnum(ctx, id);
  else {
    ctx.typeSpacing -= 8;
    if (isUnion) putUnion(ctx, id);
    else putStruct(ctx, id);
  }
  ctx.prefix = prefix;
  ctx.suffix = suffix;
  ctx.suffixStars = suffixStars;
  ctx.emitStats = emitStats;
  ctx.offsets = offsets;
  ctx.typeSpacing = typeSpacing;
}

/** Makes a name, with the stars that are due, what follows the closing brace. */
function setSuffix(ctx: EmitContext, name: number): void {
  const isEmpty = name === 0 && ctx.stars === '' && !ctx.quirks.expandedConst;
  ctx.suffix = isEmpty ? NO_NAME : name;
  ctx.suffixStars = ctx.stars;
  ctx.stars = '';
}

/** Writes what follows a closing brace, with the blank before it. */
export function putSuffix(ctx: EmitContext): void {
  if (ctx.suffix === NO_NAME && ctx.suffixStars === '') return;
  ctx.out.put(' ');
  ctx.out.put(ctx.suffixStars);
  if (ctx.suffix > 0) ctx.out.name(ctx.suffix);
}
