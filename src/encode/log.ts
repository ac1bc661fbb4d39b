/** The lines that pahole prints with `-V` about each type that it encodes, in the order in which it adds them. */

import type { Deduplicator } from '../btf/dedup.ts';
import { Kind } from '../model/kinds.ts';
import { HEADER_WORDS, infoKind, infoKindFlag, infoVlen } from '../model/records.ts';
import type { StringPool } from '../model/string-pool.ts';

/** Tells of the types that were added to a deduplicator. Their ids are those before equal types become one. */
export class AddedTypes {
  readonly #target: Deduplicator;
  readonly #log: (line: string) => void;
  #next: number;

  constructor(target: Deduplicator, log: (line: string) => void) {
    this.#target = target;
    this.#log = log;
    this.#next = target.nextId;
  }

  /** Logs a line, behind those of the types that were added before. */
  readonly log = (line: string): void => {
    this.report();
    this.#log(line);
  };

  /** Logs the types that were added since the last call. */
  report(): void {
    for (; this.#next < this.#target.nextId; this.#next++) {
      const record = new LoggedRecord(this.#target.record(this.#next), this.#target.names);
      for (const line of record.lines(this.#next)) this.#log(line);
    }
  }
}

const KIND_NAMES: Readonly<Record<number, string>> = {
  [Kind.Int]: 'INT',
  [Kind.Pointer]: 'PTR',
  [Kind.Array]: 'ARRAY',
  [Kind.Struct]: 'STRUCT',
  [Kind.Union]: 'UNION',
  [Kind.Enum]: 'ENUM',
  [Kind.Forward]: 'FWD',
  [Kind.Typedef]: 'TYPEDEF',
  [Kind.Volatile]: 'VOLATILE',
  [Kind.Const]: 'CONST',
  [Kind.Restrict]: 'RESTRICT',
  [Kind.Func]: 'FUNC',
  [Kind.FuncProto]: 'FUNC_PROTO',
  [Kind.Var]: 'VAR',
  [Kind.Datasec]: 'DATASEC',
  [Kind.Float]: 'FLOAT',
  [Kind.DeclTag]: 'DECL_TAG',
  [Kind.TypeTag]: 'TYPE_TAG',
  [Kind.Enum64]: 'ENUM64',
};

const ENCODINGS: Readonly<Record<number, string>> = { 0: '(none)', 1: 'SIGNED', 2: 'CHAR', 4: 'BOOL' };

class LoggedRecord {
  readonly #words: Uint32Array;
  readonly #names: StringPool;
  readonly #kind: number;
  readonly #vlen: number;
  readonly #kindFlag: boolean;

  constructor(words: Uint32Array, names: StringPool) {
    const info = words[1] as number;
    this.#words = words;
    this.#names = names;
    this.#kind = infoKind(info);
    this.#vlen = infoVlen(info);
    this.#kindFlag = infoKindFlag(info);
  }

  *lines(id: number): Generator<string> {
    yield `[${id}] ${KIND_NAMES[this.#kind]} ${this.#name(0)} ${this.#facts()}`;
    if (this.#kind === Kind.Struct || this.#kind === Kind.Union) yield* this.#members();
    else if (this.#kind === Kind.Enum || this.#kind === Kind.Enum64) yield* this.#enumerators();
    else if (this.#kind === Kind.Datasec) yield* this.#variables();
  }

  #facts(): string {
    const sizeOrType = this.#word(2);
    switch (this.#kind) {
      case Kind.Int:
        return `size=${sizeOrType} nr_bits=${this.#word(3) & 0xff} encoding=${ENCODINGS[this.#word(3) >>> 24] ?? 'UNKN'}`;
      case Kind.Float:
        return `size=${sizeOrType} nr_bits=${8 * sizeOrType}`;
      case Kind.Array:
        return `type_id=${this.#word(3)} index_type_id=${this.#word(4)} nr_elems=${this.#word(5)}`;
      case Kind.Struct:
      case Kind.Union:
      case Kind.Enum:
      case Kind.Enum64:
        return `size=${sizeOrType}`;
      case Kind.Forward:
        return this.#kindFlag ? 'union' : 'struct';
      case Kind.FuncProto:
        return `return=${sizeOrType} args=(${this.#parameters()})`;
      case Kind.Var:
        return `type=${sizeOrType} linkage=${this.#word(3)}`;
      case Kind.Datasec:
        return `size=${sizeOrType} vlen=${this.#vlen}`;
      case Kind.DeclTag:
        return `type_id=${sizeOrType} component_idx=${this.#word(3) | 0}`;
      default:
        return `type_id=${sizeOrType}`;
    }
  }

  #parameters(): string {
    const parameters: string[] = [];
    for (let at = HEADER_WORDS; at < this.#words.length; at += 2) {
      const isLast = at + 2 === this.#words.length;
      const name = this.#word(at) === 0 ? '(null)' : this.#name(at);
      parameters.push(isLast && this.#word(at + 1) === 0 ? 'vararg' : `${this.#word(at + 1)} ${name}`);
    }
    return parameters.length === 0 ? 'void' : parameters.join(', ');
  }

  /** Until the first bitfield of a type, pahole does not know that it has any. */
  *#members(): Generator<string> {
    let hasBitfield = false;
    for (let at = HEADER_WORDS; at < this.#words.length; at += 3) {
      const offset = this.#word(at + 2);
      const bitSize = this.#kindFlag ? offset >>> 24 : 0;
      const bitOffset = this.#kindFlag ? offset & 0xff_ffff : offset;
      hasBitfield ||= this.#kindFlag && (bitSize > 0 || bitOffset % 8 !== 0);
      const width = hasBitfield ? ` bitfield_size=${bitSize}` : '';
      yield `\t${this.#name(at)} type_id=${this.#word(at + 1)}${width} bits_offset=${bitOffset}`;
    }
  }

  *#enumerators(): Generator<string> {
    const size = this.#kind === Kind.Enum ? 2 : 3;
    for (let at = HEADER_WORDS; at < this.#words.length; at += size) {
      const low = this.#word(at + 1);
      const high = size === 3 ? this.#word(at + 2) : this.#kindFlag ? (low | 0) >> 31 : 0;
      const value = BigInt.asUintN(64, (BigInt(high) << 32n) | BigInt(low));
      yield `\t${this.#name(at)} val=${this.#kindFlag ? BigInt.asIntN(64, value) : value}`;
    }
  }

  *#variables(): Generator<string> {
    for (let at = HEADER_WORDS; at < this.#words.length; at += 3) {
      yield `\ttype=${this.#word(at)} offset=${this.#word(at + 1)} size=${this.#word(at + 2)}`;
    }
  }

  #word(at: number): number {
    return this.#words[at] as number;
  }

  #name(at: number): string {
    return this.#word(at) === 0 ? '(anon)' : this.#names.nameAt(this.#word(at));
  }
}
