/** For test/hostile/dwarf-bytes.test.ts; what is made for the test of the C++ alone is not said here. */
export function elfWithEqualUnits(counts: {
  readonly units: number;
  readonly abbreviations: number;
}): Uint8Array;
