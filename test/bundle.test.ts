/** The bundle of the command line: needs no other package, and loads only what a command needs. */

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const shim = fileURLToPath(new URL('../bin/tspahole.js', import.meta.url));
const bundle = new URL('../dist/cli/', import.meta.url);

/** Names of the files that a start with these arguments loads. */
function loadedBy(...args: string[]): string[] {
  const script = `
    process.argv.splice(1, 0, ${JSON.stringify(shim)});
    process.on('exit', () => process.stderr.write('\\n' + JSON.stringify(Object.keys(require.cache))));
    require(process.argv[1]);`;
  const { stderr } = spawnSync(process.execPath, ['-e', script, '--', ...args], { encoding: 'utf8' });
  const lastLine = stderr.slice(stderr.lastIndexOf('\n') + 1);
  return (JSON.parse(lastLine) as string[]).map((path) => basename(path)).sort();
}

describe('dist/cli (`npm run build` makes it)', () => {
  it('requires nothing but its own files and modules of node', () => {
    const required = readdirSync(bundle)
      .filter((name) => name.endsWith('.js'))
      .flatMap((name) => [...readFileSync(new URL(name, bundle), 'utf8').matchAll(/\brequire\("([^"]+)"\)/g)])
      .map(([, specifier = '']) => specifier);
    expect(required).toContain('node:fs');
    expect(required.filter((specifier) => !specifier.startsWith('./') && !isBuiltin(specifier))).toEqual([]);
  });

  it('loads its entry and the error class alone for --version', () => {
    expect(loadedBy('--version')).toEqual(['errors.js', 'main.js', 'tspahole.js']);
  });

  it('loads commander for --help only', () => {
    expect(loadedBy('--help')).toContain('commander.js');
    expect(loadedBy('-C', 'list_head')).not.toContain('commander.js');
  });
});
