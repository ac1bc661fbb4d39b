/**
 * What is encoded of the object files in test/fixtures/dwarf against what pahole 1.31 encodes of them with
 * `--btf_features=default -j1`, printed by bpftool 7.8: test/fixtures/encode.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeBtf } from '../../src/btf/encode.ts';
import { verifyBtf } from '../../src/btf/verify.ts';
import { writeRawType } from '../../src/emit/raw/raw.ts';
import { RawText } from '../../src/emit/raw/text.ts';
import { encodeFile } from '../../src/encode-file.ts';
import type { TypeTable } from '../../src/model/table.ts';
import { loadBinding } from '../../src/native/binding.ts';
import { fixturePath } from '../support/fixtures.ts';

function encoded(name: string): TypeTable {
  return encodeFile(fixturePath(`dwarf/${name}.o`)).table;
}

function dump(table: TypeTable): string {
  const pieces: string[] = [];
  const output = new RawText((piece) => pieces.push(piece));
  for (let id = 1; id < table.end; id++) writeRawType(table, id, output);
  output.flush();
  return pieces.join('');
}

const names = readdirSync(fixturePath('encode')).map((file) => file.replace(/\.golden$/, ''));

describe.skipIf(loadBinding('tspahole_dwarf') === undefined)('DWARF (skipped without the addon)', () => {
  it.each(names)('%s: all is as pahole encodes it', (name) => {
    const golden = readFileSync(fixturePath(`encode/${name}.golden`), 'latin1');
    const table = encoded(name);
    expect(dump(table)).toBe(golden);
    // pahole, too, writes a bitfield of 50 bits whose type is an enum, which the kernel refuses.
    const problems = verifyBtf(encodeBtf(table)).filter(
      ({ typeName, code }) => `${typeName} ${code}` !== 'bits bitfield',
    );
    expect(problems).toEqual([]);
  });
});
