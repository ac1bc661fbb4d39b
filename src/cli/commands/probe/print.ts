/** What the formats need beyond the start of the command: loaded when there is something to write. */

export { formatProbes } from '../../../internal.ts';

import { TspaholeError } from '../../../index.ts';
import { type PlainLine, type Probe, tracefsFile, tracefsLine, tracefsRemoval } from '../../../internal.ts';
import type { Change } from './apply.ts';

/** What is written to tracefs for a probe. */
export function changeOf(probe: Probe | PlainLine): Change {
  if (probe.kind === 'plain') {
    throw new TspaholeError('usage', `probe: --apply writes probes, not '${probe.text}'`);
  }
  return { file: tracefsFile(probe), line: tracefsLine(probe), removal: tracefsRemoval(probe) };
}
