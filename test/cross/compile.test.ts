/** What `functions --compile` and `--compile` print is C that gcc compiles. */

import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadBinding } from '../../src/native/binding.ts';
import { runCli } from '../support/run-cli.ts';

const hasCompiler = spawnSync('gcc', ['--version']).status === 0;
const isReady = hasCompiler && loadBinding('tspahole_dwarf') !== undefined;

/** Types that no C can have: two of one name, too large, functions as members; and split BTF, which needs a base. */
const NO_C = [
  'function-parameters',
  'huge',
  'nameless-members',
  'odd-enums',
  'odd-qualifiers',
  'overlaps',
  'same-names',
  'split',
];
/** docs/compat.md, Functions: parameters of types without a name, arrays of arrays without a dimension. */
const NOT_YET = ['anonymous', 'function-pointers', 'multi-dimensional-arrays'];
const fixtures = new URL('../fixtures/', import.meta.url);
const blobs = readdirSync(fixtures).filter((name) => name.endsWith('.btf'));

describe.skipIf(!hasCompiler)('--compile (skipped without gcc)', () => {
  it.each(blobs.filter((blob) => ![...NO_C, ...NOT_YET].includes(blob.slice(0, -4))))('%s', async (blob) => {
    const { stdout, code } = await runCli(['--compile', '-F', 'btf', fileURLToPath(new URL(blob, fixtures))]);
    expect(code).toBe(0);
    const { stderr } = spawnSync(
      'gcc',
      ['-x', 'c', '-fsyntax-only', '-w', '-Wno-packed-bitfield-compat', '-'],
      {
        input: stdout,
        encoding: 'utf8',
      },
    );
    expect(stderr).toBe('');
  });

  it('structs without a name behind pointers, in typedefs and behind qualifiers', async () => {
    const path = fileURLToPath(new URL('anonymous.btf', fixtures));
    const { stdout } = await runCli(['--compile', '-C', 'pointer_to,uses,const_of', '-F', 'btf', path]);
    // What a pointer leads to is of use, too.
    const use = 'int main(void) { pointer_by_typedef d; struct pointer_to p; return d->b + (*p.r)->f; }';
    const input = `${stdout}${use}`;
    const { stderr } = spawnSync('gcc', ['-x', 'c', '-fsyntax-only', '-'], { input, encoding: 'utf8' });
    expect(stderr).toBe('');
  });

  it('prints no type twice, no empty lines for types that are printed, and honours -q', async () => {
    const path = fileURLToPath(new URL('packed.btf', fixtures));
    const text = (await runCli(['--compile', '-q', path])).stdout.toString();
    const heads = text.split('\n').filter((line) => /^(struct|union) \w+ \{$/.test(line));
    expect(heads.length).toBeGreaterThan(5);
    expect(new Set(heads).size).toBe(heads.length);
    expect(text).not.toContain('/*');
    expect(text).not.toContain('\n\n\n');
  });
});

describe.skipIf(!isReady)('functions --compile (skipped without gcc or the addon)', () => {
  it.each(['gcc5', 'gcc4', 'gcc2', 'clang5', 'clang4'])('functions.%s.o', async (variant) => {
    const path = fileURLToPath(new URL(`../fixtures/dwarf/functions.${variant}.o`, import.meta.url));
    const { stdout, code } = await runCli(['functions', '--compile', path]);
    expect(code).toBe(0);
    expect(stdout.toString()).toContain('point mid(point a, point b)\n{\n\treturn *(point *)1;\n}\n');
    const args = ['-x', 'c', '-fsyntax-only', '-Werror', '-Wreturn-type', '-'];
    const { status, stderr } = spawnSync('gcc', args, { input: stdout, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});
