/**
 * Functions, variables, DATASECs and tags of test/fixtures/encoding against what pahole 1.31 encodes, for several
 * sets of features; manifest.json there names all tools.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeBtf } from '../../src/btf/encode.ts';
import { verifyBtf } from '../../src/btf/verify.ts';
import { writeRawType } from '../../src/emit/raw/raw.ts';
import { RawText } from '../../src/emit/raw/text.ts';
import {
  DEFAULT_FEATURES,
  type EncodeFeatures,
  INITIAL_FEATURES,
  NO_FEATURES,
} from '../../src/encode/features.ts';
import { type EncodeFileOptions, encodeFile } from '../../src/encode-file.ts';
import type { TypeTable } from '../../src/model/table.ts';
import { loadBinding } from '../../src/native/binding.ts';
import { fixturePath } from '../support/fixtures.ts';

const FEATURES: Readonly<Record<string, EncodeFeatures>> = {
  default: DEFAULT_FEATURES,
  initial: INITIAL_FEATURES,
  none: NO_FEATURES,
  more: { ...DEFAULT_FEATURES, globalVar: true, attributes: true, trueSignature: true },
};

function encoded(name: string, options: EncodeFileOptions): TypeTable {
  return encodeFile(fixturePath(`encoding/${name}.o`), options).table;
}

function golden(file: string): string {
  return readFileSync(fixturePath(`encoding/${file}`), 'latin1');
}

function dump(table: TypeTable): string {
  const pieces: string[] = [];
  const output = new RawText((piece) => pieces.push(piece));
  for (let id = 1; id < table.end; id++) writeRawType(table, id, output);
  output.flush();
  return pieces.join('');
}

const names = readdirSync(fixturePath('encoding')).filter((file) => file.endsWith('.golden'));

describe.skipIf(loadBinding('tspahole_dwarf') === undefined)('DWARF (skipped without the addon)', () => {
  it.each(names)('%s: all is as pahole encodes it', (file) => {
    const [name, features] = file.split('.') as [string, string];
    const table = encoded(name, { features: FEATURES[features] as EncodeFeatures });
    expect(dump(table)).toBe(golden(file));
    expect(verifyBtf(encodeBtf(table))).toEqual([]);
  });

  it.each(['gcc', 'clang'])(
    '%s: the reasons for leaving functions out are those that pahole logs',
    (name) => {
      const lines: string[] = [];
      encoded(name, { onLog: (line) => lines.push(line) });
      const [, ...expected] = golden(`${name}.log`).trimEnd().split('\n');
      // The lines about types are shown by log.test.ts.
      expect(lines.filter((line) => !/^(\[\d+\] |\t|File )/.test(line))).toEqual(expected);
    },
  );

  it('a name that BTF does not allow is an error, unless it may be left out', () => {
    const features = { ...DEFAULT_FEATURES, globalVar: true };
    expect(() => encoded('gcc', { features: { ...features, encodeForce: false } })).toThrow(
      "Found invalid variable name when encoding btf (sym: 'a$b')",
    );
    const remarks: string[] = [];
    encoded('gcc', { features, onRemark: (text) => remarks.push(text) });
    expect(remarks).toEqual(["Found invalid variable name when encoding btf (sym: 'a$b'): left out"]);
  });

  it('does not depend on the number of threads', () => {
    const [one, four] = [1, 4].map((threads) => encoded('gcc', { dwarf: { threads } }));
    expect(dump(one as TypeTable)).toBe(dump(four as TypeTable));
  });
});
