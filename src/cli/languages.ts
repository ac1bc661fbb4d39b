/** `--lang`, `--lang_exclude` and PAHOLE_LANG_EXCLUDE: the names, and what they mean for BTF. */

import { TspaholeError } from '../index.ts';

/** The languages that units are kept or left out by. */
export interface LanguageFilter {
  /** Lower case. */
  readonly names: readonly string[];
  /** The names are left out; otherwise only they are kept. */
  readonly exclude: boolean;
}

/** Takes a comma list apart; names are case-insensitive. Throws `usage` for a name that pahole does not know. */
export function parseLanguages(list: string, exclude: boolean): LanguageFilter {
  const names = list.toLowerCase().split(',');
  const unknown = names.findIndex((name) => !KNOWN.includes(name));
  if (unknown >= 0) {
    // pahole quotes the rest of the list, not the one name.
    const rest = list.split(',').slice(unknown).join(',');
    throw new TspaholeError('usage', `unknown language "${rest}"`);
  }
  return { names, exclude };
}

/**
 * Whether the filter keeps BTF, which records no language. pahole takes all of it for `c`; by default
 * the later standards of C are as good.
 */
export function keepsBtf({ names, exclude }: LanguageFilter, compat: boolean): boolean {
  const isNamed =
    names.includes('c') || (!compat && !exclude && names.some((name) => C_STANDARDS.includes(name)));
  return isNamed !== exclude;
}

/** Whether the filter keeps a unit of DWARF in this language (DW_LANG). */
export function keepsUnit(filter: LanguageFilter, language: number): boolean {
  return languageCodes(filter).includes(language) !== filter.exclude;
}

/** The DW_LANG numbers of the languages of a filter. */
export function languageCodes({ names }: LanguageFilter): number[] {
  return names.map((name) => (name === 'asm' ? DW_LANG_ASSEMBLER : KNOWN.indexOf(name) + 1));
}

/** DW_LANG_Mips_Assembler: what assemblers write. */
const DW_LANG_ASSEMBLER = 0x8001;

const C_STANDARDS: readonly string[] = ['c89', 'c99', 'c11'];

/** In the order of their numbers from 1 on (DWARF 5, 7.12), but for `asm`. */
const KNOWN: readonly string[] = (
  'c89 c ada83 c++ cobol74 cobol85 fortran77 fortran90 pascal83 modula2 java c99 ada95 fortran95 pli objc ' +
  'objc++ upc d python opencl go modula3 haskell c++03 c++11 ocaml rust c11 swift julia dylan c++14 ' +
  'fortran03 fortran08 renderscript bliss asm'
).split(' ');
