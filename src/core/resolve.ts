/**
 * Resolving CO-RE relocations: for each the candidates of its type in a target, the access in each of them, and
 * one value on which all agree. As libbpf does it (`bpf_core_calc_relo_insn`), or with one candidate for all
 * relocations of a type, so that no two layouts are ever mixed.
 */

import type { CoreRelocation } from '../btf/ext.ts';
import { TspaholeError } from '../model/errors.ts';
import { Kind } from '../model/kinds.ts';
import type { TypeId, TypeTable } from '../model/table.ts';
import { type AccessSpec, parseAccess } from './access.ts';
import { intFacts } from './elements.ts';
import { type Found, findAccess } from './find.ts';
import { CoreKind } from './kinds.ts';
import { essentialName } from './names.ts';
import type { Candidate, CoreTarget } from './target.ts';
import { type AccessValue, accessValue, valueOfAbsent } from './value.ts';

/**
 * How a candidate is chosen among several:
 * - `libbpf`: each relocation for itself; all candidates that have the access must agree on its value, and those
 *   that do not are no candidates for the relocations that follow.
 * - `consistent`: one for all relocations of a type, that in which the fewest fail; equally good ones must agree.
 */
export type CoreMode = 'libbpf' | 'consistent';

/** A candidate that was tried. */
export interface Trial {
  readonly candidate: Candidate;
  readonly found: Found;
  /** Absent where the access was not found, or has no value. */
  readonly value?: AccessValue;
}

/** A load or store whose size changes with the field's. */
export interface LoadChange {
  readonly localSize: number;
  readonly targetSize: number;
  /** Whether the loaded value stays right: of pointers, and of unsigned ints. */
  readonly isSafe: boolean;
}

/** What an instruction is to get. */
export interface CoreValue {
  readonly status: 'resolved';
  /** 64 bits, unsigned. */
  readonly value: bigint;
  /** What the instruction holds before; undefined where that cannot be known. */
  readonly expected: bigint | undefined;
  /** Only where the sizes differ. */
  readonly load?: LoadChange | undefined;
  /** The access in the target; absent where the target does not have it, and of local type ids. */
  readonly spec?: AccessSpec | undefined;
}

/** The target does not have what the instruction needs: it must not be run. */
export interface CorePoison {
  readonly status: 'poisoned';
  readonly reason: string;
}

/** The object cannot be loaded: malformed, ambiguous or not supported. */
export interface CoreFailure {
  readonly status: 'failed';
  readonly error: TspaholeError;
}

export type CoreOutcome = CoreValue | CorePoison | CoreFailure;

/** A relocation and what became of it. */
export interface CoreResolution<R extends CoreRelocation = CoreRelocation> {
  readonly relocation: R;
  /** The access in the types of the object; absent where it is malformed. */
  readonly spec?: AccessSpec | undefined;
  readonly trials: readonly Trial[];
  readonly outcome: CoreOutcome;
}

/** What {@link resolveRelocations} works on. */
export interface ResolveOptions {
  /** The types of the object. */
  readonly local: TypeTable;
  readonly target: CoreTarget;
  /** Default: `libbpf`. */
  readonly mode?: CoreMode | undefined;
}

/**
 * Resolves the relocations of an object, in their order. Never throws a TspaholeError: a relocation that cannot be
 * resolved is a failure among the results, and those after it are resolved all the same.
 */
export function resolveRelocations<R extends CoreRelocation>(
  relocations: readonly R[],
  { local, target, mode = 'libbpf' }: ResolveOptions,
): CoreResolution<R>[] {
  const lists = new Map<TypeId, readonly Candidate[]>();
  const candidatesOf = (typeId: TypeId): readonly Candidate[] => {
    const name = essentialName(local.name(typeId));
    const known = lists.get(typeId) ?? target.candidates(name, local.kind(typeId));
    lists.set(typeId, known);
    return known;
  };
  const chosen = mode === 'consistent' ? chooseCandidates(relocations, local, candidatesOf) : undefined;
  return relocations.map((relocation) => {
    const trials: Trial[] = [];
    let spec: AccessSpec | undefined;
    const outcome = caught(() => {
      spec = parseAccess(local, relocation);
      if (spec.kind === CoreKind.TypeIdLocal) return localId(spec);
      if (local.nameOffset(spec.rootId) === 0) throw anonymous();
      const candidates = chosen?.get(spec.rootId) ?? candidatesOf(spec.rootId);
      const result = agree(spec, candidates, trials);
      if (mode === 'libbpf') keepMatching(lists, spec.rootId, trials);
      else checkSameCandidates(trials);
      return result;
    });
    return { relocation, spec, trials, outcome };
  });
}

function caught(action: () => CoreOutcome): CoreOutcome {
  try {
    return action();
  } catch (error) {
    if (error instanceof TspaholeError) return { status: 'failed', error };
    throw error;
  }
}

function anonymous(): TspaholeError {
  return new TspaholeError('unsupported', 'a type without a name cannot be looked for');
}

function localId({ rootId }: AccessSpec): CoreValue {
  return { status: 'resolved', value: BigInt(rootId), expected: undefined };
}

/** Where any candidate has the access, those that do not are dropped for the relocations that follow. */
function keepMatching(
  lists: Map<TypeId, readonly Candidate[]>,
  typeId: TypeId,
  trials: readonly Trial[],
): void {
  const matching = trials.filter(({ value }) => value !== undefined).map(({ candidate }) => candidate);
  if (matching.length > 0) lists.set(typeId, matching);
}

