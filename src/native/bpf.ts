/** Asks the running kernel what it thinks of BTF (`BPF_BTF_LOAD`). */

import { getSystemErrorName } from 'node:util';
import { loadBinding, whyNoBinding } from './binding.ts';

/** Raised here and in bpf.c with every change of the interface, so that an addon that was built before is not called. */
const BPF_INTERFACE = 1;

/** What the addon `tspahole_bpf` exports; see bpf.c. */
interface BpfBinding {
  /** 0, or the number of the error. Without room for a log none is written. */
  loadBtf(btf: Uint8Array, log: Uint8Array): number | undefined;
}

/** What the kernel says. */
export type KernelVerdict =
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'refused';
      /** Name of the error, as `EINVAL`. */
      readonly error: string;
      /** What the kernel wrote about it, the last part if it is long; may be empty. Names are as the blob has them. */
      readonly log: string;
    }
  | {
      /** It could not be asked. */
      readonly kind: 'unavailable';
      readonly reason: string;
    };

/** Room for the log of some types, and the most that every kernel takes. */
const LOG_BYTES = [0x1_0000, 0xff_ffff] as const;

const EPERM = 1;
const ENOSPC = 28;
const ENOSYS = 38;

/**
 * Gives a BTF blob to the running kernel, which forgets it at once. It takes base BTF in its own byte order, up to
 * 16 MiB, from processes with CAP_BPF. Never throws. Costs some milliseconds, for whole kernels tens of them.
 */
export function askKernel(btf: Uint8Array): KernelVerdict {
  const binding = loadBinding('tspahole_bpf', BPF_INTERFACE) as BpfBinding | undefined;
  if (binding === undefined) {
    const why = whyNoBinding('tspahole_bpf', BPF_INTERFACE) ?? 'it is not built (npm run build:native)';
    return unavailable(`the addon tspahole_bpf is missing: ${why}`);
  }
  // A log that is too short for all types is an error of its own, so the first attempt goes without.
  const errno = binding.loadBtf(btf, new Uint8Array(0));
  switch (errno) {
    case 0:
      return { kind: 'accepted' };
    case EPERM:
      return unavailable('it is not permitted; it takes root or CAP_BPF');
    case ENOSYS:
    case undefined:
      return unavailable('this system has no bpf');
    default:
      return { kind: 'refused', error: errorName(errno), log: logOf(binding, btf) };
  }
}

function unavailable(reason: string): KernelVerdict {
  return { kind: 'unavailable', reason };
}

/** The whole log where it has room; else since 6.4 its end, before its beginning. */
function logOf(binding: BpfBinding, btf: Uint8Array): string {
  let text = '';
  for (const size of LOG_BYTES) {
    const log = Buffer.alloc(size);
    const errno = binding.loadBtf(btf, log);
    const end = log.indexOf(0);
    text = log.toString('utf8', 0, end < 0 ? undefined : end);
    if (errno !== ENOSPC) break;
  }
  return text;
}

/** Errors of the kernel that no other program sees have no name in the C library. */
const ENOTSUPP = 524;

function errorName(errno: number): string {
  return errno === ENOTSUPP ? 'ENOTSUPP' : getSystemErrorName(-errno);
}
