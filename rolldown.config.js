/**
 * The bundle of the command line: CommonJS, since an ES module costs 5 ms at every start, and split at
 * each `import()`, so that a start loads only what its command needs. Commander is inside, in a chunk of
 * its own, so that the command line runs without node_modules.
 */

import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'rolldown';

const commanderLicense = () =>
  `This directory contains commander (https://github.com/tj/commander.js).\n\n${readFileSync(
    new URL('node_modules/commander/LICENSE', import.meta.url),
    'utf8',
  )}`;

/** What every start loads; what reads a file; and, with these, what lists it. */
const startModules = modulesOf('src/cli/main.ts');
const loadModules = modulesOf('src/load.ts');
const listModules = modulesOf('src/cli/commands/list.ts');

/** The modules that a module needs without an `import()`, directly or through others, and itself. */
function modulesOf(path) {
  const modules = new Set();
  addModules(modules, fileURLToPath(new URL(path, import.meta.url)));
  return modules;
}

/** Adds a module and what it imports; of the doors of the library, what they export of `names`. */
function addModules(modules, path, names = []) {
  const isDoor = /[\\/]src[\\/](index|internal)\.ts$/.test(path);
  if (modules.has(path) && !isDoor) return;
  modules.add(path);
  const statements = readFileSync(path, 'utf8').matchAll(
    /^(?:import|export) (?!type )\{([^}]*)\} from '(\.[^']+)';/gm,
  );
  for (const [, list, specifier] of statements) {
    const wanted = list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type '));
    if (isDoor && !wanted.some((name) => names.includes(name))) continue;
    addModules(modules, join(dirname(path), specifier), wanted);
  }
}

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
    codeSplitting: {
      groups: [
        { name: 'commander', test: /node_modules[\\/]commander[\\/]/ },
        // Else a part of this, shared with another chunk, may become a chunk that every start loads.
        { name: 'main', test: (id) => startModules.has(id), includeDependenciesRecursively: false },
        { name: 'load', test: (id) => loadModules.has(id), includeDependenciesRecursively: false },
        { name: 'list', test: (id) => listModules.has(id), includeDependenciesRecursively: false },
      ],
    },
  },
});
