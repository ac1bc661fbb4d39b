/**
 * The checks of the kernel's BTF verifier (`BPF_BTF_LOAD`), in user space and for any byte order, so
 * that a writer learns what is wrong with its BTF before it is on the target. Rules are those of Linux
 * 6.18 (linux kernel/bpf/btf.c); where another kernel differs, the rule's comment says so.
 *
 *   1. header and sections (verify/header.ts)
 *   2. each record by itself (verify/records.ts)
 *   3. references (verify/resolve.ts)
 *
 * Not checked: what the kernel wants of structs with fields of its own (`bpf_spin_lock`, `bpf_timer`,
 * `contains:` tags and so on), and the order of types by name.
 */

import { TspaholeError } from '../model/errors.ts';
import type { TypeTable } from '../model/table.ts';
import { decodeBtf } from './decode.ts';
import { verifyHeader } from './verify/header.ts';
import { type BtfProblem, isFull, type ProblemList, reportBlob } from './verify/problems.ts';
import { MAX_TYPE_ID, verifyRecords } from './verify/records.ts';
import { verifyReferences } from './verify/resolve.ts';

export { type BtfProblem, type BtfProblemCode, formatProblem } from './verify/problems.ts';

/** What {@link verifyBtf} is told besides the bytes. */
export interface VerifyBtfOptions {
  /** Table that `bytes` continue. It is taken to be right. */
  readonly base?: TypeTable | undefined;
  /** Number of problems to stop at. Default 100. */
  readonly limit?: number | undefined;
  /** Bytes in a pointer. Default: as {@link decodeBtf} tells it. */
  readonly pointerSize?: number | undefined;
}

const DEFAULT_LIMIT = 100;

/**
 * What the kernel would reject in a BTF blob: problems of the blob first, then those of types, in id
 * order within each pass. Empty when it would load the blob. Never throws on malformed input.
 * The byte order need not be the host's, which a running kernel would insist on.
 */
export function verifyBtf(bytes: Uint8Array, options: VerifyBtfOptions = {}): BtfProblem[] {
  const { base, pointerSize, limit = DEFAULT_LIMIT } = options;
  const list: ProblemList = { problems: [], limit };
  verifyHeader(list, bytes, base !== undefined);
  const table = tryDecode(list, bytes, { base, pointerSize });
  if (table !== undefined) verifyTypes(list, table);
  return list.problems;
}

function verifyTypes(list: ProblemList, table: TypeTable): void {
  if (table.end - 1 > MAX_TYPE_ID) reportBlob(list, 'type-count', `there are ${table.end - 1} types`);
  const failed = verifyRecords(list, table);
  if (!isFull(list)) verifyReferences(list, table, failed);
}

function tryDecode(
  list: ProblemList,
  bytes: Uint8Array,
  options: Pick<VerifyBtfOptions, 'base' | 'pointerSize'>,
): TypeTable | undefined {
  try {
    return decodeBtf(bytes, options);
  } catch (error) {
    if (!(error instanceof TspaholeError)) throw error;
    // Mostly what the header's checks found as well.
    if (list.problems.length === 0) reportBlob(list, 'unreadable', error.message);
    return undefined;
  }
}
