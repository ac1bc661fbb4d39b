/**
 * A bound for the search: what the rest of a walk costs at least if any class could be inserted any number of
 * times and lifted units need not be inserted at all. A lift and an insertion are one step each, two of them a move.
 */

import { endOf, type Unit, usedBits } from './reorganize-place.ts';

/** No way to the end. */
const NEVER = 255;

export interface RelaxedInput {
  readonly units: readonly Unit[];
  /** A unit of each class. */
  readonly samples: readonly Unit[];
  readonly isFixed: readonly boolean[];
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
  readonly #residues: number;
  readonly #levels: number;
  /** Steps from each unit, residue and number of grains that may be wasted still. */
  readonly #costs: Uint8Array | undefined;

  constructor(input: RelaxedInput) {
    const { units, alignment, budget, maxEntries } = input;
    this.#grain = grainOf(units);
    this.#levels = Math.floor(Math.max(0, budget) / this.#grain) + 1;
    const entries = (residues: number): number => (units.length + 1) * residues * this.#levels;
    let cap = alignment;
    while (cap > 1 && entries((cap * 8) / this.#grain) > maxEntries) cap /= 2;
    this.#residues = Math.max(1, (cap * 8) / this.#grain);
    const isPossible = budget >= 0 && units.length > 0 && entries(this.#residues) <= maxEntries;
    this.#costs = isPossible ? this.#compute(input, cap) : undefined;
  }

  /** Steps that are needed at least from before the unit `index` on; infinity where nothing helps. */
  from(index: number, bit: number, left: number): number {
    if (this.#costs === undefined) return 0;
    const residue = (bit / this.#grain) % this.#residues;
    const at = (index * this.#residues + residue) * this.#levels + Math.floor(left / this.#grain);
    const cost = this.#costs[at] as number;
    return cost === NEVER ? Number.POSITIVE_INFINITY : cost;
  }

  #compute({ units, samples, isFixed, leading }: RelaxedInput, cap: number): Uint8Array {
    const size = this.#residues * this.#levels;
    const costs = new Uint8Array((units.length + 1) * size).fill(NEVER);
    costs.fill(0, units.length * size);
    const known = new Map<string, readonly Step[]>();
    const stepsOf = (unit: Unit): readonly Step[] => {
      const steps = this.#steps({ ...unit, alignment: Math.min(unit.alignment, cap) });
      const key = steps.map(({ to, wasted }) => `${to}/${wasted}`).join();
      known.set(key, known.get(key) ?? steps);
      return known.get(key) as readonly Step[];
    };
    // Classes that do the same count once.
    const insertions = [...new Set(samples.map(stepsOf))];
    for (let index = units.length - 1; index >= 0; index--) {
      const row = costs.subarray(index * size, (index + 1) * size);
      const next = costs.subarray((index + 1) * size, (index + 2) * size);
      this.#keepOrLift(row, next, stepsOf(units[index] as Unit), isFixed[index] === true);
      if (index >= leading) this.#insert(row, insertions);
    }
    return costs;
  }

  #steps(unit: Unit): Step[] {
    const used = usedBits(unit);
    return Array.from({ length: this.#residues }, (_, residue) => {
      const bit = residue * this.#grain;
      const end = endOf(bit, unit);
      return {
        to: (end / this.#grain) % this.#residues,
        wasted: Math.ceil((end - bit - used) / this.#grain),
      };
    });
  }

  #keepOrLift(row: Uint8Array, next: Uint8Array, steps: readonly Step[], isFixed: boolean): void {
    for (let residue = 0; residue < this.#residues; residue++) {
      const { to, wasted } = steps[residue] as Step;
      for (let left = 0; left < this.#levels; left++) {
        const lifted = isFixed ? NEVER : plusOne(next[residue * this.#levels + left] as number);
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

function plusOne(cost: number): number {
  return cost >= NEVER - 1 ? cost : cost + 1;
}

/** The largest number of bits that all places and sizes are multiples of. */
function grainOf(units: readonly Unit[]): number {
  let grain = 8 * 1024;
  for (const { alignment, byteSize, fields } of units) {
    if (fields !== undefined) return 1;
    while ((byteSize * 8) % grain !== 0 || (alignment * 8) % grain !== 0) grain /= 2;
  }
  return grain;
}
