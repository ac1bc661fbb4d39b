/** Names that a misspelt one may have meant. */

/** How many names are offered. */
const MAX_NAMES = 3;

/**
 * The candidates nearest to `name`, nearest first, at most three: those that differ in at most a third
 * of its letters, or in the case of letters only. Candidates may repeat.
 */
export function nearestNames(name: string, candidates: Iterable<string>): string[] {
  const limit = Math.ceil(name.length / 3);
  const found = new Map<string, number>();
  for (const candidate of candidates) {
    if (candidate === '' || Math.abs(candidate.length - name.length) > limit || found.has(candidate))
      continue;
    const distance = distanceBetween(name.toLowerCase(), candidate.toLowerCase());
    if (distance <= limit) found.set(candidate, distance);
  }
  const nearest = [...found].sort(([, a], [, b]) => a - b);
  return nearest.slice(0, MAX_NAMES).map(([candidate]) => candidate);
}

/** Levenshtein distance: letters to insert, drop or replace to make one of the other. */
function distanceBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
