/** Line differences, by Myers' greedy algorithm. */

/** Lines that one text has where another has others. */
export interface Hunk {
  readonly before: readonly string[];
  readonly after: readonly string[];
}

/** The places where two texts differ, in order. Costs lines times differences. */
export function diffLines(before: string, after: string): Hunk[] {
  const [a, b] = [before.split('\n'), after.split('\n')];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let [aEnd, bEnd] = [a.length, b.length];
  while (aEnd > start && bEnd > start && a[aEnd - 1] === b[bEnd - 1]) {
    aEnd--;
    bEnd--;
  }
  return hunks(a.slice(start, aEnd), b.slice(start, bEnd));
}

function hunks(a: readonly string[], b: readonly string[]): Hunk[] {
  const found: { before: string[]; after: string[] }[] = [];
  let last = [-1, -1];
  for (const [x, y] of [...commonLines(a, b), [a.length, b.length] as const]) {
    const before = a.slice((last[0] as number) + 1, x);
    const after = b.slice((last[1] as number) + 1, y);
    if (before.length + after.length > 0) found.push({ before, after });
    last = [x, y];
  }
  return found;
}

/** Pairs of indexes of the lines that stay, of a longest such list. */
function commonLines(a: readonly string[], b: readonly string[]): (readonly [number, number])[] {
  const trace = walk(a, b);
  const pairs: (readonly [number, number])[] = [];
  let [x, y] = [a.length, b.length];
  for (let d = trace.length - 1; d >= 0; d--) {
    const reach = trace[d] as Map<number, number>;
    const k = x - y;
    const down = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
    const previousK = down ? k + 1 : k - 1;
    const previousX = d === 0 ? 0 : (reach.get(previousK) as number);
    const previousY = d === 0 ? 0 : previousX - previousK;
    while (x > previousX && y > previousY) pairs.push([--x, --y]);
    [x, y] = [previousX, previousY];
  }
  return pairs.reverse();
}

/** Per number of edits: how far in `a` each diagonal reached before. */
function walk(a: readonly string[], b: readonly string[]): Map<number, number>[] {
  const trace: Map<number, number>[] = [];
  let reach = new Map([[1, 0]]);
  for (let d = 0; d <= a.length + b.length; d++) {
    trace.push(reach);
    const next = new Map<number, number>(reach);
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
      let x = down ? (reach.get(k + 1) ?? 0) : (reach.get(k - 1) ?? 0) + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      next.set(k, x);
      if (x >= a.length && x - k >= b.length) return trace;
    }
    reach = next;
  }
  return trace;
}