/** Tries all candidates, which must agree. Throws what makes the whole object fail. */
function agree(local: AccessSpec, candidates: readonly Candidate[], trials: Trial[]): CoreOutcome {
  const expected = accessValue(local);
  let first: Trial | undefined;
  for (const candidate of candidates) {
    const found = findAccess(local, { table: candidate.owner.table, id: candidate.id });
    const number = trials.push({ candidate, found }) - 1;
    if (!('spec' in found)) continue;
    // A candidate whose value cannot be computed has been tried, too.
    const trial = { candidate, found, value: accessValue(found.spec, local.table.endian) };
    trials[number] = trial;
    first ??= trial;
    checkAgreement(first, trial);
  }
  if (first !== undefined) return resolved(local, expected, first);
  return absent(local, expected, trials);
}

function checkAgreement(first: Trial, other: Trial): void {
  const [left, right] = [specOf(first)?.bitOffset ?? 0, specOf(other)?.bitOffset ?? 0];
  if (left !== right) throw ambiguity(first, other, `offsets ${left / 8} and ${right / 8}`);
  const [here, there] = [first.value?.value, other.value?.value];
  if (here !== there) throw ambiguity(first, other, `values ${here} and ${there}`);
}

/** What only some of equally good candidates have would mix their layouts. */
function checkSameCandidates(trials: readonly Trial[]): void {
  const having = trials.find(({ value }) => value !== undefined);
  const lacking = trials.find(({ value }) => value === undefined);
  if (having !== undefined && lacking !== undefined) {
    throw ambiguity(having, lacking, 'a field that only one has');
  }
}

function specOf({ found }: Trial): AccessSpec | undefined {
  return 'spec' in found ? found.spec : undefined;
}

function ambiguity(first: Trial, other: Trial, what: string): TspaholeError {
  const ids = `types ${first.candidate.id} and ${other.candidate.id}`;
  return new TspaholeError('ambiguous', `${what} in ${ids} of the target`);
}

function resolved(local: AccessSpec, expected: AccessValue, trial: Trial): CoreValue {
  const { value, load } = trial.value as AccessValue;
  return {
    status: 'resolved',
    value,
    expected: expected.isCertain ? expected.value : undefined,
    load: loadChange({ spec: local, load: expected.load }, { spec: specOf(trial), load }),
    spec: specOf(trial),
  };
}

interface LoadAt {
  readonly spec: AccessSpec | undefined;
  readonly load: AccessValue['load'];
}

/** What a bitfield loads is not one field, and counts as nothing. */
function loadChange(local: LoadAt, target: LoadAt): LoadChange | undefined {
  const [localSize, targetSize] = [local.load?.byteSize ?? 0, target.load?.byteSize ?? 0];
  if (localSize === targetSize) return undefined;
  const [here, there] = [loadedAs(local), loadedAs(target)];
  return { localSize, targetSize, isSafe: here !== undefined && here === there };
}

/** As what a load may change its size: bits above are zero then. */
function loadedAs({ spec, load }: LoadAt): 'pointer' | 'unsigned' | undefined {
  if (spec === undefined || load === undefined) return undefined;
  const at = { table: spec.table, id: load.typeId };
  const kind = at.table.kind(at.id);
  if (kind === Kind.Pointer) return 'pointer';
  return kind === Kind.Int && intFacts(at).encoding !== SIGNED ? 'unsigned' : undefined;
}

/** The encoding of a signed int that is nothing else. */
const SIGNED = 1;

function absent(local: AccessSpec, expected: AccessValue, trials: readonly Trial[]): CoreOutcome {
  const value = valueOfAbsent(local.kind);
  if (value === undefined) return { status: 'poisoned', reason: absence(local, trials) };
  return { status: 'resolved', value, expected: expected.isCertain ? expected.value : undefined };
}

/** Why the target does not have the access. */
function absence({ table, rootId }: AccessSpec, trials: readonly Trial[]): string {
  const [first] = trials;
  if (first === undefined) return `no type ${essentialName(table.name(rootId))} in the target`;
  return 'difference' in first.found ? first.found.difference : 'not in the target';
}

/** For each type the candidates in which the most relocations are found. */
function chooseCandidates(
  relocations: readonly CoreRelocation[],
  local: TypeTable,
  candidatesOf: (typeId: TypeId) => readonly Candidate[],
): Map<TypeId, readonly Candidate[]> {
  const groups = new Map<TypeId, AccessSpec[]>();
  for (const relocation of relocations) {
    const spec = attempt(() => parseAccess(local, relocation));
    if (spec === undefined || spec.kind === CoreKind.TypeIdLocal) continue;
    const group = groups.get(spec.rootId);
    if (group === undefined) groups.set(spec.rootId, [spec]);
    else group.push(spec);
  }
  const chosen = new Map<TypeId, readonly Candidate[]>();
  for (const [typeId, specs] of groups) {
    const candidates = attempt(() => candidatesOf(typeId));
    if (candidates !== undefined) chosen.set(typeId, best(specs, candidates));
  }
  return chosen;
}

/** The candidates in which equally few relocations fail, and no others do in fewer. */
function best(specs: readonly AccessSpec[], candidates: readonly Candidate[]): readonly Candidate[] {
  let fewest = specs.length;
  let chosen: Candidate[] = [];
  for (const candidate of candidates) {
    const missing = specs.filter((spec) => !hasAccess(spec, candidate)).length;
    if (missing > fewest || missing === specs.length) continue;
    if (missing < fewest) chosen = [];
    fewest = missing;
    chosen.push(candidate);
  }
  return chosen.length > 0 ? chosen : candidates;
}

function hasAccess(spec: AccessSpec, { owner, id }: Candidate): boolean {
  return (
    attempt(() => {
      const found = findAccess(spec, { table: owner.table, id });
      return 'spec' in found ? accessValue(found.spec) : undefined;
    }) !== undefined
  );
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof TspaholeError) return undefined;
    throw error;
  }
}
