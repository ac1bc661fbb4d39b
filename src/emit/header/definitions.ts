/**
 * Writes the queue of {@link DefinitionOrder}: each definition, and in front of it the declarations of what
 * it only points to. The rules are libbpf's (btf_dump_emit_type): a struct is declared once, where something
 * first needs its name; a typedef that is needed while it is being written is its own declaration.
 */

import { TspaholeError } from '../../model/errors.ts';
import { Kind } from '../../model/kinds.ts';
import type { TypeId } from '../../model/table.ts';
import { isBoolEnum, isBoolTypedef } from './bool.ts';
import type { DeclarationWriter } from './declarations.ts';
import type { FlatTypes } from './flat-types.ts';
import type { HeaderNames } from './names.ts';
import type { HeaderOutput } from './output.ts';
import { BPFTOOL_STYLE, HAS_BOOL_MACRO, type HeaderStyle } from './style.ts';

const WRITING = 1;
const WRITTEN = 2;
const STATE = 3;
/** Bit beside the state: a declaration has been written. */
const DECLARED = 4;

/** Steps for each type before the walk is given up. */
const MAX_STEPS_PER_TYPE = 64;
const MIN_STEPS = 1 << 20;

/** What definitions are written with. */
export interface DefinitionParts {
  readonly types: FlatTypes;
  readonly names: HeaderNames;
  readonly out: HeaderOutput;
  readonly declarations: DeclarationWriter;
  readonly style: HeaderStyle;
}

export class DefinitionWriter {
  readonly #parts: DefinitionParts;
  readonly #state: Uint8Array;
  readonly #itemEnd: number;
  #steps: number;
  #frameIds: Uint32Array = new Uint32Array(64);
  #frameNext: Uint32Array = new Uint32Array(64);
  /** What the frame's type is needed by: 0 at the top level. */
  #frameUsers: Uint32Array = new Uint32Array(64);

  constructor(parts: DefinitionParts) {
    const { types } = parts;
    this.#parts = parts;
    this.#state = new Uint8Array(types.end);
    this.#state[0] = WRITTEN;
    this.#itemEnd = types.text.add(';\n\n');
    this.#steps = MIN_STEPS + MAX_STEPS_PER_TYPE * types.end;
  }

