/** Records on their way into the deduplicator, which know the ids that they will have there. */

import type { Deduplicator } from '../btf/dedup.ts';
import { WordList } from '../model/intern.ts';
import type { BtfKind } from '../model/kinds.ts';
import { makeInfo } from '../model/records.ts';
import type { TypeId } from '../model/table.ts';

/** The component of a tag that says something of a whole declaration (linux Documentation/bpf/btf.rst, BTF_KIND_DECL_TAG). */
export const WHOLE_DECLARATION = 0xffff_ffff;

/** The three words that a record begins with. */
export interface RecordStart {
  readonly kind: BtfKind;
  /** Offset among the deduplicator's names. Default: no name. */
  readonly name?: number;
  /** Default 0. */
  readonly vlen?: number;
  readonly kindFlag?: boolean;
  readonly sizeOrType: number;
}

/** Records that are added one after the other; nothing else may be added before {@link RecordList.flush}. */
export class RecordList {
  readonly #target: Deduplicator;
  readonly #words = new WordList(64);
  readonly #starts = new WordList(16);

  constructor(target: Deduplicator) {
    this.#target = target;
  }

  /** Begins a record, the further words of which are given here or to {@link push}, and gives its id. */
  add(start: RecordStart, more: Iterable<number> = []): TypeId {
    const { kind, name = 0, vlen = 0, kindFlag = false, sizeOrType } = start;
    const id = this.#target.nextId + this.#starts.length;
    this.#starts.push(this.#words.length);
    this.#words.push(name);
    this.#words.push(makeInfo(kind, vlen, kindFlag));
    this.#words.push(sizeOrType);
    for (const word of more) this.#words.push(word);
    return id;
  }

  /** Appends a word to the last record. */
  push(word: number): void {
    this.#words.push(word);
  }

  /** Hands the records to the deduplicator; they may refer to ids below `end`. Throws as its `addRecords` does. */
  flush(end?: TypeId): void {
    this.#target.addRecords(this.#words.view(), this.#starts.view(), end);
    this.#words.length = 0;
    this.#starts.length = 0;
  }
}
