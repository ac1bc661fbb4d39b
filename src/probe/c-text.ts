/** Types and prototypes as C: `ssize_t vfs_read(struct file *file, char *buf, size_t count, loff_t *pos)`. */

import { Kind } from '../model/kinds.ts';
import type { TypeId, TypeTable } from '../model/table.ts';

/** Types within one another; real declarations stay below 20. */
const MAX_DEPTH = 64;

/** Parameters that are written of one prototype, those of parameters included. */
const MAX_PARAMETERS = 1024;

/** Writes a declaration of `name`, which may be empty: the type around the name, inside out. */
export function declarationText(table: TypeTable, typeId: TypeId, name: string): string {
  return new Declarations(table).declare(typeId, name, 0);
}

class Declarations {
  readonly #table: TypeTable;
  #parameters = 0;

  constructor(table: TypeTable) {
    this.#table = table;
  }

  declare(id: TypeId, inner: string, depth: number): string {
    const table = this.#table;
    const kind = table.kind(id);
    if (depth > MAX_DEPTH) return `... ${inner}`;
    const target = table.sizeOrType(id);
    switch (kind) {
      case Kind.Pointer:
        return this.declare(target, pointerInner(table.kind(target), inner), depth + 1);
      case Kind.Array:
        return this.declare(table.extra(id, 0), `${inner}[${table.extra(id, 2) || ''}]`, depth + 1);
      case Kind.FuncProto:
        return this.declare(target, `${inner}(${this.#parameterList(id, depth)})`, depth + 1);
      case Kind.Func:
        return this.declare(target, inner, depth + 1);
      case Kind.Const:
      case Kind.Volatile:
      case Kind.Restrict:
        return this.#qualified(id, inner, depth);
      case Kind.TypeTag:
        return this.declare(target, inner, depth + 1);
      default:
        return joined(plainText(table, id), inner);
    }
  }

  #qualified(id: TypeId, inner: string, depth: number): string {
    const table = this.#table;
    const word = QUALIFIERS[table.kind(id)] as string;
    const target = table.sizeOrType(id);
    if (table.kind(target) === Kind.Pointer) return this.declare(target, joined(word, inner), depth + 1);
    return `${word} ${this.declare(target, inner, depth + 1)}`;
  }

  #parameterList(proto: TypeId, depth: number): string {
    const table = this.#table;
    const count = table.vlen(proto);
    const texts: string[] = [];
    for (let index = 0; index < count; index++) {
      if (++this.#parameters > MAX_PARAMETERS) return [...texts, '...'].join(', ');
      const typeId = table.extra(proto, 2 * index + 1);
      const name = table.strings.text(table.extra(proto, 2 * index));
      const isRest = typeId === 0 && name === '' && index === count - 1;
      texts.push(isRest ? '...' : this.declare(typeId, name, depth + 1));
    }
    return texts.length === 0 ? 'void' : texts.join(', ');
  }
}

const QUALIFIERS: Readonly<Record<number, string>> = {
  [Kind.Const]: 'const',
  [Kind.Volatile]: 'volatile',
  [Kind.Restrict]: 'restrict',
};

function pointerInner(pointedKind: number, inner: string): string {
  const isDerived = pointedKind === Kind.Array || pointedKind === Kind.FuncProto;
  return isDerived ? `(*${inner})` : `*${inner}`;
}

function joined(text: string, inner: string): string {
  return inner === '' || inner.startsWith('[') || inner.startsWith('(') ? text + inner : `${text} ${inner}`;
}

const KEYWORDS: Readonly<Record<number, string>> = {
  [Kind.Struct]: 'struct',
  [Kind.Union]: 'union',
  [Kind.Enum]: 'enum',
  [Kind.Enum64]: 'enum',
};

function plainText(table: TypeTable, id: TypeId): string {
  const kind = table.kind(id);
  if (kind === Kind.Void) return 'void';
  const keyword = kind === Kind.Forward ? (table.kindFlag(id) ? 'union' : 'struct') : KEYWORDS[kind];
  const name = table.name(id);
  if (keyword === undefined) return name === '' ? `type ${id}` : name;
  return name === '' ? `${keyword} {...}` : `${keyword} ${name}`;
}
