/** What an interrupt, Ctrl-C, leaves on a terminal. The addon answers it, also while JavaScript is busy. */

import { loadBinding } from './binding.ts';

/** What the addon exports for this; see dwarf/native/interrupt.h. */
interface InterruptBinding {
  writeAtInterrupt(descriptor: number, text: string): void;
}

let binding: InterruptBinding | undefined;

/**
 * From now on an interrupt writes `text`, of at most 16 bytes, to the descriptor before it ends the process;
 * with '' it only does the latter. Without the addon, and so without DWARF, it does nothing.
 */
export function eraseAtInterrupt(descriptor: number, text: string): void {
  binding ??= loadBinding('tspahole_dwarf') as InterruptBinding | undefined;
  binding?.writeAtInterrupt(descriptor, text);
}
