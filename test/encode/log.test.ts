/**
 * The lines about types, functions and variables of `-V`, against what pahole 1.31 prints with
 * `-V --btf_features=default`: test/fixtures/encode-log.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeFile } from '../../src/encode-file.ts';
import { loadBinding } from '../../src/native/binding.ts';
import { fixturePath } from '../support/fixtures.ts';

const names = readdirSync(fixturePath('encode-log')).map((file) => file.replace(/\.golden$/, ''));

describe.skipIf(loadBinding('tspahole_dwarf') === undefined)('the log (skipped without the addon)', () => {
  it.each(names)('%s: is that of pahole', (name) => {
    const lines: string[] = [];
    encodeFile(fixturePath(`dwarf/${name}.o`), { onLog: (line) => lines.push(line) });
    const log = `${lines.join('\n')}\n`.replaceAll(fixturePath('dwarf/'), '');
    expect(log).toBe(readFileSync(fixturePath(`encode-log/${name}.golden`), 'latin1'));
  });

  it('changes nothing in what is written', () => {
    const path = fixturePath('dwarf/functions.gcc5.o');
    const { sections } = encodeFile(path);
    expect(encodeFile(path, { onLog: () => {} }).sections).toEqual(sections);
  });
});
