/** The report of `tspahole core check` as text: kernels, a matrix of values, reasons. */

import type { Cell, Column, NumberedText, Report } from './check.ts';

/** All reports, one after the other. */
export function checkText(reports: readonly Report[]): string {
  return reports.map(reportText).join('\n');
}

function reportText({ path, relocations, kernels }: Report): string {
  const lines = [
    `${path}: ${relocations.length} relocations`,
    ...kernels.map((column, index) => `  [${index + 1}] ${column.kernel}: ${verdict(column)}`),
  ];
  if (relocations.length > 0) lines.push('', ...matrix(relocations, kernels));
  const reasons = reasonLines(relocations, kernels);
  if (reasons.length > 0) lines.push('', ...reasons);
  return lines.map((line) => `${line}\n`).join('');
}

function verdict({ fails, cells }: Column): string {
  const count = (status: Cell['status']): number => cells.filter((cell) => cell.status === status).length;
  if (fails) return `FAILS: ${count('failed')} of ${cells.length} relocations fail`;
  const open = cells.filter((cell) => cell.mayBeReached === true).length;
  if (open > 0) return `loads if ${open} poisoned instructions are never reached`;
  const poisoned = count('poisoned');
  return poisoned === 0 ? 'loads' : `loads: ${poisoned} poisoned instructions are never reached`;
}

/** A row for each relocation, a column for each kernel. */
function matrix(relocations: readonly NumberedText[], kernels: readonly Column[]): string[] {
  const heads = relocations.map(({ number, kind, what }) => `  #${number} ${kind} ${what}`);
  const width = Math.min(MAX_HEAD, Math.max(...heads.map((head) => head.length)));
  const columns = kernels.map((column, index) => {
    const cells = [`[${index + 1}]`, ...column.cells.map(cellText)];
    const cellWidth = Math.max(...cells.map((cell) => cell.length));
    return cells.map((cell) => cell.padStart(cellWidth));
  });
  return ['', ...heads].map((head, row) =>
    [head.padEnd(width), ...columns.map((cells) => cells[row] ?? '')].join('  '),
  );
}

const MAX_HEAD = 72;

function cellText({ status, value = '' }: Cell): string {
  return { resolved: value, poisoned: 'poisoned', failed: 'FAILED' }[status];
}

function reasonLines(relocations: readonly NumberedText[], kernels: readonly Column[]): string[] {
  return relocations.flatMap(({ number }, row) => {
    const byReason = new Map<string, number[]>();
    for (const [index, { cells }] of kernels.entries()) {
      const cell = cells[row];
      if (cell?.reason === undefined) continue;
      const text = `${cell.status}${cell.mayBeReached === false ? ', never reached' : ''}: ${cell.reason}`;
      byReason.set(text, [...(byReason.get(text) ?? []), index + 1]);
    }
    return [...byReason].map(
      ([text, columns]) => `  #${number} ${columns.map((each) => `[${each}]`).join('')} ${text}`,
    );
  });
}
