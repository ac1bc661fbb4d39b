/** The list of type names that `-C`, `-f`, `-i` and a sole operand give. */

import { readFileSync } from 'node:fs';
import { TspaholeError } from '../index.ts';

/**
 * The names of a comma list. `file://PATH` stands for the lines of that file. By default a comma inside
 * `<...>` belongs to the name, and blanks around names and empty names are dropped; in pahole's mode
 * every comma separates and every name is taken as it is, the empty one too.
 *
 * Throws `io` for a file that cannot be read, `usage` for a name with arguments, `name(...)`, which only
 * the printing of raw data gives a meaning to.
 */
export function parseClassNames(list: string, compat: boolean): readonly string[] {
  if (list.replaceAll(UNNAMED_NAMESPACE, '').includes('(')) {
    throw new TspaholeError(
      'usage',
      `arguments of a type, as in '${list}', are not supported in this version`,
    );
  }
  const entries = compat ? list.split(',') : splitOutsideAngles(list);
  const names = entries.flatMap((entry) =>
    entry.startsWith(FILE_PREFIX) ? readNames(entry.slice(FILE_PREFIX.length), compat) : [entry],
  );
  return compat ? names : names.filter((name) => name !== '');
}

const FILE_PREFIX = 'file://';
/** A scope that may be part of a name. */
const UNNAMED_NAMESPACE = '(anonymous namespace)';

function splitOutsideAngles(list: string): string[] {
  const entries: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at <= list.length; at++) {
    const char = list[at];
    if (char === '<') depth++;
    else if (char === '>') depth--;
    else if (char === undefined || (char === ',' && depth <= 0)) {
      entries.push(list.slice(start, at).trim());
      start = at + 1;
    }
  }
  return entries;
}

function readNames(path: string, compat: boolean): string[] {
  const text = readText(path);
  return compat ? linesAsPaholeReadsThem(text) : text.split('\n').map((line) => line.trim());
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'no such file' : (error as Error).message;
    throw new TspaholeError('io', `cannot read the type names: ${reason}`, { file: path }, error);
  }
}

/** pahole cuts the last byte of every line, also of a last line that has no newline. */
function linesAsPaholeReadsThem(text: string): string[] {
  const lines = text.split('\n');
  const last = lines.pop() as string;
  return last === '' ? lines : [...lines, last.slice(0, -1)];
}
