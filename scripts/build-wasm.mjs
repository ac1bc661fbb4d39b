/**
 * Compiles src/wasm, which is AssemblyScript, to dist/wasm: a module for each of its entries. Called by `npm run build`
 * before the bundler.
 */

import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const ENTRIES = ['listing', 'header'];

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
for (const entry of ENTRIES) {
  // The modules keep no objects, so the runtime that collects them is left out.
  const options = [
    '--runtime',
    'stub',
    '--optimizeLevel',
    '3',
    '--noAssert',
    '--use',
    'abort=',
    '--enable',
    'simd',
  ];
  // Enough for a kernel: growing is dear, and memory that is not touched costs nothing.
  options.push('--initialMemory', '384');
  const { error, stderr } = await asc.main([
    `src/wasm/${entry}.ts`,
    '--outFile',
    `dist/wasm/${entry}.wasm`,
    ...options,
  ]);
  if (error === null) continue;
  console.error(`${stderr}${error.message}`);
  process.exitCode = 1;
}
