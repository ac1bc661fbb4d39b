/** A real program, the running Node, is read as readelf reads it. */

import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseElf } from '../../src/elf/file.ts';
import { isElf } from '../../src/elf/header.ts';
import { openFileSource } from '../../src/elf/source.ts';

const readelf = (...args: string[]): string =>
  spawnSync('readelf', [...args, process.execPath], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, LC_ALL: 'C' },
  }).stdout ?? '';

const source = openFileSource(process.execPath);
const isReadable = isElf(source.read(0, Math.min(4, source.size)));
const hasReadelf = isReadable && readelf('--version').startsWith('GNU readelf');

describe.skipIf(!isReadable)('the running Node (skipped: its program is not ELF)', () => {
  it('has a section of machine code that lies inside the file', () => {
    const text = parseElf(source).section('.text');
    expect(text?.size).toBeGreaterThan(0);
    expect((text?.offset ?? 0) + (text?.size ?? 0)).toBeLessThanOrEqual(source.size);
  });

  it.skipIf(!hasReadelf)('has the sections that readelf lists (skipped: no GNU readelf)', () => {
    const listed = [
      ...readelf('-SW').matchAll(/^ +\[ *\d+\] (\S+) +\S+ +[0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+)/gm),
    ];
    const ours = parseElf(source)
      .sections.slice(1)
      .map(({ name, offset, size }) => [name, offset, size]);
    expect(ours).toEqual(
      listed
        .filter(([, name]) => name !== 'NULL')
        .map(([, name = '', offset = '', size = '']) => [
          name,
          Number.parseInt(offset, 16),
          Number.parseInt(size, 16),
        ]),
    );
  });

  it.skipIf(!hasReadelf)('has the build ID that readelf shows (skipped: no GNU readelf)', () => {
    const shown = /Build ID: ([0-9a-f]+)/.exec(readelf('-n'))?.[1];
    const buildId = parseElf(source).buildId();
    expect(buildId && Buffer.from(buildId).toString('hex')).toBe(shown);
  });

  it.skipIf(!hasReadelf)('has the dynamic symbols that readelf counts (skipped: no GNU readelf)', () => {
    const counted = /'\.dynsym' contains (\d+) entr/.exec(readelf('-W', '--dyn-syms'))?.[1];
    expect(parseElf(source).dynamicSymbols().length).toBe(Number(counted ?? 0));
  });
});
