/**
 * `TypeEmission`: prints the types that others need before them, so that the text can be compiled: definitions,
 * `struct name;` for what is only pointed to, typedefs, enums; each once.
 */

import type { Layouts } from '../layout/layouts.ts';
import { MAX_TYPE_DEPTH } from '../layout/type-facts.ts';
import { Kind } from '../model/kinds.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { atomicTypedef } from './atomic-typedef.ts';
import { CompiledText } from './compiled-text.ts';
import { putStruct, putUnion } from './composite.ts';
import {
  behind,
  isBase,
  isComposite,
  isDefinable,
  isEnum,
  memberTypes,
  PLAIN_INDIRECTIONS,
  PLAIN_PREFIXES,
  PREFIXES,
} from './emission-kinds.ts';
import { EmissionMemory, keywordOf } from './emission-memory.ts';
import { type EmissionQuirks, NO_EMISSION_QUIRKS } from './emission-quirks.ts';
import { PaholeEmitter, type PaholeOptions } from './pahole.ts';
import type { Printer } from './printer.ts';

/** How needed types are printed. */
export interface EmissionOptions extends PaholeOptions {
  /** Rules in which to print as pahole 1.31 does though it is wrong. Default: none. */
  readonly emissionQuirks?: EmissionQuirks | undefined;
  /** Leave out typedefs for base types that are called as those of <stdatomic.h>. */
  readonly skipAtomicTypedefs?: boolean | undefined;
}

/** In the flags of a type: it has been defined, declared, and how often its typedef is being defined. */
const DEFINED = 1;
const DECLARED = 2;
const ACTIVE = 4;

/** Types that need one another in a row. Real code stays below 50. */
const MAX_NEEDS = 256;

/** Needs for each type of a table that are looked at. Real code has some ten. */
const NEEDS_PER_TYPE = 256;
const MIN_NEEDS = 1 << 16;

/** Prints what types of one table need; `memory` is shared by the tables of a run. */
export class TypeEmission {
  /** How the types are written so that a compiler gives them their layout; undefined where that does not matter. */
  readonly compiled: CompiledText | undefined;
  readonly #table: TypeTable;
  readonly #emitter: PaholeEmitter;
  readonly #out: Printer;
  readonly #memory: EmissionMemory;
  readonly #unit: number;
  readonly #quirks: EmissionQuirks;
  readonly #skipsAtomics: boolean;
  readonly #flags: Uint8Array;
  /** What this table defined first. pahole has these in one list and what is only declared in another. */
  readonly #listed = new Set<TypeId>();
  #depth = 0;
  /** How many needs are looked at before it ends. */
  #remaining: number;

  constructor(
    layouts: Layouts,
    options: EmissionOptions = {},
    memory: EmissionMemory = new EmissionMemory(),
  ) {
    this.#table = layouts.table;
    this.#emitter = new PaholeEmitter(layouts, options);
    this.#out = this.#emitter.context.out;
    this.#memory = memory;
    this.#unit = memory.addUnit();
    this.#quirks = options.emissionQuirks ?? NO_EMISSION_QUIRKS;
    this.#skipsAtomics = options.skipAtomicTypedefs ?? false;
    this.compiled = this.#quirks.plainLayouts ? undefined : new CompiledText(layouts);
    this.#emitter.context.compiled = this.compiled;
    this.#flags = new Uint8Array(layouts.table.end);
    this.#remaining = MIN_NEEDS + NEEDS_PER_TYPE * layouts.table.end;
  }

