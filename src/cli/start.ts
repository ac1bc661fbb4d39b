/**
 * Loads the bundle's chunks in place of node's `require`, with the bytecode that `npm run build` left beside
 * them. Compiling is the larger half of loading, and a start is short enough that one feels it.
 *
 * V8 refuses bytecode of another version or other flags and compiles instead; so does a missing file.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Script } from 'node:vm';

/** What the chunk `main.js` exports. */
interface Main {
  main(argv: readonly string[]): Promise<void>;
  leave(): never;
}

interface Chunk {
  readonly exports: object;
  readonly script: Script;
}

const chunks = new Map<string, Chunk>();

/** Runs the command line of this process. */
export function start(argv: readonly string[] = process.argv): Promise<void> {
  return (requireFromChunk('./main.js') as Main).main(argv);
}

/** Ends this process after {@link start}. */
export function leave(): never {
  return (requireFromChunk('./main.js') as Main).leave();
}

/** The chunks loaded so far, by the name that the others require them by. */
export function loadedChunks(): ReadonlyMap<string, Chunk> {
  return chunks;
}

function requireFromChunk(specifier: string): unknown {
  if (!specifier.startsWith('./')) return process.getBuiltinModule(specifier);
  const known = chunks.get(specifier);
  if (known !== undefined) return known.exports;
  const filename = join(import.meta.dirname, specifier);
  const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(filename, 'utf8')}\n})`;
  const script = new Script(source, { filename, cachedData: readBytecode(filename) });
  const module = { exports: {} };
  chunks.set(specifier, { exports: module.exports, script });
  const evaluate = script.runInThisContext() as (...args: unknown[]) => void;
  evaluate(module.exports, requireFromChunk, module, filename, import.meta.dirname);
  return module.exports;
}

function readBytecode(filename: string): Buffer | undefined {
  try {
    return readFileSync(`${filename}.bytecode`);
  } catch {
    return undefined;
  }
}
