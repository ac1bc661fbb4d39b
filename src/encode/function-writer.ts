/** Writes functions: of each name the state that says it best, or why none does. */

import { Kind } from '../model/kinds.ts';
import { SignatureFlag } from '../model/signatures.ts';
import type { TypeId } from '../model/table.ts';
import type { EncodeContext } from './context.ts';
import { type FunctionState, type SavedFunction, type SavedFunctions, StateFlag } from './functions.ts';
import { KfuncFlag, type Kfuncs } from './kfuncs.ts';
import { RecordList, WHOLE_DECLARATION } from './record-list.ts';

/** What pahole says about functions that it leaves out; of several reasons the last. */
const SKIP_REASONS: readonly (readonly [number, string])[] = [
  [SignatureFlag.Misplaced, 'unexpected register usage for parameter'],
  // As pahole spells it.
  [StateFlag.Inconsistent, 'inconsistet prototype'],
  [StateFlag.Uncertain, 'uncertain parameter location'],
  [SignatureFlag.Reordered, 'reordered parameters'],
];

/** Writes the functions of a file in the order of their names. */
export class FunctionWriter {
  readonly #functions: SavedFunctions;
  readonly #kfuncs: Kfuncs;
  readonly #context: EncodeContext;
  readonly #records: RecordList;

  constructor(functions: SavedFunctions, kfuncs: Kfuncs, context: EncodeContext) {
    this.#functions = functions;
    this.#kfuncs = kfuncs;
    this.#context = context;
    this.#records = new RecordList(context.target);
  }

  /** Hands all functions to the deduplicator. */
  write(): void {
    for (const saved of this.#functions.saved) {
      if (saved === undefined) continue;
      this.#writeOne(saved);
      // So that the lines of the log alternate.
      if (this.#context.log !== undefined) this.#records.flush();
    }
    this.#records.flush();
  }

  #writeOne(saved: SavedFunction): void {
    const { first, mismatch } = saved;
    if (mismatch !== undefined) this.#logSkipped(first, mismatch);
    const changed = this.#context.features.trueSignature ? findRenamed(saved) : undefined;
    if (changed !== undefined) {
      this.#writeFunction(changed.state, changed.name, changed.state.resultType);
      return;
    }
    const best = saved.isMerged ? this.#bestOf(saved) : first;
    const reason = this.#reasonToSkip(first, best);
    if (reason !== undefined) this.#logSkipped(first, reason);
    else this.#writeBest(best);
  }

  #logSkipped({ elf }: FunctionState, reason: string): void {
    this.#context.log?.(`${elf.name} : skipping BTF encoding of function due to ${reason}`);
  }

  /** The state of a symbol's address that can be called as it says, else the first with such an address. */
  #bestOf({ first, placed }: SavedFunction): FunctionState {
    const withSymbol = placed.filter(({ place }) => place !== undefined);
    return withSymbol.find((state) => !this.#isChanged(state)) ?? withSymbol[0] ?? first;
  }

  /** Whether a function cannot be called as it is declared. */
  #isChanged(state: FunctionState): boolean {
    if (this.#context.features.trueSignature || (state.flags & SignatureFlag.Optimized) === 0) return false;
    if ((state.flags & SignatureFlag.Changed) !== 0) return true;
    return state.hasAddress && state.place?.isOptimized === true;
  }

  #reasonToSkip(first: FunctionState, best: FunctionState): string | undefined {
    if (first.elf.isAmbiguous) return 'ambiguous address';
    if (this.#isChanged(best)) return 'optimized parameters';
    const mask = this.#context.features.consistentFunc ? ~0 : ~StateFlag.Inconsistent;
    return SKIP_REASONS.findLast(([flag]) => (first.flags & mask & flag) !== 0)?.[1];
  }

  #writeBest(state: FunctionState): void {
    const flags = this.#kfuncs.flagsOf(state.elf.name);
    const { features, target } = this.#context;
    const resultType =
      flags !== undefined && features.attributes ? this.#tagArena(state, flags) : state.resultType;
    const id = this.#writeFunction(state, state.elf.name, resultType);
    if (flags === undefined || !features.declTag) return;
    const tags = (flags & KfuncFlag.FastCall) === 0 ? ['bpf_kfunc'] : ['bpf_kfunc', 'bpf_fastcall'];
    for (const tag of tags) {
      this.#records.add({ kind: Kind.DeclTag, name: target.names.add(tag), sizeOrType: id }, [
        WHOLE_DECLARATION,
      ]);
    }
  }

  /** Makes pointers of a kfunc that lead into an arena say so; gives the type of the result. */
  #tagArena(state: FunctionState, flags: number): TypeId {
    const { words } = this.#functions;
    const result =
      (flags & KfuncFlag.ArenaResult) === 0 ? state.resultType : this.#arenaPointer(state, state.resultType);
    for (const [index, flag] of [KfuncFlag.ArenaParameter1, KfuncFlag.ArenaParameter2].entries()) {
      if ((flags & flag) === 0 || index >= state.parameterCount) continue;
      const at = state.parameters + 2 * index + 1;
      words[at] = this.#arenaPointer(state, words[at] as TypeId);
    }
    return result;
  }

  #arenaPointer({ elf }: FunctionState, pointer: TypeId): TypeId {
    const { types, names } = this.#context.target;
    const node = types.nodeOf(pointer);
    if (types.kind(node) !== Kind.Pointer) {
      this.#context.remark(`the kfunc '${elf.name}' has no pointer where its flags say that there is one`);
      return pointer;
    }
    const target = types.operands[types.operandStarts[node] as number] as TypeId;
    const name = names.add('address_space(1)');
    const tag = this.#records.add({ kind: Kind.TypeTag, name, kindFlag: true, sizeOrType: target });
    return this.#records.add({ kind: Kind.Pointer, sizeOrType: tag });
  }

  #writeFunction(state: FunctionState, name: string, resultType: TypeId): TypeId {
    const { words } = this.#functions;
    const { parameters, parameterCount } = state;
    const tags = parameters + 2 * parameterCount;
    const start = { kind: Kind.FuncProto, vlen: parameterCount, sizeOrType: resultType };
    const prototype = this.#records.add(start, words.subarray(parameters, tags));
    const nameOffset = this.#context.target.names.add(name);
    const id = this.#records.add({ kind: Kind.Func, name: nameOffset, sizeOrType: prototype });
    for (let at = tags; at < tags + 2 * state.tagCount; at += 2) {
      const [value, component] = [words[at] as number, words[at + 1] as number];
      this.#records.add({ kind: Kind.DeclTag, name: value, sizeOrType: id }, [component]);
    }
    return id;
  }
}

/** The first state that is a symbol with a suffix and is sure about its parameters, with the symbol's name. */
function findRenamed({ placed }: SavedFunction): { state: FunctionState; name: string } | undefined {
  for (const state of placed) {
    if (!state.hasAddress || (state.flags & (SignatureFlag.Misplaced | StateFlag.Uncertain)) !== 0) continue;
    const name = state.place?.suffixedName;
    if (name !== undefined) return { state, name };
  }
  return undefined;
}
