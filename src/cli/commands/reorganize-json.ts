/** The document that `-R` and `-P` print with `--json`. docs/json.md describes it. */

import type { TypeId } from '../../index.ts';
import { firstTypedefs, JsonDocument, jsonKind } from '../../internal.ts';
import type { Streams } from '../run.ts';
import type { ListSettings } from '../settings.ts';
import { ownVersion } from '../version.ts';
import type { Unit } from './renderer.ts';

export class ReorganizeDocument {
  readonly #document: JsonDocument;
  readonly #hasFiles: boolean;
  #unit!: Unit;
  #typedefs: Uint32Array | undefined;

  /** `cachelineSize` is that of the layouts, in bytes. */
  constructor({ reorganize, files }: ListSettings, { out }: Streams, cachelineSize: number) {
    const listing = reorganize ? 'reorganized' : 'packable';
    this.#hasFiles = files.length > 1;
    this.#document = new JsonDocument({ toolVersion: ownVersion(), listing, cachelineSize }, (bytes) =>
      out.write(bytes),
    );
  }

  begin(unit: Unit): void {
    this.#unit = unit;
    this.#typedefs = undefined;
  }

  /** What an entry about a type of the unit begins and ends with, around `fields`. */
  entry(id: TypeId, fields: object): object {
    const { table, path, name: unit } = this.#unit;
    const name = table.name(id);
    this.#typedefs ??= firstTypedefs(table);
    const typedef = name === '' ? (this.#typedefs[id] ?? 0) : 0;
    return {
      id,
      kind: jsonKind(this.#unit, id),
      name,
      typedefName: typedef === 0 ? undefined : table.name(typedef),
      ...fields,
      file: this.#hasFiles ? path : undefined,
      unit: table.side === undefined ? undefined : unit,
    };
  }

  add(entry: object): void {
    this.#document.add(entry);
  }

  /** Ends the document; to be called once, as the last. */
  end(): void {
    this.#document.end();
  }
}
