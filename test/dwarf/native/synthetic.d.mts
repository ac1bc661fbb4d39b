/** For the tests in TypeScript; what is made for the test of the C++ alone is not said here. */

/** A DIE, an attribute or a unit on its way into a file. */
export type Part = object & { readonly part: unique symbol };

export const TAG: Readonly<
  Record<'structureType' | 'member' | 'pointerType' | 'subroutineType' | 'formalParameter', number>
>;
export function text(value: string): Part;
export function number(value: number): Part;
/** A reference to the DIE with this label. */
export function ref(label: string): Part;
export function die(
  tag: number,
  attributes?: Readonly<Record<string, Part>>,
  children?: readonly Part[],
  options?: { readonly label?: string },
): Part;
export function unit(children: readonly Part[]): Part;
export function elfWithUnits(units: readonly Part[]): Uint8Array;
export function elfWithEqualUnits(counts: {
  readonly units: number;
  readonly abbreviations: number;
}): Uint8Array;