  /** The types that a prototype needs, those that it points to defined too; `result` is the type of its result. */
  forPrototype(proto: TypeId, result: TypeId): string {
    return this.#out.capture(() => {
      const table = this.#table;
      this.#forResult(this.#withoutPointers(result));
      const count = table.kind(proto) === Kind.FuncProto ? table.vlen(proto) : 0;
      for (let index = 0; index < count; index++) {
        this.#forParameter(this.#withoutPointers(table.extra(proto, 2 * index + 1)));
      }
    });
  }

  /**
   * What the definition of a type needs, and the typedef itself if it is one; undefined if that has been printed
   * before. A type without a name is going to be printed with the typedef `typedefId`.
   */
  forDefinition(id: TypeId, typedefId = 0): string | undefined {
    let isNew = false;
    const text = this.#out.capture(() => {
      isNew = this.#define(id);
    });
    if (typedefId !== 0 && !this.#quirks.repeatedTypes) this.#note(typedefId);
    return isNew ? text : undefined;
  }

  #withoutPointers(id: TypeId): TypeId {
    return behind(this.#table, id, this.#quirks.plainNeeds ? PLAIN_PREFIXES : PREFIXES);
  }

  #forResult(id: TypeId): void {
    if (!isDefinable(this.#table.kind(id))) {
      if (!this.#quirks.plainNeeds && this.#table.kind(id) === Kind.FuncProto) this.#needOfFunction(id);
    } else if (!this.#has(id, DEFINED)) this.#defineWhole(id, this.#quirks.repeatedTypes);
  }

  #forParameter(id: TypeId): void {
    const kind = this.#table.kind(id);
    if (kind === Kind.FuncProto) this.#needOfFunction(id);
    else if (kind === Kind.RvalueReference) this.#skipLine(id);
    else if (isDefinable(kind) && !this.#has(id, DEFINED)) {
      const start = this.#out.pos;
      this.#defineWhole(id, this.#quirks.repeatedTypes && kind !== Kind.Typedef);
      if (this.#quirks.repeatedTypes || this.#out.pos > start) this.#out.newline();
    }
  }

  /** pahole takes an rvalue reference for a type that is to be defined. */
  #skipLine(id: TypeId): void {
    if (this.#has(id, DEFINED)) return;
    this.#note(id);
    this.#out.newline();
  }

  /** Prints a type with what it needs; with `again` also if it has been printed before. */
  #defineWhole(id: TypeId, again: boolean): void {
    if (this.#isHollow(id) && !this.#quirks.hollowTypes) this.#declare(id);
    else if (this.#define(id) || again) {
      if (again || this.#table.kind(id) !== Kind.Typedef) this.#put(id);
    }
  }

  /** Notes a type as defined and prints what it needs; a typedef is printed too. Returns false for a known one. */
  #define(id: TypeId): boolean {
    const table = this.#table;
    if (this.#isKnown(id)) return false;
    if (table.kind(id) === Kind.Typedef) return this.#defineTypedef(id);
    this.#note(id);
    this.#emitter.context.layouts.packed.inferMembers(id);
    if (!this.#enter()) return true;
    for (const type of memberTypes(table, id)) if (this.#need(type)) this.#out.newline();
    this.#depth--;
    return true;
  }

  #defineTypedef(id: TypeId): boolean {
    // The target may need the typedef: once more it is looked at, and printed before it.
    if (this.#isKnown(id) || this.#has(id, 2 * ACTIVE) || !this.#enter()) return false;
    this.#flags[id] = (this.#flags[id] as number) + ACTIVE;
    if (!this.#putInTypedef(id, this.#table.sizeOrType(id)) && !this.#has(id, DEFINED)) this.#put(id);
    this.#flags[id] = this.#flags[id] - ACTIVE;
    this.#depth--;
    this.#note(id);
    return true;
  }

  /** Prints what a typedef needs. Returns whether the typedef has been printed with it. */
  #putInTypedef(id: TypeId, target: TypeId): boolean {
    const table = this.#table;
    const kind = table.kind(target);
    const isNamed = table.nameOffset(target) !== 0;
    if (isEnum(kind)) return isNamed ? this.#defineEnum(target) && false : this.#putEnumTypedef(id, target);
    if (!isComposite(kind)) {
      if (this.#quirks.plainTypedefs) this.#needPlainly(target);
      else this.#need(target);
    } else if (isNamed) {
      if (!this.#isUnseen(target)) this.#defineWhole(target, false);
    } else {
      this.#define(target);
      this.#emitter.emit(target, id);
      this.#out.newline();
      return true;
    }
    return false;
  }

  /** pahole does not look behind most of what a typedef may name. */
  #needPlainly(target: TypeId): void {
    const table = this.#table;
    const kind = table.kind(target);
    const pointee = kind === Kind.Pointer ? table.sizeOrType(target) : 0;
    if (kind === Kind.Typedef) this.#defineTypedef(target);
    else if (kind === Kind.Array || kind === Kind.Atomic) this.#need(target);
    else if (kind === Kind.FuncProto) this.#needOfFunction(target);
    else if (table.kind(pointee) === Kind.Typedef) this.#defineTypedef(pointee);
    else if (table.kind(pointee) === Kind.FuncProto) this.#needOfFunction(pointee);
  }

  #putEnumTypedef(id: TypeId, target: TypeId): boolean {
    const isNew = !this.#has(target, DEFINED);
    if (isNew) this.#put(id);
    else if (this.#quirks.repeatedTypes) this.#out.put('typedef ');
    else return false;
    if (this.#table.vlen(target) > 0) this.#note(target);
    return true;
  }

  /** Prints the typedef that stands for a base type, if it is one of these. */
  #defineAtomic(id: TypeId): boolean {
    if (this.#isKnown(id)) return false;
    const text = atomicTypedef(this.#table, id, this.#quirks.guessedAtomics);
    if (text !== undefined) {
      this.#out.put(text);
      this.#memory.define(this.#table, id);
    }
    this.#flags[id] = DEFINED;
    return text !== undefined;
  }

  #defineEnum(id: TypeId): boolean {
    if (this.#isKnown(id)) return false;
    this.#put(id);
    // What has no values is only declared.
    if (this.#table.vlen(id) > 0) this.#note(id);
    return true;
  }

  /** Prints what a type needs where it is used. Returns whether an empty line is due. */
  #need(id: TypeId): boolean {
    const table = this.#table;
    const { plainNeeds } = this.#quirks;
    if (--this.#remaining < 0) return false;
    let type = id;
    let isPointer = false;
    for (let depth = 0; depth < MAX_TYPE_DEPTH; depth++) {
      const kind = table.kind(type);
      if (kind === Kind.Pointer || kind === Kind.Reference) isPointer = true;
      else if (kind === Kind.Array && !plainNeeds) isPointer = false;
      else if (!(plainNeeds ? PLAIN_INDIRECTIONS : PREFIXES).includes(kind)) break;
      type = kind === Kind.Array ? table.extra(type, 0) : table.sizeOrType(type);
    }
    const kind = table.kind(type);
    if (kind === Kind.Typedef) return this.#defineTypedef(type);
    if (isEnum(kind)) return table.nameOffset(type) !== 0 && this.#defineEnum(type);
    if (isBase(kind)) return !this.#skipsAtomics && this.#defineAtomic(type);
    if (kind === Kind.FuncProto) return this.#needOfFunction(type);
    if (!isComposite(kind) || this.#isUnseen(type)) return false;
    return isPointer ? this.#needPointee(type) : this.#needComposite(type);
  }

  #needPointee(id: TypeId): boolean {
    if (this.#table.nameOffset(id) !== 0) return this.#declare(id);
    const start = this.#out.pos;
    this.#define(id);
    return !this.#quirks.emptyLines && this.#out.pos > start;
  }

  #needComposite(id: TypeId): boolean {
    const start = this.#out.pos;
    this.#defineWhole(id, false);
    return this.#quirks.emptyLines || this.#out.pos > start;
  }

  #needOfFunction(proto: TypeId): boolean {
    const table = this.#table;
    if (!this.#enter()) return false;
    let isPrinted = this.#need(table.sizeOrType(proto));
    for (let index = 0; index < table.vlen(proto); index++) {
      if (this.#need(table.extra(proto, 2 * index + 1))) isPrinted = true;
    }
    this.#depth--;
    if (isPrinted) this.#out.newline();
    return isPrinted;
  }

  /** Prints `struct name;` once. Returns whether it did. */
  #declare(id: TypeId): boolean {
    const table = this.#table;
    if (this.#has(id, DECLARED)) return false;
    this.#flags[id] = (this.#flags[id] as number) | DECLARED;
    if (table.nameOffset(id) === 0 || this.#memory.isDeclared(table, id)) return false;
    this.#out.put(keywordOf(table, id) === 'union' ? 'union ' : 'struct ');
    this.#out.name(table.nameOffset(id));
    this.#out.put(';\n');
    if (!this.#quirks.forgottenForwards || !this.#listed.has(id)) this.#memory.declare(table, id, this.#unit);
    return true;
  }

  /** pahole does not look for what is a class. */
  #isUnseen(id: TypeId): boolean {
    return this.#quirks.plainNeeds && keywordOf(this.#table, id) === 'class';
  }

  #isHollow(id: TypeId): boolean {
    return this.#table.kind(id) === Kind.Forward;
  }

  /** Prints a definition, and the newline behind it; nothing for a struct or union without a name. */
  #put(id: TypeId): void {
    const table = this.#table;
    const kind = table.kind(id);
    if (kind !== Kind.Typedef && table.nameOffset(id) === 0) return;
    if (!this.#quirks.builtinVaList && table.name(id) === '__builtin_va_list') return;
    if (kind === Kind.Forward) this.#putHollow(id);
    else this.#emitter.emit(id);
    this.#out.newline();
  }

  #putHollow(id: TypeId): void {
    const { context } = this.#emitter;
    const isUnion = this.#table.kindFlag(id);
    context.beginTopLevel(isUnion);
    if (isUnion) putUnion(context, id);
    else putStruct(context, id);
    this.#out.put(';');
  }

  #has(id: TypeId, flag: number): boolean {
    return ((this.#flags[id] ?? 0) & flag) !== 0;
  }

  #isKnown(id: TypeId): boolean {
    if (this.#has(id, DEFINED)) return true;
    if (!this.#memory.isDefined(this.#table, id)) return false;
    this.#flags[id] = (this.#flags[id] as number) | DEFINED;
    return true;
  }

  #note(id: TypeId): void {
    this.#flags[id] = (this.#flags[id] as number) | DEFINED;
    this.#memory.define(this.#table, id);
    if (!this.#quirks.forgottenForwards) return;
    this.#listed.add(id);
    if (this.#table.nameOffset(id) !== 0) this.#memory.forget(this.#table, id, this.#unit);
  }

  /** One step deeper; false where needs are too deep, which only damaged files have. */
  #enter(): boolean {
    if (this.#depth >= MAX_NEEDS) return false;
    this.#depth++;
    return true;
  }
}
