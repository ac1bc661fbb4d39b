/**
 * `JsonDocument`: the one document that a listing with `--json` prints, written while its types are
 * found, so that a whole kernel never lies in memory. docs/tspahole.schema.json describes it.
 */

import type { Sink } from '../printer.ts';

/** Raised when a reader of an older document would misread a newer one. */
export const JSON_SCHEMA_VERSION = 1;

const FLUSH_LENGTH = 1 << 16;

/** What the document says before its types. */
export interface JsonHeader {
  readonly toolVersion: string;
  /** What each entry of `types` tells: decides the shape of all of them. */
  readonly listing: string;
  /** Bytes in a cacheline. */
  readonly cachelineSize: number;
}

/** Nothing reaches the sink before the first {@link flush} or a large piece of text. */
export class JsonDocument {
  readonly #sink: Sink;
  #text: string;
  #separator = '\n';

  constructor({ toolVersion, listing, cachelineSize }: JsonHeader, sink: Sink) {
    this.#sink = sink;
    const schemaVersion = JSON_SCHEMA_VERSION;
    const header = JSON.stringify({ schemaVersion, tool: 'tspahole', toolVersion, listing, cachelineSize });
    this.#text = `${header.slice(0, -1)},"types":[`;
  }

  /** Adds an entry of `types`, on a line of its own. */
  add(entry: object): void {
    this.addText(JSON.stringify(entry));
  }

  /** Adds an entry that is JSON already. */
  addText(entry: string): void {
    this.#text += this.#separator + entry;
    this.#separator = ',\n';
    if (this.#text.length >= FLUSH_LENGTH) this.flush();
  }

  /** Hands on what was added. */
  flush(): void {
    if (this.#text === '') return;
    this.#sink(Buffer.from(this.#text, 'utf8'));
    this.#text = '';
  }

  /** Ends the document; to be called once, as the last. */
  end(): void {
    this.#text += '\n]}\n';
    this.flush();
  }
}
