/**
 * Maps the kernel's own BTF into memory instead of reading it page by page: 0.6 ms instead of 7 ms.
 */

import { loadBinding } from './binding.ts';

/** Where the running kernel offers its types. */
export const RUNNING_KERNEL_BTF = '/sys/kernel/btf/vmlinux';

/** Raised here and in map.c with every change of the interface, so that an addon that was built before is not called. */
const MAP_INTERFACE = 2;

/** What the addon `tspahole_map` exports; see map.c. */
interface MapBinding {
  /** The file's bytes, or undefined where it cannot be mapped. */
  map(path: string): ArrayBuffer | undefined;
  /** Has the kernel find the memory of an array at once, which costs less than a fault for each page. */
  populate(into: Uint8Array): void;
  /** Ends the process at once. */
  leave(code: number): void;
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
  const buffer = isSysfs(path) ? mapBinding()?.map(path) : undefined;
  return buffer && new Uint8Array(buffer);
}

/** Prepares memory that has not been touched and is about to be written. Without the addon it does nothing. */
export function populate(into: Uint8Array): void {
  binding?.populate(into);
}

function isSysfs(path: string): boolean {
  return /^\/sys\/kernel\/btf\/[^/]+$/.test(path);
}

function mapBinding(): MapBinding | undefined {
  if (!isLoaded) {
    binding = loadBinding('tspahole_map', MAP_INTERFACE) as MapBinding | undefined;
    isLoaded = true;
  }
  return binding;
}

/**
 * What finds records faster than a loop that was just loaded, for `decodeBtf`: undefined where the addon is missing, or has
 * not been loaded and would take longer to load than it saves with so many bytes of records.
 */
export function recordIndexer(byteSize: number): MapBinding['indexRecords'] | undefined {
  return byteSize >= WORTH_LOADING ? mapBinding()?.indexRecords : binding?.indexRecords;
}

const WORTH_LOADING = 1 << 20;

/**
 * Ends the process with an exit code at once, where the addon has been loaded: taking node apart takes milliseconds. Only
 * for a process that has written all that it has to write. Where something waits for the end of the process, it returns.
 */
export function leaveAtOnce(code: number): void {
  const { env, execArgv } = process;
  const isWatched =
    execArgv.length > 0 || env.NODE_OPTIONS !== undefined || env.NODE_V8_COVERAGE !== undefined;
  if (!isWatched && process.listenerCount('exit') === 0) binding?.leave(code);
}
