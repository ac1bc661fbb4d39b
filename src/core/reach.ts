/**
 * Which instructions of relocated code can be reached. A condition like `bpf_core_field_exists` is a constant by now,
 * and the verifier, since Linux 5.0 (4f7b3e82589e), follows only one way out of a jump that compares a known value with
 * an immediate: what lies on the other is not looked at, poisoned or not. Here less is known than there, so that more is
 * taken for reachable.
 */

import { CLASS, type Code, INSN_SIZE, Insn, LDDW, REGISTER_OPERAND } from './insn.ts';
import type { BpfObject } from './object.ts';
import type { RelocatedObject } from './relocate.ts';

/**
 * Finds out whether the verifier may come to an instruction of a relocated object, given by its section and its bytes
 * from the section's start. False is certain, on Linux 5.0 and later and for loaders with privileges: programs of others
 * are checked for speculative execution, which takes every way.
 */
export function reachFinder(
  { elf, functions }: BpfObject,
  { code }: RelocatedObject,
): (sectionName: string, insnOffset: number) => boolean {
  const bySection = new Map<string, readonly boolean[]>();
  return (sectionName, insnOffset) => {
    let reached = bySection.get(sectionName);
    if (reached === undefined) {
      const own = functions.filter(({ section }) => section.name === sectionName);
      const bytes = code.get(sectionName) ?? new Uint8Array(0);
      reached = reachedInsns(
        { bytes, endian: elf.header.endian },
        own.map(({ start }) => start),
      );
      bySection.set(sectionName, reached);
    }
    return reached[insnOffset / INSN_SIZE] ?? true;
  };
}

/** More are not loaded (`BPF_COMPLEXITY_LIMIT_INSNS`). */
const MAX_INSNS = 1_000_000;

/** For each instruction whether it is reached from the starts of functions, in bytes; none for more than are loaded. */
export function reachedInsns(code: Code, starts: readonly number[]): readonly boolean[] {
  if (code.bytes.length > MAX_INSNS * INSN_SIZE) return [];
  const walk = new Walk(code);
  for (const start of starts)
    walk.arrive(Math.floor(start / INSN_SIZE), Array<Value>(REGISTERS).fill(undefined));
  walk.run();
  return walk.reached();
}

/** 64 bits, unsigned; undefined where more than one is possible. */
type Value = bigint | undefined;

const REGISTERS = 11;
/** Registers that calls and loads of packets leave without a known value: 0 to 5. */
const CALLER_SAVED = 6;

/** What is known at each instruction, over all ways to it. */
class Walk {
  readonly #code: Code;
  readonly #count: number;
  readonly #states: (Value[] | undefined)[] = [];
  readonly #pending: number[] = [];

  constructor(code: Code) {
    this.#code = code;
    this.#count = Math.floor(code.bytes.length / INSN_SIZE);
  }

