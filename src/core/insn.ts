/** Instructions of BPF, as they lie in the code of a section (linux uapi/linux/bpf.h). */

import type { Endian } from '../model/bytes.ts';
import { TspaholeError } from '../model/errors.ts';

/** Bytes of an instruction; `lddw` has two of them. */
export const INSN_SIZE = 8;

/** Classes of instructions, the low bits of the first byte. */
export const CLASS = { ld: 0, ldx: 1, st: 2, stx: 3, alu: 4, jump: 5, jump32: 6, alu64: 7 } as const;
/** `BPF_LD | BPF_IMM | BPF_DW`. */
export const LDDW = 0x18;
/** `BPF_X`: the operand is a register. */
export const REGISTER_OPERAND = 0x08;
/** `BPF_JMP | BPF_CALL`. */
const CALL = 0x85;
/** Where loads and stores have their size. */
export const SIZE_MASK = 0x18;

/** The helper that a poisoned instruction calls, which does not exist: the verifier says `invalid func unknown#195896080`. */
export const POISON_CALL = 0xbad2310;

/** The code of a section, which is changed in place. */
export interface Code {
  readonly bytes: Uint8Array;
  readonly endian: Endian;
}

/** An instruction in the code of a section. */
export class Insn {
  readonly #view: DataView;
  readonly #little: boolean;

  constructor({ bytes, endian }: Code, offset: number) {
    if (offset % INSN_SIZE !== 0) {
      throw new TspaholeError('bad-data', `0x${offset.toString(16)} is no start of an instruction`);
    }
    if (offset + INSN_SIZE > bytes.length) {
      throw new TspaholeError('bad-data', `no instruction at 0x${offset.toString(16)}`);
    }
    this.#view = new DataView(bytes.buffer, bytes.byteOffset + offset, INSN_SIZE);
    this.#little = endian === 'little';
  }

  get code(): number {
    return this.#view.getUint8(0);
  }

  set code(code: number) {
    this.#view.setUint8(0, code);
  }

  get sourceRegister(): number {
    return this.#little ? this.registers >> 4 : this.registers & 0xf;
  }

  get destinationRegister(): number {
    return this.#little ? this.registers & 0xf : this.registers >> 4;
  }

  /** Both registers as they are stored. */
  get registers(): number {
    return this.#view.getUint8(1);
  }

  get offset(): number {
    return this.#view.getInt16(2, this.#little);
  }

  set offset(offset: number) {
    this.#view.setInt16(2, offset, this.#little);
  }

  get immediate(): number {
    return this.#view.getInt32(4, this.#little);
  }

  set immediate(immediate: number) {
    this.#view.setInt32(4, immediate, this.#little);
  }

  /** Bytes that a load or store moves. */
  get byteSize(): number {
    return { 16: 1, 8: 2, 0: 4, 24: 8 }[this.code & SIZE_MASK] as number;
  }

  poison(): void {
    this.code = CALL;
    this.#view.setUint8(1, 0);
    this.offset = 0;
    this.immediate = POISON_CALL;
  }
}
