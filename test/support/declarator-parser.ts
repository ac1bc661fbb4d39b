/**
 * Reads C declarations back: the tests' own reading of the grammar, to compare what was printed with what
 * was meant. Knows pointers, arrays, functions, qualifiers and single-token or multi-word base types.
 */

/** A type as C declares it. Qualifiers are sorted words. */
export type CType =
  | { readonly kind: 'base'; readonly name: string; readonly qualifiers: string }
  | { readonly kind: 'pointer'; readonly to: CType; readonly qualifiers: string }
  | { readonly kind: 'array'; readonly of: CType; readonly count: number }
  | {
      readonly kind: 'function';
      readonly returns: CType;
      readonly parameters: readonly CType[];
      readonly isVariadic: boolean;
    };

export interface CDeclaration {
  /** Empty for an abstract one. */
  readonly name: string;
  readonly type: CType;
}

const QUALIFIERS = ['const', 'restrict', 'volatile'];

/** Qualifiers without repeats, sorted. */
export function joinQualifiers(words: readonly string[]): string {
  return [...new Set(words)].sort().join(' ');
}

/** Parses `TYPE DECLARATOR`. `baseWords` are the words that base types consist of. Throws for anything else. */
export function parseDeclaration(text: string, baseWords: readonly string[]): CDeclaration {
  const tokens = text.match(/[A-Za-z_]\w*|\d+|\.\.\.|[*()[\],]/g) ?? [];
  const parser: Parser = { tokens, at: 0, baseWords };
  const declaration = declarationOf(parser);
  if (parser.at !== tokens.length) throw new Error(`unexpected '${peek(parser)}' in '${text}'`);
  return declaration;
}

interface Parser {
  readonly tokens: readonly string[];
  at: number;
  readonly baseWords: readonly string[];
}

/** Makes of the type that a declaration begins with the type of the name. */
type Wrap = (type: CType) => CType;

function peek(parser: Parser, ahead = 0): string {
  return parser.tokens[parser.at + ahead] ?? '';
}

function take(parser: Parser, expected?: string): string {
  const token = peek(parser);
  if (token === '' || (expected !== undefined && token !== expected)) {
    throw new Error(`expected '${expected}', found '${token}'`);
  }
  parser.at++;
  return token;
}

function declarationOf(parser: Parser): CDeclaration {
  const words: string[] = [];
  while (QUALIFIERS.includes(peek(parser)) || parser.baseWords.includes(peek(parser)))
    words.push(take(parser));
  const isQualifier = (word: string): boolean => QUALIFIERS.includes(word);
  const base: CType = {
    kind: 'base',
    name: words.filter((word) => !isQualifier(word)).join(' '),
    qualifiers: joinQualifiers(words.filter(isQualifier)),
  };
  const { name, wrap } = declaratorOf(parser);
  return { name, type: wrap(base) };
}

function declaratorOf(parser: Parser): { name: string; wrap: Wrap } {
  const pointers: Wrap[] = [];
  while (peek(parser) === '*') {
    take(parser);
    const words: string[] = [];
    while (QUALIFIERS.includes(peek(parser))) words.push(take(parser));
    pointers.push((to) => ({ kind: 'pointer', to, qualifiers: joinQualifiers(words) }));
  }
  const inner = directOf(parser);
  const suffixes: Wrap[] = [];
  for (let suffix = suffixOf(parser); suffix !== undefined; suffix = suffixOf(parser)) suffixes.push(suffix);
  // Suffixes bind closer to the name than stars; the first suffix is the outermost type.
  const wrap: Wrap = (type) => {
    const pointed = pointers.reduce((target, pointer) => pointer(target), type);
    return inner.wrap(suffixes.reduceRight((target, suffix) => suffix(target), pointed));
  };
  return { name: inner.name, wrap };
}

/** A name, a declarator in parentheses, or nothing. */
function directOf(parser: Parser): { name: string; wrap: Wrap } {
  if (/^[A-Za-z_]/.test(peek(parser))) return { name: take(parser), wrap: (type) => type };
  const next = peek(parser, 1);
  const isGroup = next === '*' || next === '(' || next === '[' || isName(parser, next);
  if (peek(parser) !== '(' || !isGroup) return { name: '', wrap: (type) => type };
  take(parser, '(');
  const declarator = declaratorOf(parser);
  take(parser, ')');
  return declarator;
}

function isName({ baseWords }: Parser, token: string): boolean {
  return /^[A-Za-z_]/.test(token) && !QUALIFIERS.includes(token) && !baseWords.includes(token);
}

function suffixOf(parser: Parser): Wrap | undefined {
  if (peek(parser) === '[') {
    take(parser);
    const count = peek(parser) === ']' ? 0 : Number(take(parser));
    take(parser, ']');
    return (of) => ({ kind: 'array', of, count });
  }
  if (peek(parser) !== '(') return undefined;
  take(parser);
  const { parameters, isVariadic } = parametersOf(parser);
  take(parser, ')');
  return (returns) => ({ kind: 'function', returns, parameters, isVariadic });
}

function parametersOf(parser: Parser): { parameters: CType[]; isVariadic: boolean } {
  const parameters: CType[] = [];
  if (peek(parser) === 'void' && peek(parser, 1) === ')') {
    take(parser);
    return { parameters, isVariadic: false };
  }
  for (;;) {
    if (peek(parser) === '...') {
      take(parser);
      return { parameters, isVariadic: true };
    }
    parameters.push(declarationOf(parser).type);
    if (peek(parser) !== ',') return { parameters, isVariadic: false };
    take(parser);
  }
}
