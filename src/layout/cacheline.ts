/** The size of a cacheline of this machine. */

import { readFileSync } from 'node:fs';

const SYSFS_LINE_SIZE = '/sys/devices/system/cpu/cpu0/cache/index0/coherency_line_size';
const FALLBACK = 64;

/** Bytes in a line of the first-level data cache; 64 where the system does not say. */
export function systemCachelineSize(): number {
  try {
    const size = Number.parseInt(readFileSync(SYSFS_LINE_SIZE, 'latin1'), 10);
    return size > 0 ? size : FALLBACK;
  } catch {
    return FALLBACK;
  }
}
