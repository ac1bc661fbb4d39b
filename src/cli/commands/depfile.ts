/** Depfiles, by which make and ninja know what a target is made from. */

/** The rule that `target` is made from `inputs`. */
export function depfileText(target: string, inputs: readonly string[]): string {
  return `${escaped(target)}: ${inputs.map(escaped).join(' ')}\n`;
}

function escaped(path: string): string {
  return path.replaceAll('$', '$$$$').replaceAll(/[ #\\]/g, (character) => `\\${character}`);
}
