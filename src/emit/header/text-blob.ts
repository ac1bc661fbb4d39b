/** `TextBlob`: NUL-terminated texts, addressed by their offset: a file's names, and behind them our own. */

/** Room for texts of ours before the blob has to grow. */
const SPARE = 1 << 16;

export class TextBlob {
  /** The texts. Replaced when the blob grows: read it anew after {@link add}. */
  bytes: Buffer;
  /** One past the names that came from the file. */
  readonly namesEnd: number;
  #end: number;

  /** Joins `parts`, each of which is a string section; offsets go on from one to the next. */
  constructor(parts: readonly Uint8Array[]) {
    this.namesEnd = parts.reduce((total, part) => total + part.length, 0);
    this.bytes = Buffer.allocUnsafeSlow(this.namesEnd + SPARE);
    let at = 0;
    for (const part of parts) {
      this.bytes.set(part, at);
      at += part.length;
    }
    // Ends a last name that nothing ends, and gives the empty text an offset where there is no name at all.
    this.bytes[at] = 0;
    this.#end = at + 1;
  }

  /** Adds a text of characters below 256, each as one byte, and gives its offset. */
  add(text: string): number {
    const offset = this.#end;
    const end = offset + text.length + 1;
    if (end > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * end);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.write(text, offset, 'latin1');
    this.bytes[end - 1] = 0;
    this.#end = end;
    return offset;
  }

  /** The text at an offset, each byte as one character; empty outside of the blob. */
  at(offset: number): string {
    if (offset >= this.#end) return '';
    return this.bytes.toString('latin1', offset, this.bytes.indexOf(0, offset));
  }

  /** Whether a text has exactly the characters of `text`. */
  equals(offset: number, text: string): boolean {
    const { bytes } = this;
    for (let index = 0; index < text.length; index++) {
      if (bytes[offset + index] !== text.charCodeAt(index)) return false;
    }
    return bytes[offset + text.length] === 0;
  }

  /** Order of two texts by their bytes, as C's strcmp: negative, 0 or positive. */
  compare(a: number, b: number): number {
    const { bytes } = this;
    if (a === b) return 0;
    for (let index = 0; ; index++) {
      const left = bytes[a + index] ?? 0;
      const right = bytes[b + index] ?? 0;
      if (left !== right || left === 0) return left - right;
    }
  }
}
