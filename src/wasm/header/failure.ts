/** How a header ends early: the host throws what the numbers here stand for, through the code that called. */

/** A type contains itself. */
export const CYCLE: i32 = 1;
/** A type leads to more types than can be followed. */
export const TOO_ENTANGLED: i32 = 2;
/** Types are nested too deep. */
export const TOO_DEEP: i32 = 3;
/** Types repeat one another so much that the header would have no end. */
export const TOO_LARGE: i32 = 4;

/** Provided by the host; throws. */
declare function fail(reason: i32, id: u32): void;

export function giveUp(reason: i32, id: u32): void {
  fail(reason, id);
  unreachable();
}

/** Unnamed types, parameter lists and brackets within one another. Compilers accept 256. */
export const MAX_NESTING: i32 = 512;

/** Steps for each type before a walk is given up: chains of prototypes can fork at every type. */
const MAX_STEPS_PER_TYPE: i64 = 64;
const MIN_STEPS: i64 = 1 << 20;

/** Steps after which a walk over `count` types is given up. */
export function stepsFor(count: u32): i64 {
  return MIN_STEPS + MAX_STEPS_PER_TYPE * <i64>count;
}
