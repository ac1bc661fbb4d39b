/** A probe with all its arguments worked out: what every output format is made from. */

import type { TypeId, TypeTable } from '../model/table.ts';
import type { FuncProtoType } from '../model/types.ts';
import type { Architecture } from './architectures.ts';
import type { Passing } from './calling-convention.ts';
import type { Argument, Definition, ProbeKind } from './definition.ts';
import type { Warning } from './warning.ts';

/** One recorded value. */
export interface ProbeArgument {
  /** Undefined where the kernel numbers it. */
  readonly name: string | undefined;
  /** What tracefs fetches, and as what. */
  readonly body: string;
  readonly type: string | undefined;
  /** What it was written as. */
  readonly source: Argument;
  /** Its type in C, where that is known. */
  readonly typeId: TypeId | undefined;
}

/** The function at which a probe stands. */
export interface ProbeFunction {
  readonly table: TypeTable;
  /** Its FUNC, or the prototype itself where that is all there is. */
  readonly id: TypeId;
  readonly name: string;
  readonly proto: FuncProtoType;
  /** Leading parameters that the probe does not count: the private one of tracepoints. */
  readonly hidden: number;
  /** Where the parameters are, the hidden ones left out. */
  readonly passings: readonly Passing[];
}

/** One probe. */
export interface Probe {
  readonly definition: Definition;
  /** As it is written out: an older target may get another kind than was asked for. */
  readonly kind: ProbeKind;
  /** Whether a return probe is written with `%return`. */
  readonly hasReturnSuffix: boolean;
  readonly architecture: Architecture;
  readonly group: string;
  readonly event: string;
  /** The function or place, without suffix. */
  readonly place: string;
  readonly args: readonly ProbeArgument[];
  readonly function: ProbeFunction | undefined;
  readonly warnings: readonly Warning[];
}
