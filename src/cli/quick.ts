/** `tspahole -C NAME`, the most usual command line of all, without the code of the listing. */

import { RUNNING_KERNEL_BTF } from '../index.ts';
import { listQuickly, systemCachelineSize } from '../internal.ts';
import type { ParsedArguments } from './argp.ts';
import type { Streams } from './run.ts';
import type { ListSettings } from './settings.ts';

/** Options that change nothing else than {@link printQuickly} takes into account. */
const KNOWN: readonly string[] = ['class_name', 'cacheline_size', 'compat'];

/** As many names as a listing finds one by one. */
const FEW_NAMES = 4;

const SYSFS_BTF = '/sys/kernel/btf/';

/** Where the types are, and what may be left out, for a user's environment. */
const VARIABLES: readonly string[] = ['PAHOLE_VMLINUX_BTF_FILENAME', 'PAHOLE_LANG_EXCLUDE'];

/**
 * Prints the types of the running kernel, or of a file of BTF, that are asked for by name, where nothing more is asked for
 * and all are there.
 * Returns false where the listing must do it, or say what is wrong; nothing has been printed then.
 */
export function printQuickly(
  { operands, options }: ParsedArguments,
  { cachelineSize, classNames, compat }: ListSettings,
  { env, out }: Streams,
): boolean {
  const path = operands[0]?.text ?? RUNNING_KERNEL_BTF;
  const isKnown = options.every(({ option }) => KNOWN.includes(option.name));
  const isChanged = VARIABLES.some((name) => env[name] !== undefined);
  const areFew = classNames.length > 0 && classNames.length <= FEW_NAMES;
  if (!isKnown || isChanged || !areFew || operands.length > 1) return false;
  // The BTF of a module has a base, and scopes are the listing's.
  if (path.startsWith(SYSFS_BTF) && path !== RUNNING_KERNEL_BTF) return false;
  if (classNames.some((name) => /[:<]/.test(name))) return false;
  const text = listQuickly(path, classNames, {
    cachelineSize: cachelineSize ?? systemCachelineSize(),
    compat,
  });
  if (text !== undefined) out.write(text);
  return text !== undefined;
}
