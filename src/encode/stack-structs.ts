/** Structs that functions take by value on the stack. */

import { Layouts } from '../layout/layouts.ts';
import type { TypeId, TypeTable } from '../model/table.ts';

/** Tells of the structs of one unit whether they are packed, so that it is not known where on the stack they begin. */
export class StackStructs {
  readonly #table: TypeTable;
  #layouts: Layouts | undefined;

  constructor(table: TypeTable) {
    this.#table = table;
  }

  /** Whether some of the structs are packed. */
  somePacked(structs: readonly TypeId[]): boolean {
    if (structs.length === 0) return false;
    // pahole takes for packed what it has found to be so when it comes to the function.
    this.#layouts ??= new Layouts(this.#table, { lazyPacked: true });
    const { packed } = this.#layouts;
    return structs.some((id) => packed.inferStruct(id));
  }
}
