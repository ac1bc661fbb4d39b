/** Lists that the kernel makes of its functions: System.map, /proc/kallsyms, available_filter_functions, blacklist. */

/** What the lists say about the functions that were asked for. */
export interface SymbolFacts {
  /** Functions of that very name. */
  readonly count: number;
  /** Names that the compiler made of it: `.isra.0`, `.constprop.0`, `.part.0`, `.cold`. */
  readonly variants: readonly string[];
}

/**
 * Looks names up in a text of `ADDRESS TYPE NAME [MODULE]` lines, by searching the text: a kernel has a quarter of
 * a million lines.
 */
export function symbolFacts(text: string, name: string, module: string | undefined): SymbolFacts {
  let count = 0;
  const variants = new Set<string>();
  for (let at = text.indexOf(` ${name}`); at >= 0; at = text.indexOf(` ${name}`, at + 1)) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at + 1, end < 0 ? undefined : end);
    const [found = '', where] = line.split(/\s+/);
    if (!/[tTwW]/.test(text[at - 1] ?? '') || where !== (module === undefined ? undefined : `[${module}]`))
      continue;
    if (found === name) count++;
    else if (found.startsWith(`${name}.`)) variants.add(found);
  }
  return { count, variants: [...variants] };
}

/** Whether a list of one function a line (`NAME [MODULE]`, or the blacklist's `RANGE NAME`) has the name. */
export function listsFunction(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const before = text[at - 1] ?? '\n';
    const behind = text[at + name.length] ?? '\n';
    if (/\s/.test(before) && /\s/.test(behind)) return true;
  }
  return false;
}
