/** The bundle of the command line: needs no other package, and loads only what a command needs. */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { RUNNING_KERNEL_BTF } from '../src/native/map.ts';
import { fixturePath } from './support/fixtures.ts';

const shim = fileURLToPath(new URL('../bin/tspahole.js', import.meta.url));
const start = fileURLToPath(new URL('../dist/cli/start.js', import.meta.url));
const bundle = new URL('../dist/cli/', import.meta.url);

/** Names of the chunks that a start with these arguments loads. */
function loadedBy(...args: string[]): string[] {
  const script = `
    process.argv.splice(1, 0, ${JSON.stringify(shim)});
    const { loadedChunks } = require(${JSON.stringify(start)});
    process.on('exit', () => process.stderr.write('\\n' + JSON.stringify([...loadedChunks().keys()])));
    require(process.argv[1]);`;
  const { stderr } = spawnSync(process.execPath, ['-e', script, '--', ...args], { encoding: 'utf8' });
  const lastLine = stderr.slice(stderr.lastIndexOf('\n') + 1);
  return (JSON.parse(lastLine) as string[]).sort();
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

  it.skipIf(!existsSync(RUNNING_KERNEL_BTF))('loads one chunk for a struct of the running kernel', () => {
    expect(loadedBy('-C', 'list_head')).toEqual(['./main.js']);
  });

  it('loads what reads and what lists for a listing', () => {
    const chunks = loadedBy('--no_progress', fixturePath('holes.btf'));
    expect(chunks).toEqual(['./list.js', './load.js', './main.js', './rolldown-runtime.js']);
  });

  it('has bytecode of that chunk which this node accepts', () => {
    const source = `(function (exports, require, module, __filename, __dirname) {${readFileSync(new URL('main.js', bundle), 'utf8')}\n})`;
    const cachedData = readFileSync(new URL('main.js.bytecode', bundle));
    expect(new Script(source, { cachedData }).cachedDataRejected).toBe(false);
  });

  it('starts without the bytecode, and with bytecode of another version of V8', () => {
    const copy = mkdtempSync(join(tmpdir(), 'tspahole-bundle-'));
    try {
      cpSync(new URL('..', bundle), join(copy, 'dist'), { recursive: true });
      cpSync(shim, join(copy, 'bin/tspahole.js'));
      const bytecode = join(copy, 'dist/cli/main.js.bytecode');
      const version = () =>
        spawnSync(process.execPath, [join(copy, 'bin/tspahole.js'), '--version'], { encoding: 'utf8' });
      writeFileSync(bytecode, readFileSync(bytecode).fill(0, 0, 32));
      expect(version()).toMatchObject({ status: 0, stdout: 'v1.31\n', stderr: '' });
      rmSync(bytecode);
      expect(version()).toMatchObject({ status: 0, stdout: 'v1.31\n', stderr: '' });
    } finally {
      rmSync(copy, { recursive: true });
    }
  });

  it('loads commander for --help only', () => {
    expect(loadedBy('--help')).toContain('./commander.js');
    expect(loadedBy('-C', 'list_head')).not.toContain('./commander.js');
  });
});
