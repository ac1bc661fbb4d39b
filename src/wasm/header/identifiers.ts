/** What is an identifier in C, and what it is turned into where it is none. */

import { allocate } from '../table';
import { claim, newSpace, numberOf, setNumber } from './name-numbers';
import { isScoped } from './style';
import { HIGH_BITS, joined, lengthOf, newText, ownBits, textOf, zerosIn } from './texts';

const MAX_KEYWORD: u32 = 16;
const NO_WORD: u32 = u32.MAX_VALUE;
const UNDERSCORES: u64 = 0x5f5f_5f5f_5f5f_5f5f;

/** By length and two characters, whether there may be such a keyword: few names that are none have one's. */
let mayBeKeyword: usize = 0;
let keywords: usize = 0;
/** What stands for names that cannot, as an address. */
let replacements: usize = 0;

export function beginIdentifiers(): void {
  mayBeKeyword = allocate((MAX_KEYWORD + 1) << 12);
  keywords = newSpace();
  replacements = newSpace();
  addKeywordsOfC();
  if (isScoped) addKeywordsOfCpp();
}

/** Words that no version of C takes for a name, GNU's included; those of C23 among them. */
function addKeywordsOfC(): void {
  addKeywords(
    'alignas alignof asm auto bool break case char const constexpr continue default do double else ',
  );
  addKeywords('enum extern false float for goto if inline int long nullptr register restrict return short ');
  addKeywords('signed sizeof static static_assert struct switch thread_local true typedef typeof ');
  addKeywords('typeof_unqual union unsigned void volatile while ');
  addKeywords('_Alignas _Alignof _Atomic _BitInt _Bool _Complex _Decimal128 _Decimal32 _Decimal64 _Generic ');
  addKeywords('_Imaginary _Noreturn _Static_assert _Thread_local __int128 __bf16 __float128 ');
  addKeywords('_Float16 _Float32 _Float64 _Float128 _Float32x _Float64x unix linux ');
}

function addKeywordsOfCpp(): void {
  addKeywords(
    'and and_eq bitand bitor catch char16_t char32_t char8_t class co_await co_return co_yield compl ',
  );
  addKeywords('concept const_cast consteval constinit decltype delete dynamic_cast explicit export friend ');
  addKeywords('mutable namespace new noexcept not not_eq operator or or_eq private protected public ');
  addKeywords('reinterpret_cast requires static_cast template this throw try typeid typename using virtual ');
  addKeywords('wchar_t xor xor_eq ');
}

/** Adds words with a blank behind each, which becomes its NUL. */
function addKeywords(literal: string): void {
  const words = textOf(literal);
  let start = words;
  for (let at = words; load<u8>(at) !== 0; at++) {
    if (load<u8>(at) !== 32) continue;
    store<u8>(at, 0);
    claim(keywords, start, 1);
    const length = <u32>(at - start);
    if (length <= MAX_KEYWORD) store<u8>(mayBeKeyword + keyOf(start, length), 1);
    start = at + 1;
  }
}

function keyOf(text: usize, length: u32): u32 {
  const second = <u32>load<u8>(text, 1) & 63;
  const last = length === 0 ? 0 : <u32>load<u8>(text + length - 1) & 63;
  return (length << 12) | (second << 6) | last;
}

/** The name itself where it is an identifier, else one like it. */
export function clean(name: usize): usize {
  const first = <u32>load<u8>(name);
  const isNumber = first >= 48 && first <= 57;
  const length = wordLength(name);
  if (length !== NO_WORD && !isNumber) {
    if (length > MAX_KEYWORD || load<u8>(mayBeKeyword + keyOf(name, length)) === 0) return name;
  }
  const known = numberOf(replacements, name);
  if (known !== 0) return known;
  const replaced = replace(name, isNumber);
  setNumber(replacements, name, <u32>replaced);
  return replaced;
}

/** Length of a name whose characters all may stand in one. */
function wordLength(name: usize): u32 {
  let at = name;
  let bytes = load<u64>(at);
  let zeros = zerosIn(bytes);
  while (zeros === 0) {
    if (!areWords(bytes)) return NO_WORD;
    at += 8;
    bytes = load<u64>(at);
    zeros = zerosIn(bytes);
  }
  const own = ownBits(zeros);
  if (!areWords((bytes & own) | (UNDERSCORES & ~own))) return NO_WORD;
  return <u32>(at - name + <usize>(ctz(zeros) >>> 3));
}

/** Whether 8 bytes are all letters, digits and underscores. */
function areWords(bytes: u64): bool {
  if ((bytes & HIGH_BITS) !== 0) return false;
  // What is added makes the highest bit of a byte say whether the byte is at least, or above, a character.
  const lower = bytes | 0x2020_2020_2020_2020;
  const isLetter = (lower + 0x1f1f_1f1f_1f1f_1f1f) & ~(lower + 0x0505_0505_0505_0505);
  const isDigit = (bytes + 0x5050_5050_5050_5050) & ~(bytes + 0x4646_4646_4646_4646);
  const isUnderscore = ~((bytes ^ UNDERSCORES) + 0x7f7f_7f7f_7f7f_7f7f);
  return ((isLetter | isDigit | isUnderscore) & HIGH_BITS) === HIGH_BITS;
}

function replace(name: usize, isNumber: bool): usize {
  const length = lengthOf(name);
  const word = newText(length + 1);
  let to = word;
  if (isNumber) store<u8>(to++, 95);
  for (let at = name; at < name + length; at++) {
    const code = <u64>load<u8>(at);
    store<u8>(to++, areWords(code | (UNDERSCORES & ~0xff)) ? code : 95);
  }
  return numberOf(keywords, word) !== 0 ? joined(word, '_') : word;
}
