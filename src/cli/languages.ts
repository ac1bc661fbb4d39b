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

const C_STANDARDS: readonly string[] = ['c89', 'c99', 'c11'];

const KNOWN: readonly string[] = (
  'ada83 ada95 asm bliss c c89 c99 c11 c++ c++03 c++11 c++14 cobol74 cobol85 d dylan fortran77 fortran90 ' +
  'fortran95 fortran03 fortran08 go haskell java julia modula2 modula3 objc objc++ ocaml opencl pascal83 ' +
  'pli python renderscript rust swift upc'
).split(' ');
