/** Writing probes to tracefs, all or none. */

import { closeSync, existsSync, openSync, readFileSync, writeSync } from 'node:fs';
import { TspaholeError } from '../../../index.ts';
import { type PlainLine, type Probe, tracefsFile, tracefsLine, tracefsRemoval } from '../../../internal.ts';

/** What is written for one probe. */
export interface Change {
  /** File below tracefs. */
  readonly file: string;
  readonly line: string;
  /** The line that takes it back, with all others of the event. */
  readonly removal: string;
  /** Folder of its event below tracefs. */
  readonly event: string;
}

/** What is written for a probe. Throws `usage` for lines that are none: what they change cannot be taken back. */
export function changeOf(probe: Probe | PlainLine): Change {
  if (probe.kind === 'plain') {
    throw new TspaholeError('usage', `probe: --apply writes probes, not '${probe.text}'`);
  }
  return {
    file: tracefsFile(probe),
    line: tracefsLine(probe),
    removal: tracefsRemoval(probe),
    event: `events/${probe.group}/${probe.event}`,
  };
}

/**
 * Writes the lines in order. When the kernel refuses one, those before it are taken back and `io` is thrown with
 * the kernel's own words. Throws `usage`, and writes nothing, where an event exists: a probe that is added to one cannot
 * be taken back alone.
 */
export function applyChanges(tracefs: string, changes: readonly Change[]): void {
  const existing = changes.find(({ event }) => existsSync(`${tracefs}/${event}`));
  if (existing !== undefined) {
    const hint = `give it another name, or remove it with '${existing.removal}'`;
    throw new TspaholeError('usage', `probe: --apply: ${existing.event} exists in tracefs: ${hint}`);
  }
  const done: Change[] = [];
  for (const change of changes) {
    try {
      append(`${tracefs}/${change.file}`, change.line);
    } catch (error) {
      const left = takeBack(tracefs, done);
      throw new TspaholeError('io', failureText(tracefs, change, left, error), {}, error);
    }
    done.push(change);
  }
}

/** Appends one line with one write: the kernel answers each write on its own. */
function append(path: string, line: string): void {
  const descriptor = openSync(path, 'a');
  try {
    writeSync(descriptor, `${line}\n`);
  } finally {
    closeSync(descriptor);
  }
}

/** Removes what was made, the last first. Gives the lines that stayed. */
function takeBack(tracefs: string, done: readonly Change[]): string[] {
  const left: string[] = [];
  const gone = new Set<string>();
  for (const { file, line, removal } of done.toReversed()) {
    if (gone.has(removal)) continue;
    try {
      gone.add(removal);
      append(`${tracefs}/${file}`, removal);
    } catch {
      left.push(line);
    }
  }
  return left;
}

function failureText(tracefs: string, { line }: Change, left: readonly string[], error: unknown): string {
  const reason = kernelReason(tracefs) ?? String((error as NodeJS.ErrnoException).code);
  const rest = left.length === 0 ? 'nothing was changed' : `these stayed: ${left.join('; ')}`;
  return `tracefs refuses '${line}': ${reason}; ${rest}`;
}

/** The last entry of the kernel's error_log, the command left out. */
function kernelReason(tracefs: string): string | undefined {
  try {
    const errors = readFileSync(`${tracefs}/error_log`, 'utf8').split('\n');
    return errors.findLast((line) => line.includes('error:'))?.replace(/^.*error: */, '');
  } catch {
    return undefined;
  }
}
