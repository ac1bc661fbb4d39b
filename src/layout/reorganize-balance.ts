/**
 * Balances of the search: a number for each class of units, kept as pairs of class and number, in the order of the
 * classes, for those where it is not 0.
 */

/** The number of a class in a balance. */
export function owedIn(balance: readonly number[], each: number): number {
  for (let at = 0; at < balance.length; at += 2) if (balance[at] === each) return balance[at + 1] as number;
  return 0;
}

/** A balance with another number for a class, in the order of classes. */
export function withOwed(balance: readonly number[], each: number, owed: number): number[] {
  const changed: number[] = [];
  let isDone = owed === 0;
  for (let at = 0; at < balance.length; at += 2) {
    const other = balance[at] as number;
    if (!isDone && other > each) {
      changed.push(each, owed);
      isDone = true;
    }
    if (other !== each) changed.push(other, balance[at + 1] as number);
  }
  if (!isDone) changed.push(each, owed);
  return changed;
}
