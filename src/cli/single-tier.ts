/** Work that is over before V8 has compiled it in its best manner. */

import { setFlagsFromString } from 'node:v8';

/**
 * Runs `work` while V8 compiles WebAssembly once and quickly. What it compiles better in the background meanwhile is
 * ready when the work is over, and costs it a fifth of its time on two cores.
 */
export function withoutTiering<T>(work: () => T): T {
  // V8 complains about a flag that it does not know, and may drop this one.
  if (Number.parseInt(process.versions.v8, 10) > LAST_KNOWN_V8) return work();
  setFlagsFromString('--liftoff-only');
  try {
    return work();
  } finally {
    setFlagsFromString('--no-liftoff-only');
  }
}

/** That of Node 24. */
const LAST_KNOWN_V8 = 13;
