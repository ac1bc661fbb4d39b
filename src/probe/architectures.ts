/** The machines whose calling conventions are known: registers as tracefs names them, and the rules of each. */

import type { Endian } from '../model/bytes.ts';
import { TspaholeError } from '../model/errors.ts';

/** How a machine passes integers, pointers and structures to a function of the kernel. */
export interface Architecture {
  readonly name: ArchitectureName;
  readonly wordSize: 4 | 8;
  /** Undefined where there are kernels of either. */
  readonly endian: Endian | undefined;
  /** Registers that hold parameters, in order. */
  readonly registers: readonly string[];
  /** All that may follow `%`. */
  readonly isRegister: (name: string) => boolean;
  /** Bytes from the stack pointer at the function's first instruction to the first parameter there. */
  readonly stackOffset: number;
  /** Largest structure that travels in registers, in bytes. */
  readonly maxInRegisters: number;
  /** What happens to a larger one: it lies on the stack, or a register points to a copy. */
  readonly larger: 'stack' | 'reference';
  /** Only structures of 1, 2, 4 and 8 bytes travel in registers. */
  readonly powersOnly?: true;
  /** One that the registers left cannot hold is split between them and the stack. */
  readonly splits?: true;
  /** What is aligned to two words begins at an even register. */
  readonly evenPairs?: true;
  /** After the first parameter that does not fit, registers are used no more. */
  readonly closes?: true;
  /** Registers have places on the stack too, so that a parameter's slot is its word there. */
  readonly shadows?: true;
  /** Parameters on the stack begin anew at an alignment of two words where their type has it. */
  readonly alignsStack?: true;
  /** Largest structure that is returned in registers, in bytes; a larger one through a pointer. */
  readonly maxReturned: number;
  /** Second register of a returned structure. */
  readonly returned: readonly [string, string];
  /** Whether the pointer for a returned structure takes the first register of parameters. */
  readonly hiddenPointer: boolean;
  /** Whether `$argN` counts registers in this order, so that it may be used. */
  readonly hasArgN: boolean;
  /** Whether `$argN` goes on with the words of the stack. */
  readonly argNOnStack: boolean;
}

/** Name of an architecture. */
export type ArchitectureName = 'x86_64' | 'i386' | 'arm64' | 'riscv' | 's390x' | 'powerpc' | 'loongarch';

function names(...list: readonly string[]): (name: string) => boolean {
  return (name) => list.includes(name);
}

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

const X86_COMMON = ['bp', 'bx', 'ax', 'cx', 'dx', 'si', 'di', 'orig_ax', 'ip', 'cs', 'flags', 'sp', 'ss'];
const RISCV = 'epc ra sp gp tp t0 t1 t2 s0 s1 s2 s3 s4 s5 s6 s7 s8 s9 s10 s11 t3 t4 t5 t6 orig_a0'.split(' ');
const POWERPC = 'nip msr ctr link xer ccr softe trap dar dsisr orig_gpr3'.split(' ');

