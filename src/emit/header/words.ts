/** The words of C that a header is made of, as offsets in the text blob. */

import type { HeaderStyle } from './style.ts';
import type { TextBlob } from './text-blob.ts';

const WORDS = {
  struct: 'struct ',
  union: 'union ',
  enum: 'enum ',
  scopedStruct: 'struct ::',
  scopedUnion: 'union ::',
  scopedEnum: 'enum ::',
  scope: '::',
  bareStruct: 'struct',
  bareUnion: 'union',
  bareEnum: 'enum',
  typedef: 'typedef ',
  gnucVaList: 'typedef __builtin_va_list __gnuc_va_list',
  void: 'void',
  ellipsis: '...',
  openingBrace: ' {',
  comma: ', ',
  colon: ': ',
  equals: ' = ',
  star: '*',
  blankStar: ' *',
  innerStart: ' (',
  longLong: 'LL',
  unsignedLongLong: 'ULL',
  itemEnd: ';\n\n',
} as const;

/** Text offsets of the words; of qualifiers in the order of their kinds: volatile, const, restrict. */
export type Words = Readonly<Record<keyof typeof WORDS, number>> & {
  readonly typeTag: readonly [number, number];
  readonly attribute: readonly [number, number];
  readonly qualifiersBefore: readonly number[];
  readonly qualifiersAfter: readonly number[];
};

/** Adds the words to a blob. */
export function addWords(text: TextBlob, { restrict, typeTag, attribute }: HeaderStyle): Words {
  const offsets = Object.fromEntries(Object.entries(WORDS).map(([key, word]) => [key, text.add(word)]));
  const qualifiers = ['volatile', 'const', restrict];
  return {
    ...(offsets as Record<keyof typeof WORDS, number>),
    typeTag: [text.add(typeTag[0]), text.add(typeTag[1])],
    attribute: [text.add(attribute[0]), text.add(attribute[1])],
    qualifiersBefore: qualifiers.map((word) => text.add(`${word} `)),
    qualifiersAfter: qualifiers.map((word) => text.add(` ${word}`)),
  };
}
