/**
 * A bound for the search: what the rest of a walk costs at least if any class could be inserted any number of
 * times and lifted units need not be inserted at all. A lift and an insertion are one step each, two of them a move.
 *
 * Places count in grains, rounded down: a state that lies further to the front, as if less were wasted, is never worse.
 * What bitfields use beyond whole grains is given back beforehand, once for each of them.
 */

import { endOf, type Unit, usedBits } from './reorganize-place.ts';

/** No way to the end. */
const NEVER = 255;

export interface RelaxedInput {
  readonly units: readonly Unit[];
  /** A unit of each class. */
  readonly samples: readonly Unit[];
  readonly isFixed: readonly boolean[];
  /** Units that cost two steps to lift and are not inserted. */
  readonly isNeutral: readonly boolean[];
  readonly leading: number;
  /** Of the struct, in bytes. */
  readonly alignment: number;
  /** Bits that may be wasted in all. */
  readonly budget: number;
  /** Entries that the table may have. Where it needs more, large alignments count as smaller ones. */
  readonly maxEntries: number;
}

/** What taking a unit does at a residue. */
interface Step {
  readonly to: number;
  readonly wasted: number;
}

export class RelaxedCosts {
  readonly #grain: number;
  /** Bits of bitfields that fill no grain: counted as bits that may be wasted, since places are rounded down. */
  readonly #rest: number;
  readonly #residues: number;
  readonly #levels: number;
  /** Steps from each unit, residue and number of grains that may be wasted still. */
  readonly #costs: Uint8Array | undefined;

  constructor(input: RelaxedInput) {
    const { units, alignment, budget, maxEntries } = input;
    this.#grain = grainOf(units);
    this.#rest = units.reduce((sum, unit) => sum + (usedBits(unit) % this.#grain), 0);
    this.#levels = Math.floor((Math.max(0, budget) + this.#rest) / this.#grain) + 2;
    const entries = (residues: number): number => (units.length + 1) * residues * this.#levels;
    let cap = alignment;
    while (cap > 1 && entries((cap * 8) / this.#grain) > maxEntries) cap /= 2;
    this.#residues = Math.max(1, (cap * 8) / this.#grain);
    const isPossible = budget >= 0 && units.length > 0 && entries(this.#residues) <= maxEntries;
    this.#costs = isPossible ? this.#compute(input, cap) : undefined;
  }

  /** Of the table. */
  get entries(): number {
    return this.#costs?.length ?? 0;
  }

  /** Steps that are needed at least from before the unit `index` on; infinity where nothing helps. */
  from(index: number, bit: number, left: number): number {
    if (this.#costs === undefined) return 0;
    const residue = Math.floor(bit / this.#grain) % this.#residues;
    const level = Math.floor((left + (bit % this.#grain) + this.#rest) / this.#grain);
    const at = (index * this.#residues + residue) * this.#levels + level;
    const cost = this.#costs[at] as number;
    return cost === NEVER ? Number.POSITIVE_INFINITY : cost;
  }

  #compute({ units, samples, isFixed, isNeutral, leading }: RelaxedInput, cap: number): Uint8Array {
    const size = this.#residues * this.#levels;
    const costs = new Uint8Array((units.length + 1) * size).fill(NEVER);
    costs.fill(0, units.length * size);
    const known = new Map<string, readonly Step[]>();
    const stepsOf = (unit: Unit): readonly Step[] => {
      const steps = this.#steps(capped(unit, cap));
      const key = steps.map(({ to, wasted }) => `${to}/${wasted}`).join();
      known.set(key, known.get(key) ?? steps);
      return known.get(key) as readonly Step[];
    };
    const liftCost = (index: number): number => (isFixed[index] ? NEVER : isNeutral[index] ? 2 : 1);
    // Classes that do the same count once.
    const insertions = [...new Set(samples.map(stepsOf))];
    for (let index = units.length - 1; index >= 0; index--) {
      const row = costs.subarray(index * size, (index + 1) * size);
      const next = costs.subarray((index + 1) * size, (index + 2) * size);
      this.#keepOrLift(row, next, stepsOf(units[index] as Unit), liftCost(index));
      if (index >= leading) this.#insert(row, insertions);
    }
    return costs;
  }

  #steps(unit: Unit): Step[] {
    const used = Math.floor(usedBits(unit) / this.#grain);
    return Array.from({ length: this.#residues }, (_, residue) => {
      const end = Math.floor(endOf(residue * this.#grain, unit) / this.#grain);
      return { to: end % this.#residues, wasted: end - residue - used };
    });
  }

  #keepOrLift(row: Uint8Array, next: Uint8Array, steps: readonly Step[], lift: number): void {
    for (let residue = 0; residue < this.#residues; residue++) {
      const { to, wasted } = steps[residue] as Step;
      for (let left = 0; left < this.#levels; left++) {
        const lifted = Math.min(NEVER, (next[residue * this.#levels + left] as number) + lift);
        const kept = left < wasted ? NEVER : (next[to * this.#levels + left - wasted] as number);
        row[residue * this.#levels + left] = Math.min(lifted, kept);
      }
    }
  }

  /** Insertions lead from one place before a unit to another; repeated until none makes anything cheaper. */
  #insert(row: Uint8Array, insertions: readonly (readonly Step[])[]): void {
    for (let changed = true; changed; ) {
      changed = false;
      for (let residue = 0; residue < this.#residues; residue++) {
        for (const steps of insertions) {
          const { to, wasted } = steps[residue] as Step;
          for (let left = wasted; left < this.#levels; left++) {
            const cost = plusOne(row[to * this.#levels + left - wasted] as number);
            if (cost >= (row[residue * this.#levels + left] as number)) continue;
            row[residue * this.#levels + left] = cost;
            changed = true;
          }
        }
      }
    }
  }
}

/** A unit as it is where places are known modulo `cap` bytes only; bitfields of larger types then waste nothing. */
function capped(unit: Unit, cap: number): Unit {
  const isLarge = unit.fields?.some(({ unitSize }) => unitSize > cap) ?? false;
  const field = { member: undefined, bitSize: usedBits(unit), unitSize: Number.MAX_SAFE_INTEGER / 16 };
  return isLarge ? { ...unit, fields: [field] } : { ...unit, alignment: Math.min(unit.alignment, cap) };
}

function plusOne(cost: number): number {
  return cost >= NEVER - 1 ? cost : cost + 1;
}

/** The largest number of bits that all places and sizes are multiples of, but for those of bitfields. */
function grainOf(units: readonly Unit[]): number {
  let grain = units.some(({ fields }) => fields !== undefined) ? 8 : 8 * 1024;
  for (const { alignment, byteSize, fields } of units) {
    if (fields !== undefined) continue;
    while ((byteSize * 8) % grain !== 0 || (alignment * 8) % grain !== 0) grain /= 2;
  }
  return grain;
}