  reached(): boolean[] {
    return Array.from({ length: this.#count }, (_, index) => this.#states[index] !== undefined);
  }

  /** Each arrival that changes what is known makes values unknown, so that there are few. */
  run(): void {
    for (let index = this.#pending.pop(); index !== undefined; index = this.#pending.pop()) this.#step(index);
  }

  arrive(index: number, values: readonly Value[]): void {
    if (index < 0 || index >= this.#count) return;
    const known = this.#states[index];
    if (known === undefined) this.#states[index] = [...values];
    else if (!forget(known, values)) return;
    this.#pending.push(index);
  }

  #step(index: number): void {
    const insn = new Insn(this.#code, index * INSN_SIZE);
    const values = [...(this.#states[index] ?? [])];
    const kind = insn.code & 0x7;
    if (kind === CLASS.jump || kind === CLASS.jump32) {
      for (const next of successors(insn, values)) this.arrive(index + next, values);
    } else if (insn.code === LDDW) {
      values[insn.destinationRegister] = this.#wideImmediate(insn, index);
      this.arrive(index + 2, values);
    } else {
      assign(insn, values);
      this.arrive(index + 1, values);
    }
  }

  /** Other than a number it is an address. */
  #wideImmediate(insn: Insn, index: number): Value {
    if (insn.sourceRegister !== 0 || index + 1 >= this.#count) return undefined;
    const high = new Insn(this.#code, (index + 1) * INSN_SIZE).immediate;
    return BigInt.asUintN(64, (BigInt(high) << 32n) | BigInt(insn.immediate >>> 0));
  }
}

/** Keeps what is the same in both; whether anything was not. */
function forget(known: Value[], other: readonly Value[]): boolean {
  let changed = false;
  for (const [register, value] of known.entries()) {
    if (value === undefined || value === other[register]) continue;
    known[register] = undefined;
    changed = true;
  }
  return changed;
}

/** Operations of jumps, in the high bits of the first byte. */
const JUMP = { always: 0x00, call: 0x80, exit: 0x90 } as const;
const OPERATION = 0xf0;

/** How far off the instructions are that may follow a jump. What a call may change is unknown behind it. */
function successors(insn: Insn, values: Value[]): readonly number[] {
  const target = insn.offset + 1;
  switch (insn.code & OPERATION) {
    case JUMP.always:
      return [(insn.code & 0x7) === CLASS.jump32 ? insn.immediate + 1 : target];
    case JUMP.exit:
      return [];
    case JUMP.call:
      values.fill(undefined, 0, CALLER_SAVED);
      return [1];
    default: {
      const isTaken = comparison(insn, values);
      return isTaken === undefined ? [1, target] : [isTaken ? target : 1];
    }
  }
}

/** Whether a conditional jump is taken; undefined where that is not known. */
function comparison(insn: Insn, values: readonly Value[]): boolean | undefined {
  const value = values[insn.destinationRegister];
  if (value === undefined || (insn.code & REGISTER_OPERAND) !== 0) return undefined;
  const bits = (insn.code & 0x7) === CLASS.jump32 ? 32 : 64;
  const operand = BigInt.asUintN(bits, BigInt(insn.immediate));
  return COMPARISONS[insn.code & OPERATION]?.(BigInt.asUintN(bits, value), operand);
}

/** Of unsigned values, as existence and sizes are. */
const COMPARISONS: Readonly<Record<number, (left: bigint, right: bigint) => boolean>> = {
  16: (left, right) => left === right,
  32: (left, right) => left > right,
  48: (left, right) => left >= right,
  80: (left, right) => left !== right,
  160: (left, right) => left < right,
  176: (left, right) => left <= right,
};

const ATOMIC = 0xc0;
const MODE = 0xe0;

/** What is known behind an instruction that is no jump. */
function assign(insn: Insn, values: Value[]): void {
  const { sourceRegister, destinationRegister } = insn;
  switch (insn.code & 0x7) {
    case CLASS.alu:
    case CLASS.alu64:
      values[destinationRegister] = computed(insn, values);
      return;
    case CLASS.ldx:
      values[destinationRegister] = undefined;
      return;
    case CLASS.stx:
      // Some give what was there before: in register 0, the source, or, where they load, the destination.
      if ((insn.code & MODE) !== ATOMIC) return;
      for (const register of [0, sourceRegister, destinationRegister]) values[register] = undefined;
      return;
    case CLASS.ld:
      values.fill(undefined, 0, CALLER_SAVED);
  }
}

/** The result of the arithmetic with which compilers widen and join conditions, and which every verifier follows. */
function computed(insn: Insn, values: readonly Value[]): Value {
  const bits = (insn.code & 0x7) === CLASS.alu ? 32 : 64;
  const hasRegister = (insn.code & REGISTER_OPERAND) !== 0;
  const right = hasRegister ? values[insn.sourceRegister] : BigInt(insn.immediate);
  // Extends the sign where there is an offset.
  if (right === undefined || insn.offset !== 0) return undefined;
  const operand = BigInt.asUintN(bits, right);
  if ((insn.code & OPERATION) === MOVE) return operand;
  const left = values[insn.destinationRegister];
  if (left === undefined) return undefined;
  const result = OPERATIONS[insn.code & OPERATION]?.(BigInt.asUintN(bits, left), operand, bits);
  return result === undefined ? undefined : BigInt.asUintN(bits, result);
}

const MOVE = 0xb0;

const OPERATIONS: Readonly<Record<number, (left: bigint, right: bigint, bits: number) => Value>> = {
  0: (left, right) => left + right,
  16: (left, right) => left - right,
  64: (left, right) => left | right,
  80: (left, right) => left & right,
  96: (left, right, bits) => (right < bits ? left << right : undefined),
  112: (left, right, bits) => (right < bits ? left >> right : undefined),
};
