/**
 * What each rule of `Quirks` changes in the text, described from the text alone: a hunk of lines, as
 * pahole prints them and as we do, is of a rule's shape or it is not. So a rule cannot be blamed for a
 * difference that it does not describe.
 */

import type { Quirks } from '../../src/index.ts';
import type { Hunk } from '../support/diff.ts';

type Shape = (hunk: Hunk) => boolean;

const PACKED = / __attribute__\(\(__packed__\)\)/g;
const ALIGNED = / __attribute__\(\(__aligned__\(\d+\)\)\)/g;
// Behind a member: its offset and size in a comment, in decimal or hexadecimal.
const PLACE = /\s*\/\*\s+(0x)?[0-9a-f]+(:\s*(0x)?[0-9a-f]+)?\s+(0x)?[0-9a-f]+ \*\//g;
/** Before a member whose type is expanded through typedefs. */
const TYPEDEF_REMARK = /\/\* typedef .* \*\/ /;
const UNNAMED_BITFIELD = /^\s*(\/\* typedef .* \*\/ )?[\w ]+ +:\d+;$/;
const REMARK = /^\s*\/\*.*\*\/$|^$/;

/** Blanks only fill columns: where they differ in number, the text is the same. */
function squeeze(line: string): string {
  return line.replace(/ +/g, ' ').replace(/ ;/g, ';').trimEnd();
}

/** Both sides become the same lines under `normal`. */
function sameAs(normal: (line: string) => string): Shape {
  return ({ before, after }) => {
    const [a, b] = [before, after].map((lines) => lines.map((line) => squeeze(normal(line))));
    return JSON.stringify(a) === JSON.stringify(b);
  };
}

/** Lines in pairs that all pass. */
function pairwise(test: (before: string, after: string) => boolean): Shape {
  return ({ before, after }) =>
    before.length === after.length && before.every((line, index) => test(line, after[index] as string));
}

/** Members without their offsets, without remarks and empty lines. */
function code(lines: readonly string[]): string[] {
  return lines.map((line) => squeeze(line.replace(PLACE, ''))).filter((line) => !REMARK.test(line));
}

/** Identifiers and keywords apart from qualifiers, whose number and place the rules change. */
function words(line: string): string[] {
  const all =
    line
      .replace(PLACE, '')
      .replace('(null)', '')
      .match(/[A-Za-z_]\w*/g) ?? [];
  return all.filter((word) => word !== 'const' && word !== 'volatile' && word !== 'restrict');
}

/** Each element of `part` is in `whole`, as often as it is in `part`. */
function isSubset(part: readonly string[], whole: readonly string[]): boolean {
  const left = [...whole];
  return part.every((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}

function isSubsequence(part: string, whole: string): boolean {
  let at = 0;
  for (const char of whole) if (char === part[at]) at++;
  return at === part.length;
}

/** A run of dimensions as the number of its elements. */
function multiplied(line: string): string {
  return line.replace(/(\[\d*\])+/g, (run) => {
    const counts = run.slice(1, -1).split('][').map(Number);
    return `[${counts.reduce((product, count) => product * count, 1)}]`;
  });
}

/** A member of a plain type, with or without a width. */
const MEMBER = /^\s*(\/\* typedef .* \*\/ )?[\w ]+ \w+(\[\d+\])?(:\d+)?;$/;
const isClosing = (line: string): boolean => line.trimStart().startsWith('}');

const shapes: Readonly<Record<keyof Quirks, Shape>> = {
  floatPrefix: sameAs((line) => line.replace(/\bsingle (?=float|double|long double|_)/g, '')),

  reversedDimensions: sameAs(multiplied),

  // The name behind the brace is lost, statistics are there, offsets may be.
  expandedConst: ({ before, after }) => {
    const slips = (line: string): string =>
      line
        .replace(/\bconst const\b/, 'const')
        .replace(/<ERROR *>/, 'void')
        .replace(/ +/g, ' ');
    const isBody = (line: string): boolean => !isClosing(line);
    const [a, b] = [code(before).map(slips).filter(isBody), code(after).filter(isBody)];
    return JSON.stringify(a) === JSON.stringify(b);
  },

  // An aggregate without a name that only its dimensions hid is printed in place.
  declarators: ({ before, after }) => {
    const isInline = after.some(isClosing);
    const [a, b] = [before, after].map((lines) => lines.flatMap(words));
    return (isInline || before.length === after.length) && isSubset(a as string[], b as string[]);
  },

  // Only where DWARF says what BTF cannot.
  nestedSuffix: () => false,
  nestedTypes: () => false,
  staticMembers: () => false,
  accessibility: () => false,
  virtualBases: () => false,
  linkageNames: () => false,
  guessedSign: () => false,
  typedefKeyword: () => false,
  declFileZero: () => false,

  parameters: pairwise(
    (before, after) =>
      /\binline |\(void\)/.test(before) &&
      squeeze(before.replace(/\binline /g, '').replace(/\(void\)|[()]/g, '')) ===
        squeeze(after.replace(/\(\.\.\.\)|[()]/g, '').replace(/\(void\)/g, '')),
  ),

  nameLimit: pairwise(
    (before, after) =>
      after.length > 127 && after.length > before.length && isSubsequence(squeeze(before), squeeze(after)),
  ),

  narrowCounters: ({ before, after }) =>
    [...before, ...after].every((line) => REMARK.test(line) || UNNAMED_BITFIELD.test(line)),

  printOrderPacked: sameAs((line) => line.replace(PACKED, '').replace(ALIGNED, '')),

  enumPacked: ({ before, after }) =>
    before.every(isClosing) && sameAs((line) => line.replace(PACKED, ''))({ before, after }),

  // Plain members instead of bitfields, and with the widths is lost what they leave free.
  legacyBitfields: ({ before, after }) => {
    const members = (lines: readonly string[]): string[] =>
      code(lines.map((line) => line.replace(ALIGNED, ''))).filter(
        (line) => !isClosing(line) && !UNNAMED_BITFIELD.test(line),
      );
    const typesOf = (lines: readonly string[]): string[] => [
      ...new Set(lines.map((line) => words(line.replace(TYPEDEF_REMARK, '')).slice(0, -1).join(' '))),
    ];
    const [a, b] = [members(before), members(after)];
    const isBitfield = [...a, ...b].every((line) => MEMBER.test(line));
    return isBitfield && (a.length === 0 || b.length === 0 || isSubset(typesOf(a), typesOf(b)));
  },
};

/** Whether a hunk is what `rule` changes. */
export function hasShapeOf(rule: keyof Quirks, hunk: Hunk): boolean {
  return shapes[rule](hunk);
}
