/** Whether two declarations of a function agree, as pahole compares their types. */

import type { Node, TypeGraph } from '../btf/dedup/graph.ts';
import { Kind } from '../model/kinds.ts';
import type { TypeId } from '../model/table.ts';

/** Steps of one comparison; no declaration of a compiler takes more than a few dozen. */
const MAX_STEPS = 1000;

/** Compares types of a graph by what a reader of their declarations sees: what has a name by that name alone. */
export class TypeComparison {
  readonly #types: TypeGraph;
  #stepsLeft = 0;

  constructor(types: TypeGraph) {
    this.#types = types;
  }

  /** Whether two types agree. Types that refer to themselves without a name on the way do not. */
  agree(a: TypeId, b: TypeId): boolean {
    this.#stepsLeft = MAX_STEPS;
    return this.#agree(this.#types.nodeOf(a), this.#types.nodeOf(b));
  }

  #agree(first: Node, second: Node): boolean {
    let [a, b] = [first, second];
    while (this.#stepsLeft-- > 0) {
      if (a === b) return true;
      if (a === 0 || b === 0) return false;
      const kind = this.#declaredKind(a);
      const other = this.#declaredKind(b);
      if (kind !== other) {
        // A parameter is const or not for the function itself alone.
        if (kind === Kind.Const) a = this.#target(a);
        else if (other === Kind.Const) b = this.#target(b);
        else return false;
      } else if (isLink(kind)) {
        [a, b] = [this.#target(a), this.#target(b)];
      } else if (kind === Kind.Array && this.#shapesAgree(a, b)) {
        [a, b] = [this.#target(a), this.#target(b)];
      } else return this.#endsAgree(kind, a, b);
    }
    return false;
  }

  #endsAgree(kind: number, a: Node, b: Node): boolean {
    switch (kind) {
      case Kind.Int:
      case Kind.Float:
        return this.#shapesAgree(a, b);
      case Kind.Typedef:
      case Kind.Struct:
      case Kind.Union:
      case Kind.Enum:
      case Kind.Enum64:
        return this.#types.nameOffset(a) === this.#types.nameOffset(b);
      case Kind.FuncProto:
        return this.#prototypesAgree(a, b);
      default:
        return false;
    }
  }

  /** The names of parameters do not count. */
  #prototypesAgree(a: Node, b: Node): boolean {
    const { operands, operandStarts } = this.#types;
    const start = operandStarts[a] as number;
    const other = operandStarts[b] as number;
    const count = (operandStarts[a + 1] as number) - start;
    if (count !== (operandStarts[b + 1] as number) - other) return false;
    for (let index = 0; index < count; index++) {
      const parameter = this.#types.nodeOf(operands[start + index] as TypeId);
      if (!this.#agree(parameter, this.#types.nodeOf(operands[other + index] as TypeId))) return false;
    }
    return true;
  }

  /** The kind of a type; of a forward declaration that of what it declares. */
  #declaredKind(node: Node): number {
    const kind = this.#types.kind(node);
    if (kind !== Kind.Forward) return kind;
    return this.#types.kindFlag(node) ? Kind.Union : Kind.Struct;
  }

  #target(node: Node): Node {
    return this.#types.nodeOf(this.#types.operands[this.#types.operandStarts[node] as number] as TypeId);
  }

  #shapesAgree(a: Node, b: Node): boolean {
    return this.#types.shapeOf[a] === this.#types.shapeOf[b];
  }
}

function isLink(kind: number): boolean {
  switch (kind) {
    case Kind.Pointer:
    case Kind.Volatile:
    case Kind.Const:
    case Kind.Restrict:
    case Kind.TypeTag:
      return true;
    default:
      return false;
  }
}