  /**
   * Writes the definition of `root`, and the declarations that it needs. With a `user`, only what must stand
   * before something that uses `root`.
   */
  define(root: TypeId, firstUser: TypeId = 0): void {
    const { types, declarations, out } = this.#parts;
    const { words, starts } = types;
    const state = this.#state;
    let depth = 0;
    let id = root;
    let user = firstUser;
    for (;;) {
      // Down to a type that needs nothing more, or to one whose parts are asked next.
      for (;;) {
        if (--this.#steps < 0) throw tooEntangled(root);
        const known = state[id] as number;
        if ((known & STATE) === WRITTEN) break;
        const start = starts[id] as number;
        const info = words[start + 1] as number;
        const kind = (info >>> 24) & 0x7f;
        if ((known & STATE) === WRITING) {
          if ((known & DECLARED) === 0) this.#declareWhileWriting(id, kind, user);
          break;
        }
        if (kind === Kind.Pointer || isTransparent(kind)) {
          id = words[start + 2] as number;
          continue;
        }
        if (kind === Kind.Array) {
          id = words[start + 3] as number;
          continue;
        }
        if (kind === Kind.Typedef) {
          state[id] = known | WRITING;
          depth = this.#push(depth, id, user);
          user = id;
          id = words[start + 2] as number;
          continue;
        }
        if (kind === Kind.FuncProto) {
          depth = this.#push(depth, id, user);
          id = words[start + 2] as number;
          continue;
        }
        if (kind === Kind.Struct || kind === Kind.Union) {
          if (user === 0 || words[start] === 0) {
            state[id] = known | WRITING;
            depth = this.#push(depth, id, user);
          } else if ((known & DECLARED) === 0 && id !== user) this.#declare(id);
          break;
        }
        this.#defineLeaf(id, kind, user);
        break;
      }

      // Up to the first type that has more parts.
      for (;;) {
        if (depth === 0) return;
        const top = depth - 1;
        const parent = this.#frameIds[top] as number;
        const parentUser = this.#frameUsers[top] as number;
        const start = starts[parent] as number;
        const info = words[start + 1] as number;
        const kind = (info >>> 24) & 0x7f;
        const next = this.#frameNext[top] as number;
        if (kind === Kind.Struct || kind === Kind.Union) {
          if (next < (info & 0x00ff_ffff)) {
            this.#frameNext[top] = next + 1;
            id = words[start + 4 + 3 * next] as number;
            user = words[start] === 0 ? parentUser : parent;
            break;
          }
          const rest = (state[parent] as number) & DECLARED;
          if (parentUser === 0) {
            declarations.composites.definition(parent, 0);
            out.put(this.#itemEnd);
            state[parent] = rest | WRITTEN;
          } else state[parent] = rest;
        } else if (kind === Kind.Typedef) {
          if (((state[parent] as number) & DECLARED) === 0) this.#typedef(parent);
          state[parent] = WRITTEN;
        } else if (next < (info & 0x00ff_ffff)) {
          this.#frameNext[top] = next + 1;
          id = words[start + 4 + 2 * next] as number;
          user = parentUser;
          break;
        }
        depth = top;
      }
    }
  }

  /** Something that is being written is needed by its name. */
  #declareWhileWriting(id: TypeId, kind: number, user: TypeId): void {
    const { words, starts } = this.#parts.types;
    if (kind === Kind.Typedef) {
      this.#typedef(id);
      this.#state[id] = (this.#state[id] as number) | DECLARED;
    } else if (id !== user && words[starts[id] as number] !== 0) this.#declare(id);
  }

  #declare(id: TypeId): void {
    const { declarations, out } = this.#parts;
    declarations.composites.tag(id);
    out.put(this.#itemEnd);
    this.#state[id] = (this.#state[id] as number) | DECLARED;
  }

  #typedef(id: TypeId): void {
    const { types, style, declarations, out } = this.#parts;
    if (style === BPFTOOL_STYLE) {
      // The compiler has it.
      if (types.text.equals(types.words[types.starts[id] as number] as number, '__builtin_va_list')) return;
    } else if (isBoolTypedef(types, id)) {
      this.#unlessKeyword(() => declarations.typedef(id));
      return;
    }
    declarations.typedef(id);
    out.put(this.#itemEnd);
  }

  #defineLeaf(id: TypeId, kind: number, user: TypeId): void {
    const { declarations, out } = this.#parts;
    if (kind === Kind.Int || kind === Kind.Float) this.#defineBase(id);
    else if (kind === Kind.Forward) {
      declarations.composites.forwardTag(id);
      out.put(this.#itemEnd);
    } else if (kind === Kind.Enum || kind === Kind.Enum64) {
      if (user === 0) this.#enumeration(id);
    } else return;
    this.#state[id] = WRITTEN;
  }

  #enumeration(id: TypeId): void {
    const { types, style, names, declarations, out } = this.#parts;
    if (style === BPFTOOL_STYLE || !isBoolEnum(types, id)) {
      declarations.enumeration(id);
      out.put(this.#itemEnd);
      return;
    }
    names.isInsideBoolGuard = true;
    this.#unlessKeyword(() => declarations.enumeration(id));
    names.isInsideBoolGuard = false;
  }

  /** Writes what the language has by itself in C++ and from C23 on. */
  #unlessKeyword(write: () => void): void {
    const { style, out } = this.#parts;
    if (style.language === 'c++') return;
    out.literal(`#ifndef ${HAS_BOOL_MACRO}\n`);
    write();
    out.literal(';\n#endif\n\n');
  }

  #defineBase(id: TypeId): void {
    const { names, out } = this.#parts;
    const definition = names.baseDefinition(id);
    if (definition === '') return;
    out.literal(definition);
  }

  #push(depth: number, id: TypeId, user: TypeId): number {
    if (depth === this.#frameIds.length) this.#growStack();
    this.#frameIds[depth] = id;
    this.#frameNext[depth] = 0;
    this.#frameUsers[depth] = user;
    return depth + 1;
  }

  #growStack(): void {
    const grown = (from: Uint32Array): Uint32Array => {
      const larger = new Uint32Array(2 * from.length);
      larger.set(from);
      return larger;
    };
    this.#frameIds = grown(this.#frameIds);
    this.#frameNext = grown(this.#frameNext);
    this.#frameUsers = grown(this.#frameUsers);
  }
}

/** Kinds that need what is behind them as it is. */
function isTransparent(kind: number): boolean {
  return (kind >= Kind.Volatile && kind <= Kind.Restrict) || kind === Kind.TypeTag;
}

function tooEntangled(id: TypeId): TspaholeError {
  return new TspaholeError('bad-data', `type ${id} leads to more types than can be followed`);
}