/** Sources: the psABI of each machine; regs_get_kernel_argument and the register tables of linux arch/. */
const ARCHITECTURES: Readonly<Record<ArchitectureName, Architecture>> = {
  // System V ABI AMD64 3.2.3, without the classes of floating point.
  x86_64: {
    name: 'x86_64',
    wordSize: 8,
    endian: 'little',
    registers: ['di', 'si', 'dx', 'cx', 'r8', 'r9'],
    isRegister: names(...X86_COMMON, ...numbered('r', 16).slice(8)),
    stackOffset: 8,
    maxInRegisters: 16,
    larger: 'stack',
    alignsStack: true,
    maxReturned: 16,
    returned: ['ax', 'dx'],
    hiddenPointer: true,
    hasArgN: true,
    argNOnStack: true,
  },
  // The kernel is built with -mregparm=3. Older ones list dx and cx the other way round, hence no $argN.
  i386: {
    name: 'i386',
    wordSize: 4,
    endian: 'little',
    registers: ['ax', 'dx', 'cx'],
    isRegister: names(...X86_COMMON, 'ds', 'es', 'fs', 'gs'),
    stackOffset: 4,
    maxInRegisters: Number.POSITIVE_INFINITY,
    larger: 'stack',
    closes: true,
    maxReturned: 8,
    returned: ['ax', 'dx'],
    hiddenPointer: true,
    hasArgN: false,
    argNOnStack: false,
  },
  // AAPCS64 6.8.2. The pointer for a returned structure has a register of its own, x8.
  arm64: {
    name: 'arm64',
    wordSize: 8,
    endian: 'little',
    registers: numbered('x', 8),
    isRegister: names(...numbered('x', 31), 'sp', 'pc', 'pstate'),
    stackOffset: 0,
    maxInRegisters: 16,
    larger: 'reference',
    evenPairs: true,
    closes: true,
    alignsStack: true,
    maxReturned: 16,
    returned: ['x0', 'x1'],
    hiddenPointer: false,
    hasArgN: true,
    argNOnStack: false,
  },
  // RISC-V calling convention, integer: LP64.
  riscv: {
    name: 'riscv',
    wordSize: 8,
    endian: 'little',
    registers: numbered('a', 8),
    isRegister: names(...RISCV, ...numbered('a', 8)),
    stackOffset: 0,
    maxInRegisters: 16,
    larger: 'reference',
    splits: true,
    alignsStack: true,
    maxReturned: 16,
    returned: ['a0', 'a1'],
    hiddenPointer: true,
    hasArgN: true,
    argNOnStack: false,
  },
  // s390x ELF ABI 1.2.3: all structures that are no integer in size go by reference.
  s390x: {
    name: 's390x',
    wordSize: 8,
    endian: 'big',
    registers: ['r2', 'r3', 'r4', 'r5', 'r6'],
    isRegister: names(...numbered('r', 16)),
    stackOffset: 160,
    maxInRegisters: 8,
    larger: 'reference',
    powersOnly: true,
    maxReturned: 0,
    returned: ['r2', 'r3'],
    hiddenPointer: true,
    hasArgN: true,
    argNOnStack: true,
  },
  // Power ELF V2 ABI 2.2.3: every doubleword of the parameter list has its register or its place.
  powerpc: {
    name: 'powerpc',
    wordSize: 8,
    endian: undefined,
    registers: ['gpr3', 'gpr4', 'gpr5', 'gpr6', 'gpr7', 'gpr8', 'gpr9', 'gpr10'],
    isRegister: names(...numbered('gpr', 32), ...POWERPC),
    stackOffset: 32,
    maxInRegisters: Number.POSITIVE_INFINITY,
    larger: 'stack',
    splits: true,
    evenPairs: true,
    shadows: true,
    maxReturned: 16,
    returned: ['gpr3', 'gpr4'],
    hiddenPointer: true,
    hasArgN: true,
    argNOnStack: true,
  },
  // LoongArch calling conventions, LP64.
  loongarch: {
    name: 'loongarch',
    wordSize: 8,
    endian: 'little',
    registers: numbered('r', 12).slice(4),
    isRegister: names(...numbered('r', 32), 'orig_a0', 'csr_era', 'csr_badvaddr', 'csr_crmd', 'csr_prmd'),
    stackOffset: 0,
    maxInRegisters: 16,
    larger: 'reference',
    splits: true,
    alignsStack: true,
    maxReturned: 16,
    returned: ['r4', 'r5'],
    hiddenPointer: true,
    hasArgN: true,
    argNOnStack: true,
  },
};

const OTHER_NAMES: Readonly<Record<string, ArchitectureName>> = {
  'x86-64': 'x86_64',
  amd64: 'x86_64',
  x64: 'x86_64',
  x86: 'i386',
  i686: 'i386',
  ia32: 'i386',
  aarch64: 'arm64',
  riscv64: 'riscv',
  s390: 's390x',
  ppc64: 'powerpc',
  ppc64le: 'powerpc',
  powerpc64: 'powerpc',
  loong64: 'loongarch',
  loongarch64: 'loongarch',
};

/** The architecture of that name, or of one that uname, Debian or node have for it. Throws `usage`. */
export function findArchitecture(name: string): Architecture {
  const known = OTHER_NAMES[name] ?? name;
  if (Object.hasOwn(ARCHITECTURES, known)) return ARCHITECTURES[known as ArchitectureName];
  const all = Object.keys(ARCHITECTURES).join(', ');
  throw new TspaholeError('usage', `architecture '${name}' is none of ${all}`);
}

/** `e_machine` of ELF: each architecture's, by number. */
const MACHINES: Readonly<Record<number, ArchitectureName>> = {
  3: 'i386',
  21: 'powerpc',
  22: 's390x',
  62: 'x86_64',
  183: 'arm64',
  243: 'riscv',
  258: 'loongarch',
};

/** The architecture that the header of an ELF file names, or undefined for one that is not known. */
export function architectureOfMachine(machine: number): Architecture | undefined {
  const name = MACHINES[machine];
  return name === undefined ? undefined : ARCHITECTURES[name];
}
