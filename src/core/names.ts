/** Flavors: `task_struct___old` stands for `task_struct` in a target, and so do all other flavors of it. */

/**
 * The name without its flavor: what is left of the last three underscores that stand between two characters
 * which are none.
 */
export function essentialName(name: string): string {
  for (let at = name.lastIndexOf('___'); at > 0; at = name.lastIndexOf('___', at - 1)) {
    const [before, behind] = [name[at - 1], name[at + 3]];
    if (before !== '_' && behind !== undefined && behind !== '_') return name.slice(0, at);
  }
  return name;
}
