/** The options of `tspahole functions` as one typed value. */

import { TspaholeError, type TypeFormat } from '../../../index.ts';
import { type FunctionQuirks, NO_FUNCTION_QUIRKS, PFUNCT_QUIRKS } from '../../../internal.ts';
import type { CommandWords } from '../../command.ts';

/** What a line of the listing shows. */
export type Listing =
  | 'names'
  | 'prototypes'
  | 'verbose'
  | 'sizes'
  | 'variables'
  | 'labels'
  | 'parameters'
  | 'nameLengths'
  | 'inlines'
  | 'inlineTotals';

export interface FunctionSettings {
  readonly files: readonly string[];
  readonly compat: boolean;
  readonly quirks: FunctionQuirks;
  readonly json: boolean;
  readonly formats: readonly TypeFormat[] | undefined;
  readonly listing: Listing;
  /** `-V`, or what implies it. */
  readonly verbose: boolean;
  /** Every function, in the order of the file. */
  readonly all: boolean;
  readonly address: bigint | undefined;
  /** Names with each byte as one character, as those of tables are compared. */
  readonly name: string | undefined;
  readonly className: string | undefined;
  readonly externalOnly: boolean;
  /** Only functions with this DW_INL. */
  readonly inlined: number | undefined;
  readonly declInfo: boolean;
  /** Print what the body contains. */
  readonly body: boolean;
  readonly noParameterNames: boolean;
  /** Print the types that prototypes need before them. */
  readonly expandTypes: boolean;
  /** Print functions with a body that returns something. */
  readonly compile: boolean;
}

/** Puts the words together. Throws `usage` for values of a wrong form. */
export function functionSettings(words: CommandWords): FunctionSettings {
  const compat = words.has('compat');
  const compile = words.value('compile') !== undefined;
  const address = parseAddress(words.value('addr'));
  const verbose = words.has('verbose') || words.has('inline-expansions');
  return {
    files: words.operands,
    compat,
    quirks: compat ? PFUNCT_QUIRKS : NO_FUNCTION_QUIRKS,
    json: words.has('json'),
    formats: parseFormats(words.value('format-path')),
    listing: listingOf(words, verbose),
    verbose,
    all: words.has('all'),
    // pfunct takes 0 for not given.
    address: compat && address === 0n ? undefined : address,
    name: asLatin1(words.value('compile') || words.value('function')),
    className: asLatin1(words.value('class')),
    externalOnly: words.has('externals'),
    inlined: words.has('cc-inlined') ? 1 : words.has('cc-uninlined') ? 2 : undefined,
    declInfo: words.has('decl-info'),
    body: words.has('variables') || words.has('inline-expansions'),
    noParameterNames: words.has('no-parm-names'),
    expandTypes: words.has('expand-types') || compile,
    compile,
  };
}

/** Names as tables are searched for them. */
export function asLatin1(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'utf8').toString('latin1');
}

const LISTINGS: readonly (readonly [string, Listing])[] = [
  ['total-inline-stats', 'inlineTotals'],
  ['sizes', 'sizes'],
  ['nr-variables', 'variables'],
  ['goto-labels', 'labels'],
  ['nr-parms', 'parameters'],
  ['function-name-len', 'nameLengths'],
  ['inline-expansions-stats', 'inlines'],
  ['prototypes', 'prototypes'],
];

/** One listing at a time: options that would need two columns are refused. */
function listingOf(words: CommandWords, verbose: boolean): Listing {
  const asked = LISTINGS.filter(([option]) => words.has(option));
  const rows = asked.filter(([option]) => option !== 'prototypes');
  if (rows.length > 1) {
    const names = rows.map(([option]) => `--${option}`).join(' and ');
    throw new TspaholeError('usage', `functions: ${names} cannot be combined`);
  }
  return asked[0]?.[1] ?? (verbose ? 'verbose' : 'names');
}

function parseFormats(list: string | undefined): TypeFormat[] | undefined {
  if (list === undefined) return undefined;
  const names = list.split(',').map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => !['dwarf', 'btf', 'ctf'].includes(name));
  if (unknown !== undefined) {
    throw new TspaholeError('usage', `functions: --format-path: '${unknown}' is none of dwarf, btf, ctf`);
  }
  const formats = names.filter((name) => name !== 'ctf') as TypeFormat[];
  if (formats.length > 0) return formats;
  throw new TspaholeError('unsupported', 'reading ctf is not supported in this version');
}

function parseAddress(text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  if (!/^(\d{1,20}|0[xX][0-9a-fA-F]{1,16})$/.test(text)) {
    throw new TspaholeError('usage', `functions: --addr: '${text}' is no address`);
  }
  return BigInt(text);
}
