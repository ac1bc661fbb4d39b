/** `encodeFile`: what it gives for a file, and for one that changes meanwhile. */

import { appendFileSync, copyFileSync, mkdtempSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeBtf } from '../src/btf/decode.ts';
import { updateSections } from '../src/elf/writer.ts';
import { NO_FEATURES } from '../src/encode/features.ts';
import { encodeFile } from '../src/encode-file.ts';
import { TspaholeError } from '../src/model/errors.ts';
import { loadBinding } from '../src/native/binding.ts';
import { expectError } from './support/expect-error.ts';
import { fixturePath } from './support/fixtures.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tspahole-encode-file-'));
  path = join(folder, 'holes.o');
  copyFileSync(fixturePath('dwarf/holes.gcc5.o'), path);
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.skipIf(loadBinding('tspahole_dwarf') === undefined)('a file (skipped without the addon)', () => {
  it('becomes the bytes of a section, and the table that they hold', () => {
    const { table, sections } = encodeFile(path);
    expect([...sections.keys()]).toEqual(['.BTF']);
    const decoded = decodeBtf(sections.get('.BTF') as Uint8Array);
    expect(decoded.end).toBe(table.end);
    expect(decoded.words).toEqual(table.words);
  });

  it('continues a base, and has a small one of its own where that is asked for', () => {
    const base = encodeFile(fixturePath('dwarf/unions.gcc5.o')).table;
    expect(encodeFile(path, { base }).table.firstId).toBe(base.end);
    const { sections } = encodeFile(path, { base, features: { ...NO_FEATURES, distilledBase: true } });
    expect([...sections.keys()]).toEqual(['.BTF', '.BTF.base']);
    const features = { ...NO_FEATURES, distilledBase: true };
    expectError(() => encodeFile(path, { features }), 'usage', 'needs a base');
  });

  it('of which no unit counts has no section', () => {
    expect(encodeFile(path, { accepts: () => false }).sections.size).toBe(0);
    expect(encodeFile(path, { accepts: () => true }).sections.size).toBe(1);
  });

  it.each<[string, () => void]>([
    ['gets another time', () => utimesSync(path, 1, 1)],
    ['grows', () => appendFileSync(path, 'x')],
    ['is replaced', () => copyFileSync(fixturePath('dwarf/unions.gcc5.o'), path)],
  ])('that %s while it is read is an error', (_, change) => {
    const accepts = (): boolean => {
      change();
      return true;
    };
    expectError(() => encodeFile(path, { accepts }), 'io', 'holes.o: the file changed while it was read');
  });

  it('is not replaced where it is no longer what was encoded', () => {
    const { sections, state } = encodeFile(path);
    utimesSync(path, 1, 1);
    expectError(() => updateSections(path, sections, state), 'io', 'changed while it was read');
  });

  it('names the unit in which something failed', () => {
    const onRemark = (): void => {
      throw new TspaholeError('unsupported', 'no such thing');
    };
    const action = (): unknown => encodeFile(fixturePath('dwarf/members.gxx5.o'), { onRemark });
    expectError(action, 'unsupported', 'members.gxx5.o: no such thing (unit members.cc)');
  });
});
