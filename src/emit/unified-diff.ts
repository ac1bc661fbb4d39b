/** Unified diffs of a few hundred lines. */

const CONTEXT = 3;
/** Pairs of lines that are compared; beyond, all lines count as different. */
const MAX_PAIRS = 1 << 24;

/** A line with the mark that it has in a diff. */
interface Edit {
  readonly mark: ' ' | '-' | '+';
  readonly line: string;
}

/**
 * The hunks that turn one text into another, without the two lines with the names of files; empty where they are
 * equal. `offset` lines precede both.
 */
export function unifiedDiff(before: readonly string[], after: readonly string[], offset = 0): string {
  const edits = editsBetween(before, after);
  const hunks: string[] = [];
  for (let at = 0; at < edits.length; ) {
    const first = edits.findIndex(({ mark }, index) => index >= at && mark !== ' ');
    if (first < 0) break;
    let end = first;
    for (let same = 0, index = first; index < edits.length && same <= 2 * CONTEXT; index++) {
      same = edits[index]?.mark === ' ' ? same + 1 : 0;
      if (same === 0) end = index + 1;
    }
    hunks.push(hunk(edits, Math.max(at, first - CONTEXT), Math.min(edits.length, end + CONTEXT), offset));
    at = Math.min(edits.length, end + CONTEXT);
  }
  return hunks.join('');
}

function hunk(edits: readonly Edit[], start: number, end: number, offset: number): string {
  const count = (part: readonly Edit[], mark: '-' | '+'): number =>
    part.filter((edit) => edit.mark === ' ' || edit.mark === mark).length;
  const head = edits.slice(0, start);
  const body = edits.slice(start, end);
  const range = (mark: '-' | '+'): string => `${mark}${offset + count(head, mark) + 1},${count(body, mark)}`;
  return `@@ ${range('-')} ${range('+')} @@\n${body.map(({ mark, line }) => `${mark}${line}\n`).join('')}`;
}

/** The fewest lines taken out and put in. */
function editsBetween(before: readonly string[], after: readonly string[]): Edit[] {
  const width = after.length + 1;
  const isLarge = (before.length + 1) * width > MAX_PAIRS;
  const common = new Uint32Array(isLarge ? 0 : (before.length + 1) * width);
  for (let a = before.length - 1; a >= 0 && !isLarge; a--) {
    for (let b = after.length - 1; b >= 0; b--) {
      common[a * width + b] =
        before[a] === after[b]
          ? (common[(a + 1) * width + b + 1] as number) + 1
          : Math.max(common[(a + 1) * width + b] as number, common[a * width + b + 1] as number);
    }
  }
  const edits: Edit[] = [];
  let [a, b] = [0, 0];
  while (a < before.length || b < after.length) {
    const [line, other] = [before[a], after[b]];
    if (line !== undefined && line === other) {
      edits.push({ mark: ' ', line });
      a++;
      b++;
    } else if (
      line !== undefined &&
      (other === undefined ||
        (common[(a + 1) * width + b] as number) >= (common[a * width + b + 1] as number) ||
        isLarge)
    ) {
      edits.push({ mark: '-', line });
      a++;
    } else {
      edits.push({ mark: '+', line: other as string });
      b++;
    }
  }
  return edits;
}
