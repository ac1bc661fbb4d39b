/** Files that a command writes: whole or not at all, and not at all where nothing changes. */

import { closeSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { TspaholeError } from '../../index.ts';
import { descriptorOutput } from '../output.ts';

/**
 * Lets `write` fill a file beside `path` and renames it into place. A file that has these bytes already is
 * left alone, so that make sees no change. Throws `io` where the system refuses, and what `write` throws;
 * then `path` is as it was.
 */
export function replaceFile(path: string, write: (sink: (bytes: Uint8Array) => void) => void): void {
  const temporary = `${path}.${process.pid}.tmp`;
  const descriptor = attempt(path, () => openSync(temporary, 'wx', 0o666));
  try {
    try {
      const output = descriptorOutput(descriptor, path);
      write((bytes) => output.write(bytes));
    } finally {
      closeSync(descriptor);
    }
    if (!isSame(temporary, path)) attempt(path, () => renameSync(temporary, path));
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** The rule of make and ninja that a target is made from `inputs`. */
export function depfileText(target: string, inputs: readonly string[]): string {
  return `${escaped(target)}: ${inputs.map(escaped).join(' ')}\n`;
}

/** Writes a depfile, whether it changes or not: ninja deletes it once it has read it. */
export function writeDepfile(path: string, text: string): void {
  replaceFile(path, (sink) => sink(Buffer.from(text)));
}

function escaped(path: string): string {
  return path.replaceAll('$', '$$$$').replaceAll(/[ #\\]/g, (character) => `\\${character}`);
}

function isSame(left: string, right: string): boolean {
  try {
    return readFileSync(left).equals(readFileSync(right));
  } catch {
    return false;
  }
}

function attempt<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw new TspaholeError(
      'io',
      `cannot write: ${(error as NodeJS.ErrnoException).code}`,
      { file: path },
      error,
    );
  }
}
