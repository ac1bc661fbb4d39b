/**
 * Where a function finds its parameters when it begins. A parameter takes words: registers first, then the
 * stack. `assignParameters` walks the parameters from left to right as the machine's ABI does, with R the next
 * register and S the next word of the stack.
 */

import type { Architecture } from './architectures.ts';

/** What the ABI must know of a parameter's type. */
export interface PassedType {
  readonly byteSize: number;
  /** In bytes. */
  readonly alignment: number;
  /** A structure or union. */
  readonly isComposite: boolean;
  /** A structure that must lie in memory: packed, with members that are not aligned. */
  readonly isUnaligned: boolean;
  /** Travels in a register of its own kind, which probes cannot read. */
  readonly isFloat: boolean;
}

/** Where a parameter is: one of these. */
export type Passing =
  /** Words in registers from `first` on (0 is the machine's first one); what is left lies on the stack. */
  | { readonly kind: 'registers'; readonly first: number; readonly count: number; readonly onStack: number }
  /** On the stack, from the word `word` on. */
  | { readonly kind: 'stack'; readonly word: number; readonly count: number }
  /** Somewhere that a register or a word of the stack points to. */
  | { readonly kind: 'reference'; readonly pointer: Passing }
  /** Out of reach. */
  | { readonly kind: 'float' };

/** Where the parameters of a function are, and what it returns. */
export interface Assignment {
  readonly parameters: readonly Passing[];
  /** Whether what it returns lies where a pointer says that the caller gave. */
  readonly returnsThroughPointer: boolean;
}

/** By which numbers parameters are found: by the machine's ABI, or one each as the kernel's own `$arg*`. */
export type AbiRule = 'slots' | 'kernel';

/** Assigns a place to each parameter. */
export function assignParameters(
  architecture: Architecture,
  parameters: readonly PassedType[],
  returned: PassedType | undefined,
  rule: AbiRule,
): Assignment {
  const returnsThroughPointer =
    returned?.isComposite === true && returned.byteSize > architecture.maxReturned;
  const words = new Words(architecture);
  if (returnsThroughPointer && architecture.hiddenPointer && rule === 'slots')
    words.take(wordOf(architecture));
  const passedAs = (type: PassedType): Passing =>
    rule === 'kernel' ? words.take(wordOf(architecture)) : words.assign(type);
  return { parameters: parameters.map(passedAs), returnsThroughPointer };
}

/** A parameter of one word. */
function wordOf({ wordSize }: Architecture): PassedType {
  return { byteSize: wordSize, alignment: wordSize, isComposite: false, isUnaligned: false, isFloat: false };
}

/** The registers and the stack while they are handed out. */
class Words {
  readonly #architecture: Architecture;
  #register = 0;
  #stack = 0;

  constructor(architecture: Architecture) {
    this.#architecture = architecture;
  }

  assign(type: PassedType): Passing {
    const { larger } = this.#architecture;
    if (type.isFloat) return { kind: 'float' };
    if (this.#fitsRegisters(type)) return this.take(type);
    if (larger === 'reference') return { kind: 'reference', pointer: this.take(wordOf(this.#architecture)) };
    return this.#push(type);
  }

  /** Takes registers where there are enough of them, else words of the stack. */
  take(type: PassedType): Passing {
    const { registers, splits, closes, shadows } = this.#architecture;
    const count = this.#count(type);
    this.#alignRegister(type);
    const left = registers.length - this.#register;
    if (count > left && !(splits === true && left > 0)) {
      if (closes === true) this.#register = registers.length;
      return this.#push(type);
    }
    const first = this.#register;
    const inRegisters = Math.min(count, left);
    this.#register += inRegisters;
    this.#stack += shadows === true ? count : count - inRegisters;
    return { kind: 'registers', first, count: inRegisters, onStack: count - inRegisters };
  }

  #alignRegister({ alignment }: PassedType): void {
    const { evenPairs, shadows, wordSize, registers } = this.#architecture;
    if (evenPairs !== true || alignment <= wordSize || this.#register >= registers.length) return;
    this.#register += this.#register % 2;
    if (shadows === true) this.#stack = this.#register;
  }

  #push(type: PassedType): Passing {
    const { alignsStack, evenPairs, wordSize } = this.#architecture;
    const isPair = type.alignment > wordSize;
    if ((alignsStack === true || evenPairs === true) && isPair) this.#stack += this.#stack % 2;
    const word = this.#stack;
    const count = this.#count(type);
    this.#stack += count;
    return { kind: 'stack', word, count };
  }

  #count({ byteSize }: PassedType): number {
    return Math.max(1, Math.ceil(byteSize / this.#architecture.wordSize));
  }

  #fitsRegisters({ byteSize, isComposite, isUnaligned }: PassedType): boolean {
    const { maxInRegisters, powersOnly, name } = this.#architecture;
    if (byteSize > maxInRegisters) return false;
    if (isUnaligned && name === 'x86_64') return false;
    return powersOnly !== true || !isComposite || [1, 2, 4, 8].includes(byteSize);
  }
}
