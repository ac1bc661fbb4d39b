/**
 * The bundle of the command line: CommonJS, since an ES module costs 5 ms at every start, and split at
 * each `import()`, so that a start loads only what its command needs. Commander is inside, in a chunk of
 * its own, so that the command line runs without node_modules.
 */

import { readFileSync } from 'node:fs';
import { defineConfig } from 'rolldown';

const commanderLicense = () =>
  `This directory contains commander (https://github.com/tj/commander.js).\n\n${readFileSync(
    new URL('node_modules/commander/LICENSE', import.meta.url),
    'utf8',
  )}`;

/** Says that dist/cli is CommonJS inside an ES module package, and whose code lies in it. */
const companions = {
  name: 'companions',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName: 'package.json', source: '{ "type": "commonjs" }\n' });
    this.emitFile({ type: 'asset', fileName: 'THIRD-PARTY-LICENSES', source: commanderLicense() });
  },
};

export default defineConfig({
  input: { main: 'src/cli/main.ts', start: 'src/cli/start.ts' },
  platform: 'node',
  // What other chunks share with the entry stays in it.
  preserveEntrySignatures: 'allow-extension',
  plugins: [companions],
  transform: { target: 'node20' },
  output: {
    dir: 'dist/cli',
    cleanDir: true,
    format: 'cjs',
    // Half the size to read and to hold; stack traces are not shown to users.
    minify: { compress: false, mangle: false, codegen: true },
    entryFileNames: '[name].js',
    chunkFileNames: '[name].js',
    codeSplitting: { groups: [{ name: 'commander', test: /node_modules[\\/]commander[\\/]/ }] },
  },
});
