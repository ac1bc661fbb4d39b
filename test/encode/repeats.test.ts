/** Files of several units, whose addon leaves out what units repeat: that changes nothing of what is encoded. */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DEFAULT_FEATURES, type EncodeFeatures } from '../../src/encode/features.ts';
import { encodeFile } from '../../src/encode-file.ts';
import { loadBinding } from '../../src/native/binding.ts';
import { die, elfWithUnits, number, type Part, ref, TAG, text, unit } from '../dwarf/native/synthetic.mjs';
import { fixturePath } from '../support/fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'tspahole-repeats-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The fixtures of a compiler as one object file: they give many names to different types. */
function linked(compiler: string): string {
  const objects = readdirSync(fixturePath('dwarf')).filter((name) => name.endsWith(`.${compiler}.o`));
  const path = join(folder, `${compiler}.o`);
  const paths = objects.map((name) => fixturePath(`dwarf/${name}`));
  spawnSync('ld', ['-r', '-z', 'muldefs', ...paths, ...paths, '-o', path]);
  return path;
}

const files = ['gcc5', 'clang5', 'gcc4', 'clang4'].map(linked);
const isReady = loadBinding('tspahole_dwarf') !== undefined && files.every(existsSync);

const ALL: EncodeFeatures = { ...DEFAULT_FEATURES, globalVar: true, trueSignature: true, attributes: true };
const NO_TYPE_TAGS: EncodeFeatures = { ...DEFAULT_FEATURES, typeTag: false, enum64: false, float: false };

describe.skipIf(!isReady)('files of many units (skipped without the addon, or ld for x86_64)', () => {
  it.each([
    ['the usual features', DEFAULT_FEATURES],
    ['more features', ALL],
    ['fewer features', NO_TYPE_TAGS],
  ])('have the same bytes with repeats and without: %s', (_, features) => {
    for (const path of files) {
      const all = encodeFile(path, { features, onLog: () => {} });
      const fewer = encodeFile(path, { features });
      expect(fewer.sections, path).toEqual(all.sections);
      expect(all.table.end).toBeGreaterThan(100);
    }
  });

  it('have the same bytes whatever the number of threads is', () => {
    for (const path of files) {
      const [one, ...others] = [1, 2, 5].map((threads) => encodeFile(path, { dwarf: { threads } }).sections);
      for (const other of others) expect(other, path).toEqual(one);
    }
  });

  it('may leave out units of a language', () => {
    const isC = 0x1d; // DW_LANG_C11
    for (const path of files) {
      const dwarf = { excludeLanguages: [isC] };
      const left = encodeFile(path, { dwarf, accepts: () => true });
      expect(encodeFile(path, { dwarf }).sections).toEqual(left.sections);
    }
  });
});

/** A struct of 32 bytes with one member, or none. */
function struct(name: string, label: string, memberType?: string): Part {
  const member = { name: text('m'), type: ref(memberType ?? ''), dataMemberLocation: number(0) };
  const children = memberType === undefined ? [] : [die(TAG.member, member)];
  return die(TAG.structureType, { name: text(name), byteSize: number(32) }, children, { label });
}

const pointer = (label: string, to: string): Part => die(TAG.pointerType, { type: ref(to) }, [], { label });
const functionOf = (label: string, parameter: string): Part =>
  die(TAG.subroutineType, {}, [die(TAG.formalParameter, { type: ref(parameter) })], { label });

describe.skipIf(loadBinding('tspahole_dwarf') === undefined)('a file (skipped without the addon)', () => {
  it('is read again where it is not clear which of several equal types of a unit is referred to', () => {
    const path = join(folder, 'unclear.o');
    const before = [
      struct('outer', 'outer1', 'function1'),
      struct('inner', 'inner1'),
      functionOf('function1', 'pointer1'),
      pointer('pointer1', 'inner1'),
    ];
    const after = [
      struct('outer', 'outer2', 'function2'),
      functionOf('function2', 'pointer2'),
      pointer('pointer2', 'inner2'),
      struct('inner', 'inner2', 'again'),
      functionOf('again', 'pointer2'),
    ];
    writeFileSync(path, elfWithUnits([unit(before), unit(after)]));
    let progress = 0;
    const { table, sections } = encodeFile(path, { onProgress: () => progress++ });
    expect(progress).toBe(4);
    expect(sections).toEqual(encodeFile(path, { onLog: () => {} }).sections);
    expect(table.end).toBeGreaterThan(5);
  });
});
