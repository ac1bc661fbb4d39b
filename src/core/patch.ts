/** Putting a value into a BPF instruction, or making the instruction one that must not be run. */

import { TspaholeError } from '../model/errors.ts';
import { CLASS, type Code, INSN_SIZE, Insn, LDDW, REGISTER_OPERAND, SIZE_MASK } from './insn.ts';
import type { CoreValue, LoadChange } from './resolve.ts';

/** `BPF_W`, `BPF_H`, `BPF_B`, `BPF_DW` by bytes. */
const SIZE_BITS: Readonly<Record<number, number>> = { 1: 0x10, 2: 0x08, 4: 0x00, 8: 0x18 };
const MAX_OFFSET = 0x7fff;

/** Makes an instruction call a helper that does not exist. Throws `bad-data` where there is no instruction. */
export function poisonInsn(code: Code, offset: number): void {
  const insn = new Insn(code, offset);
  if (insn.code === LDDW && offset + 2 * INSN_SIZE <= code.bytes.length) {
    new Insn(code, offset + INSN_SIZE).poison();
  }
  insn.poison();
}

/**
 * Puts a value into an instruction: the immediate of an assignment or of arithmetic, the offset of a load or a store
 * and its size, both halves of a 64-bit immediate. Gives why the instruction had to be poisoned instead, or
 * undefined. Throws `bad-data` for other instructions and for one that does not hold the value that it should,
 * `unsupported` for an offset above 32767.
 */
export function patchInsn(code: Code, offset: number, value: CoreValue): string | undefined {
  const insn = new Insn(code, offset);
  switch (insn.code & 0x7) {
    case CLASS.alu:
    case CLASS.alu64:
      return patchArithmetic(insn, value);
    case CLASS.ldx:
    case CLASS.st:
    case CLASS.stx:
      return patchLoad(insn, value);
    case CLASS.ld:
      return patchWideLoad(insn, { code, offset }, value);
    default:
      throw unexpected(insn);
  }
}

function unexpected({ code }: Insn): TspaholeError {
  return new TspaholeError('bad-data', `an instruction 0x${code.toString(16)} cannot be relocated`);
}

function patchArithmetic(insn: Insn, { value, expected }: CoreValue): undefined {
  if ((insn.code & REGISTER_OPERAND) !== 0) throw unexpected(insn);
  checkValue(BigInt(insn.immediate), expected);
  insn.immediate = Number(BigInt.asIntN(32, value));
}

function checkValue(held: bigint, expected: bigint | undefined): void {
  if (expected === undefined || BigInt.asUintN(64, held) === expected) return;
  throw new TspaholeError('bad-data', `the instruction holds ${held}, expected ${expected}`);
}

function patchLoad(insn: Insn, { value, expected, load }: CoreValue): string | undefined {
  checkValue(BigInt(insn.offset), expected);
  if (value > BigInt(MAX_OFFSET)) {
    throw new TspaholeError('unsupported', `offset ${value} does not fit in a load or store`);
  }
  if (load?.isSafe === false) {
    insn.poison();
    return `${loadText(load.localSize)} in the object, ${loadText(load.targetSize)} in the target`;
  }
  insn.offset = Number(value);
  if (load !== undefined) resize(insn, load);
  return undefined;
}

/** Bitfields have no size of their own. */
function loadText(byteSize: number): string {
  return byteSize === 0 ? 'a bitfield' : `a value of ${byteSize} bytes`;
}

function resize(insn: Insn, { localSize, targetSize }: LoadChange): void {
  if (insn.byteSize !== localSize) {
    throw new TspaholeError(
      'bad-data',
      `the instruction loads ${insn.byteSize} bytes, expected ${localSize}`,
    );
  }
  const bits = SIZE_BITS[targetSize];
  if (bits === undefined) throw new TspaholeError('bad-data', `no instruction loads ${targetSize} bytes`);
  insn.code = (insn.code & ~SIZE_MASK) | bits;
}

function patchWideLoad(
  insn: Insn,
  { code, offset }: { readonly code: Code; readonly offset: number },
  { value, expected }: CoreValue,
): undefined {
  if (insn.code !== LDDW || insn.sourceRegister !== 0 || insn.offset !== 0) throw unexpected(insn);
  const second = new Insn(code, offset + INSN_SIZE);
  if (second.code !== 0 || second.registers !== 0 || second.offset !== 0) throw unexpected(second);
  const held = BigInt(insn.immediate >>> 0) | (BigInt(second.immediate) << 32n);
  checkValue(held, expected);
  insn.immediate = Number(BigInt.asIntN(32, value));
  second.immediate = Number(BigInt.asIntN(32, value >> 32n));
}
