/**
 * Maps the kernel's own BTF into memory instead of reading it page by page: 0.6 ms instead of 7 ms.
 */

import { loadBinding } from './binding.ts';

/** Raised here and in map.c with every change of the interface, so that an addon that was built before is not called. */
const MAP_INTERFACE = 1;

/** What the addon `tspahole_map` exports; see map.c. */
interface MapBinding {
  /** The file's bytes, or undefined where it cannot be mapped. */
  map(path: string): ArrayBuffer | undefined;
  /**
   * Writes where each record of `words` starts, and answers how many there are; -1 where one is not as the words of
   * its kind say, undefined where the arrays are not what they should be.
   */
  readonly indexRecords: (
    words: Uint32Array,
    extraWords: Uint8Array,
    elementWords: Uint8Array,
    starts: Uint32Array,
  ) => number | undefined;
}

let binding: MapBinding | undefined;
let isLoaded = false;

/**
 * The bytes of a file directly below `/sys/kernel/btf/`, mapped read-only, or undefined for any other
 * path and wherever the file, the kernel, the runtime or a missing addon does not allow it: then read the
 * file. Never throws. **Writing to the bytes ends the process**: hand them only to code that reads.
 */
export function mapSysfs(path: string): Uint8Array | undefined {
  if (!/^\/sys\/kernel\/btf\/[^/]+$/.test(path)) return undefined;
  if (!isLoaded) {
    binding = loadBinding('tspahole_map', MAP_INTERFACE) as MapBinding | undefined;
    isLoaded = true;
  }
  const buffer = binding?.map(path);
  return buffer && new Uint8Array(buffer);
}

/** What finds the records of BTF that {@link mapSysfs} mapped, for `decodeBtf`; undefined before it mapped any. */
export function mappedIndexer(): MapBinding['indexRecords'] | undefined {
  return binding?.indexRecords;
}
