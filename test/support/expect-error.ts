/** An assertion on the one error class. */

import { expect } from 'vitest';
import { type ErrorCode, TspaholeError } from '../../src/model/errors.ts';

/** Runs `action`, expects it to throw with this code and `part` in its message, and gives the error. */
export function expectError(action: () => unknown, code: ErrorCode, part: string): TspaholeError {
  let thrown: unknown;
  try {
    action();
  } catch (error) {
    thrown = error;
  }
  if (thrown === undefined) throw new Error(`nothing was thrown, expected: ${part}`);
  if (!(thrown instanceof TspaholeError)) throw new Error('another error was thrown', { cause: thrown });
  expect(thrown.code).toBe(code);
  expect(thrown.message).toContain(part);
  return thrown;
}
