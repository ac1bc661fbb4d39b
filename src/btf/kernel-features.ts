/** What kernels understand of BTF: what came later than BTF itself (Linux 4.18), and when. */

import { TspaholeError } from '../model/errors.ts';

/** Parts of BTF that a kernel may not know yet; libbpf asks for the same ones (its `FEAT_BTF_*`). */
export interface KernelFeatures {
  /** FUNC and FUNC_PROTO. */
  readonly func: boolean;
  /** VAR and DATASEC. */
  readonly datasec: boolean;
  /** Functions of other linkage than static. */
  readonly funcGlobal: boolean;
  /** FLOAT. */
  readonly float: boolean;
  /** DECL_TAG. */
  readonly declTag: boolean;
  /** TYPE_TAG. */
  readonly typeTag: boolean;
  /** ENUM64, and signed enums. */
  readonly enum64: boolean;
  /** Names of sections that begin with `?`. */
  readonly optionalDatasec: boolean;
}

/** The first version of Linux with each. */
const SINCE: Readonly<Record<keyof KernelFeatures, readonly [major: number, minor: number]>> = {
  func: [5, 0],
  datasec: [5, 2],
  funcGlobal: [5, 6],
  float: [5, 13],
  declTag: [5, 16],
  typeTag: [5, 17],
  enum64: [6, 0],
  optionalDatasec: [6, 9],
};

/**
 * What a version of Linux understands, as `5.4` or `6.1.0-18-amd64`. Distributions bring some of it to older kernels.
 * Throws `usage` for what is no version.
 */
export function kernelFeatures(version: string): KernelFeatures {
  const [, major, minor] = /^(\d+)\.(\d+)(?!\d)/.exec(version) ?? [];
  if (major === undefined || minor === undefined) {
    throw new TspaholeError('usage', `'${version}' is no version of Linux, as 5.4 is one`);
  }
  const isSince = ([sinceMajor, sinceMinor]: readonly [number, number]): boolean =>
    Number(major) > sinceMajor || (Number(major) === sinceMajor && Number(minor) >= sinceMinor);
  const entries = Object.entries(SINCE).map(([feature, since]) => [feature, isSince(since)]);
  return Object.fromEntries(entries) as KernelFeatures;
}
