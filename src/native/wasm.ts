/**
 * Loads the loops of this package that are compiled to WebAssembly, from src/wasm. What runs once over a whole kernel is
 * over before the engine has compiled JavaScript well; WebAssembly it compiles within a millisecond.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is used of the runtime's own, which the types of node leave out. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: WasmImports) => { readonly exports: object };
};

/** Functions that a module calls, by the path of the file that declares them. */
export type WasmImports = Readonly<Record<string, object>>;

/** Whether a module has ended where it must not go on, which is what it does when memory runs out. */
export function isTrap(error: unknown): boolean {
  return error instanceof Error && error.name === 'RuntimeError';
}

/** Where the package's root lies from here: two folders up from src/native and dist/cli, three from dist/lib/native. */
const ROOTS: readonly string[] = ['../..', '../../..'];

/**
 * A new instance of the module `name`, or undefined where it is not built or this runtime does not take it. Never
 * throws.
 */
export function loadWasm(name: string, imports: WasmImports = {}): object | undefined {
  for (const root of ROOTS) {
    try {
      const bytes = readFileSync(join(import.meta.dirname, root, 'dist/wasm', `${name}.wasm`));
      return new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports;
    } catch {
      // Not there, or no WebAssembly.
    }
  }
  return undefined;
}
