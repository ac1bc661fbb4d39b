/**
 * `HeaderModule`: what src/wasm/header.ts, compiled to dist/wasm/header.wasm, writes a header with. This is its only
 * host: it puts the types into the module's memory, and throws what the module gives up with.
 */

import { TspaholeError } from '../../model/errors.ts';
import { type TypeId, type TypeTable, tableChain } from '../../model/table.ts';
import { isTrap, loadWasm } from '../../native/wasm.ts';

/** Takes what has been written; the bytes are only valid during the call. */
export type HeaderSink = (bytes: Uint8Array) => void;

/** Whose text a module writes. */
export interface HeaderStyle {
  /** That of bpftool 7.8. */
  readonly isCompat: boolean;
  /** C++. */
  readonly isScoped: boolean;
}

/** The module, for one table; src/wasm/header.ts says what each does. Texts are addresses. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  allocate(bytes: number): number;
  beginTypes(end: TypeId, pointerSize: number, nameBytes: number): number;
  startsOf(first: TypeId): number;
  addRecords(words: number, first: TypeId, count: number): void;
  begin(isCompat: boolean, isScoped: boolean): void;
  order(root: TypeId): void;
  orderAll(dropsFirst: boolean): void;
  orderUnsorted(): void;
  defineOrdered(): void;
  declare(id: TypeId): void;
  assertOrdered(): void;
  findKfuncs(): number;
  kfuncName(index: number): number;
  isRepeatedKfunc(index: number): number;
  keepKfuncs(keeps: number): number;
  orderPrototypes(): void;
  declareForPrototypes(): void;
  putPrototypes(): void;
  flush(): void;
  typeName(id: TypeId): number;
  nextNamed(name: number, first: TypeId): TypeId;
}

/**
 * Writes a header by what `write` asks of the module. Throws `unsupported` where the module is not built, and `bad-data`
 * where the types, or what is made of them, do not fit its memory.
 */
export function writeBy(
  table: TypeTable,
  sink: HeaderSink,
  style: HeaderStyle,
  write: (header: HeaderModule) => void,
): void {
  try {
    write(new HeaderModule(table, sink, style));
  } catch (error) {
    if (!isTrap(error)) throw error;
    throw new TspaholeError('bad-data', TOO_LARGE, {}, error);
  }
}

/** One header in the making. */
export class HeaderModule {
  readonly parts: Exports;
  readonly #sink: HeaderSink;

  /** Gives a new module the types of a table and its bases. */
  constructor(table: TypeTable, sink: HeaderSink, { isCompat, isScoped }: HeaderStyle) {
    const parts = loadWasm('header', {
      failure: { fail: (reason: number, id: TypeId) => this.#fail(reason, id) },
      output: { write: (at: number, length: number) => sink(this.#bytes(at, length)) },
    });
    if (parts === undefined) throw new TspaholeError('unsupported', NOT_BUILT);
    this.parts = parts as Exports;
    this.#sink = sink;
    this.#copyTypes(table);
    this.parts.begin(isCompat, isScoped);
  }

  /** Writes a text of the host's. */
  literal(text: string): void {
    this.parts.flush();
    this.#sink(Buffer.from(text, 'latin1'));
  }

  /** Keeps the prototypes of the kfuncs that `keeps`, each name once. Gives their number. */
  keepKfuncs(keeps: (name: string) => boolean): number {
    const { parts } = this;
    const count = parts.findKfuncs();
    const marks = parts.allocate(count);
    for (let index = 0; index < count; index++) {
      if (parts.isRepeatedKfunc(index) !== 0 || !keeps(this.#text(parts.kfuncName(index)))) continue;
      this.#bytes(marks, count)[index] = 1;
    }
    return parts.keepKfuncs(marks);
  }

  /** The structs, unions, enums and typedefs of a name, by id. */
  definitionsNamed(name: string): TypeId[] {
    const { parts } = this;
    const bytes = Buffer.from(`${name}\0`, 'utf8');
    // Texts are read 8 bytes at a time.
    const at = parts.allocate(bytes.length + 8);
    const found: TypeId[] = [];
    this.#bytes(at, bytes.length).set(bytes);
    for (let id = parts.nextNamed(at, 1); id !== 0; id = parts.nextNamed(at, id + 1)) found.push(id);
    return found;
  }

  #copyTypes(table: TypeTable): void {
    const { parts } = this;
    const chain = tableChain(table);
    const nameBytes = chain.reduce((total, { strings }) => total + strings.bytes.length, 0);
    const bytes = chain.reduce((total, { words }) => total + words.byteLength, nameBytes);
    if (bytes > MAX_BYTES) throw new TspaholeError('bad-data', TOO_LARGE);
    let names = parts.beginTypes(table.end, table.pointerSize, nameBytes);
    for (const { words, starts, strings, firstId } of chain) {
      const wordsAt = parts.allocate(4 * words.length);
      this.#putWords(wordsAt, words);
      this.#putWords(parts.startsOf(firstId), starts);
      parts.addRecords(wordsAt, firstId, starts.length);
      this.#bytes(names, strings.bytes.length).set(strings.bytes);
      names += strings.bytes.length;
    }
  }

  #putWords(at: number, words: Uint32Array): void {
    new Uint32Array(this.parts.memory.buffer, at, words.length).set(words);
  }

  /** A part of the memory, until that grows. */
  #bytes(at: number, length: number): Buffer {
    return Buffer.from(this.parts.memory.buffer, at, length);
  }

  #text(at: number): string {
    const bytes = Buffer.from(this.parts.memory.buffer);
    return bytes.toString('latin1', at, bytes.indexOf(0, at));
  }

  #fail(reason: number, id: TypeId): never {
    const name = this.parts.typeName(id);
    const type = name === 0 ? `type ${id}` : `type ${id} (${this.#text(name)})`;
    const message = FAILURES[reason]?.(id, type) ?? `failure ${reason}`;
    throw new TspaholeError('bad-data', message);
  }
}

/** A module has 4 GB of memory. */
const MAX_BYTES = 2 ** 31;
const TOO_LARGE = 'a header of these types would take more memory than there is';
const NOT_BUILT =
  'what writes headers cannot run: dist/wasm/header.wasm is not built, or this runtime has no WebAssembly';

/** By number, what src/wasm/header/failure.ts means. */
const FAILURES: Readonly<Record<number, (id: TypeId, type: string) => string>> = {
  1: (_, type) => `${type} contains itself`,
  2: (id) => `type ${id} leads to more types than can be followed`,
  3: (id) => `type ${id} is nested more than 512 levels deep`,
  4: () => 'types repeat one another so much that the header would have no end',
};
