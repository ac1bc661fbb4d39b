/** What the module calls of its host. */

/** Copies names to their place in the memory up to the offset `end`; those before `start` are there. */
export declare function readNames(start: u32, end: u32): void;
