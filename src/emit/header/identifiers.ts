/** What is an identifier in C, and what it is turned into where it is none. */

import type { TextBlob } from './text-blob.ts';

/** A language that a header is read in. */
export type HeaderLanguage = 'c' | 'c++';

/** Words that no version of the language takes for a name, GNU's included; those of C23 among them. */
const C_KEYWORDS =
  'alignas alignof asm auto bool break case char const constexpr continue default do double else enum extern ' +
  'false float for goto if inline int long nullptr register restrict return short signed sizeof static ' +
  'static_assert struct switch thread_local true typedef typeof typeof_unqual union unsigned void volatile ' +
  'while _Alignas _Alignof _Atomic _BitInt _Bool _Complex _Decimal128 _Decimal32 _Decimal64 _Generic ' +
  '_Imaginary _Noreturn _Static_assert _Thread_local __int128 __bf16 __float128 _Float16 _Float32 _Float64 ' +
  '_Float128 _Float32x _Float64x unix linux';

const CPP_KEYWORDS =
  'and and_eq bitand bitor catch char16_t char32_t char8_t class co_await co_return co_yield compl concept ' +
  'const_cast consteval constinit decltype delete dynamic_cast explicit export friend mutable namespace new ' +
  'noexcept not not_eq operator or or_eq private protected public reinterpret_cast requires static_cast ' +
  'template this throw try typeid typename using virtual wchar_t xor xor_eq';

const MAX_KEYWORD = 16;

/** Finds names that cannot stand in a header, and what stands there in their place. */
export class Identifiers {
  readonly #text: TextBlob;
  readonly #keywords: ReadonlySet<string>;
  /** By length and two characters, whether there may be such a keyword: those ask about few names that are none. */
  readonly #mayBeKeyword = new Uint8Array((MAX_KEYWORD + 1) << 12);
  readonly #isWord = new Uint8Array(256);
  readonly #replaced = new Map<number, number>();

  constructor(text: TextBlob, language: HeaderLanguage) {
    const words = language === 'c' ? C_KEYWORDS : `${C_KEYWORDS} ${CPP_KEYWORDS}`;
    this.#text = text;
    this.#keywords = new Set(words.split(' '));
    for (const word of this.#keywords) {
      const second = word.charCodeAt(1) & 63;
      const last = word.charCodeAt(word.length - 1) & 63;
      if (word.length <= MAX_KEYWORD) this.#mayBeKeyword[(word.length << 12) | (second << 6) | last] = 1;
    }
    for (let code = 0; code < 128; code++) {
      if (/\w/.test(String.fromCharCode(code))) this.#isWord[code] = 1;
    }
  }

  /** The name itself where it is an identifier, else the offset of one like it. */
  clean(offset: number): number {
    const { bytes } = this.#text;
    let at = offset;
    let byte = bytes[at] ?? 0;
    const first = byte;
    while (this.#isWord[byte] === 1) byte = bytes[++at] ?? 0;
    const length = at - offset;
    const isNumber = first >= 48 && first <= 57;
    if (byte === 0 && !isNumber) {
      const second = (bytes[offset + 1] ?? 0) & 63;
      const key = (length << 12) | (second << 6) | ((bytes[at - 1] ?? 0) & 63);
      if (length > MAX_KEYWORD || this.#mayBeKeyword[key] === 0) return offset;
    }
    return this.#replace(offset);
  }

  #replace(offset: number): number {
    const known = this.#replaced.get(offset);
    if (known !== undefined) return known;
    const name = this.#text.at(offset);
    const word = name.replaceAll(/\W/g, '_').replace(/^(?=\d)/, '_');
    const clean = this.#keywords.has(word) ? `${word}_` : word;
    const replaced = clean === name ? offset : this.#text.add(clean);
    this.#replaced.set(offset, replaced);
    return replaced;
  }
}
