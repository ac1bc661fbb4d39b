/** What the command line uses beyond the public interface. Not stable. */

export type { EmitContext } from './emit/context.ts';
export { SeenComposites } from './emit/same-composite.ts';
export { type SortEntry, sortAsPahole, sortByName } from './emit/sort.ts';
export { systemCachelineSize } from './layout/cacheline.ts';
export { type TypeFilter, typeFilter } from './layout/filter.ts';
export { emptyWaste } from './layout/placement.ts';
export { firstTypedefs } from './model/queries.ts';
