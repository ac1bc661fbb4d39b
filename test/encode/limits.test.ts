/** What BTF has no room for: the rest of a type stays, and the kernel would take it. */

import { describe, expect, it } from 'vitest';
import { verifyBtf } from '../../src/btf/verify.ts';
import { encodeFile } from '../../src/encode-file.ts';
import { findTypeByName } from '../../src/model/queries.ts';
import { loadBinding } from '../../src/native/binding.ts';
import { fixturePath } from '../support/fixtures.ts';

describe.skipIf(loadBinding('tspahole_dwarf') === undefined)('limits (skipped without the addon)', () => {
  it('members too far from the start are left out, and said to be', () => {
    const remarks: string[] = [];
    const { table, sections } = encodeFile(fixturePath('dwarf/far-members.gcc5.o'), {
      onRemark: (text) => remarks.push(text),
    });
    expect(remarks[0]).toBe('bits: 6 members lie further into it than BTF counts: left out');
    expect(table.vlen(findTypeByName(table, 'bits') ?? 0)).toBe(1);
    expect(verifyBtf(sections.get('.BTF') as Uint8Array)).toEqual([]);
  });

  it('a pointer that has a name loses it', () => {
    const { sections } = encodeFile(fixturePath('dwarf/functions.m32.o'));
    expect(verifyBtf(sections.get('.BTF') as Uint8Array, { pointerSize: 4 })).toEqual([]);
  });
});
