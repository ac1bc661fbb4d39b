/** The running kernel as a judge of BTF, where this process may ask it. */

import { askKernel } from '../../src/native/bpf.ts';
import { btf, int } from './btf-writer.ts';

/** Why the running kernel cannot be asked, for the name of a test that is skipped; undefined where it can. */
export const noKernel: string | undefined = whyNot();

function whyNot(): string | undefined {
  const verdict = askKernel(btf([int('int', 4)]));
  switch (verdict.kind) {
    case 'accepted':
      return undefined;
    case 'refused':
      return `it refuses an int: ${verdict.error}`;
    case 'unavailable':
      return verdict.reason;
  }
}

/** For the names of tests: nothing, or why they are skipped. */
export const whereAsked: string =
  noKernel === undefined ? '' : ` (skipped, the running kernel cannot be asked: ${noKernel})`;

/** What the running kernel has against a blob: the error and the last line of its log; '' if it takes it. */
export function kernelComplaint(bytes: Uint8Array): string {
  const verdict = askKernel(bytes);
  switch (verdict.kind) {
    case 'accepted':
      return '';
    case 'refused':
      return `${verdict.error}: ${verdict.log.trimEnd().split('\n').slice(-2).join(' ')}`;
    case 'unavailable':
      throw new Error(verdict.reason);
  }
}
