/**
 * The running kernel as the judge of the BTF that is written here: all of it that comes from C, and whose byte order
 * and pointers are the machine's. Needs CAP_BPF and the addon tspahole_bpf.
 */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BtfBuilder } from '../../src/btf/builder.ts';
import { decodeBtf } from '../../src/btf/decode.ts';
import { dedup } from '../../src/btf/dedup.ts';
import { encodeBtf } from '../../src/btf/encode.ts';
import { kernelFeatures } from '../../src/btf/kernel-features.ts';
import { sanitizeFor } from '../../src/btf/sanitize.ts';
import { verifyBtf } from '../../src/btf/verify.ts';
import { parseElf } from '../../src/elf/file.ts';
import { encodeFile } from '../../src/encode-file.ts';
import { hostEndian } from '../../src/model/bytes.ts';
import { Kind } from '../../src/model/kinds.ts';
import type { TypeTable } from '../../src/model/table.ts';
import { loadBinding } from '../../src/native/binding.ts';
import { RUNNING_KERNEL_BTF } from '../../src/native/map.ts';
import { btf } from '../support/btf-writer.ts';
import { fixtureFiles, fixturePath, fixtureTable, manifest } from '../support/fixtures.ts';
import { kernelComplaint, noKernel, whereAsked } from '../support/kernel.ts';
import { NO_VMLINUX_61, vmlinux61 } from '../support/kernel-61.ts';
import { anyRecords } from '../support/random-types.ts';
import { unitsOfRecords } from '../support/random-units.ts';
import { typesOfC } from '../support/types-of-c.ts';

const readsDwarf = loadBinding('tspahole_dwarf') !== undefined;

/** Whether it is for a machine like this one. */
function isOurs({ endian, pointerSize, base }: TypeTable): boolean {
  return endian === hostEndian && pointerSize === 8 && base === undefined;
}

const fromC = fixtureFiles.filter(
  (file) => manifest.files[file]?.source.endsWith('.c') && isOurs(fixtureTable(file)),
);

const UNSIZED_SECTION = /DATASEC \.bss size=0 vlen=\d+ size == 0$/;
const NAME = /Invalid name$/;
const WIDE_BITFIELD = /bitfield_size=50 .*Invalid member bitfield_size$/;

/** What no kernel takes, whoever writes it. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  // clang leaves the sizes of sections to the loader.
  'bpf-program': UNSIZED_SECTION,
  'multi-dimensional-arrays': UNSIZED_SECTION,
  tags: UNSIZED_SECTION,
  // Letters beyond Latin-1; names of more than 512 bytes.
  'long-names': NAME,
  'long-type-names': NAME,
  // A bitfield of 50 bits of an enum.
  enums: WIDE_BITFIELD,
  'enums.gcc5': WIDE_BITFIELD,
  'enums.clang5': WIDE_BITFIELD,
};

/** What the kernel has against a table as it is written; with both headers it says the same. */
function complaint(table: TypeTable): string {
  const [short, long] = ([24, 32] as const).map((headerSize) =>
    kernelComplaint(encodeBtf(table, { headerSize })),
  );
  expect(long).toBe(short);
  return short as string;
}

/** Whether the kernel takes a blob, and whether `verifyBtf` says so. */
function verdicts(bytes: Uint8Array): { kernel: boolean; own: boolean } {
  return { kernel: kernelComplaint(bytes) === '', own: verifyBtf(bytes).length === 0 };
}

function expectAgreement(bytes: Uint8Array): void {
  const { kernel, own } = verdicts(bytes);
  expect(own).toBe(kernel);
}

describe.skipIf(noKernel !== undefined)(`the running kernel${whereAsked}`, () => {
  it.each(fromC)('takes %s as it is written again', (file) => {
    const table = fixtureTable(file);
    expect(complaint(table)).toMatch(REFUSED[file.replace(/\.btf$/, '')] ?? /^$/);
    expectAgreement(encodeBtf(table));
  });

  it('takes all of them as one', () => {
    const { table } = dedup(fromC.map(fixtureTable).filter((each) => complaint(each) === ''));
    expect(table.end).toBeGreaterThan(400);
    expect(complaint(table)).toBe('');
  });

  it.skipIf(!readsDwarf)('takes what is encoded of DWARF (skipped without the addon for it)', () => {
    const names = readdirSync(fixturePath('encode')).map((file) => file.replace(/\.golden$/, ''));
    const taken = names.filter((name) => {
      const path = fixturePath(`dwarf/${name}.o`);
      const { endian, wordSize } = parseElf(readFileSync(path)).header;
      if (endian !== hostEndian || wordSize !== 8) return false;
      const bytes = encodeFile(path).sections.get('.BTF') as Uint8Array;
      expect(kernelComplaint(bytes), name).toMatch(REFUSED[name] ?? /^$/);
      expectAgreement(bytes);
      return true;
    });
    expect(taken.length).toBeGreaterThan(10);
  });

  it.skipIf(!readsDwarf || vmlinux61 === undefined)(
    `takes what is encoded of a whole kernel${vmlinux61 === undefined ? ` (skipped: ${NO_VMLINUX_61})` : ''}`,
    { timeout: 300_000 },
    () => {
      const { sections, table } = encodeFile(vmlinux61 as string);
      const bytes = sections.get('.BTF') as Uint8Array;
      expect(kernelComplaint(bytes)).toBe('');
      expect(verifyBtf(bytes)).toEqual([]);
      // Functions and variables are among them.
      const kinds = new Set(Array.from({ length: table.end }, (_, id) => table.kind(id)));
      for (const kind of [Kind.Func, Kind.Var, Kind.Datasec]) expect(kinds).toContain(kind);
    },
  );

  it('says of good types with words changed what verifyBtf says', () => {
    const { bytes, table } = typesOfC().build({ endian: hostEndian });
    const word = fc.oneof(fc.nat(table.end), fc.constantFrom(...table.words), fc.nat(0xffff_ffff));
    const change = fc.tuple(fc.nat(table.words.length - 1), word);
    let taken = 0;
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 2 }), (changes) => {
        const changed = Uint8Array.from(bytes);
        const view = new DataView(changed.buffer);
        for (const [index, value] of changes) view.setUint32(24 + 4 * index, value, hostEndian === 'little');
        expectAgreement(changed);
        taken += verdicts(changed).kernel ? 1 : 0;
      }),
      { numRuns: 1000 },
    );
    // One in ten.
    expect(taken).toBeGreaterThan(20);
  });

  it('says of random records what verifyBtf says', () => {
    fc.assert(
      fc.property(anyRecords(), (records) => expectAgreement(btf(records))),
      { numRuns: 300 },
    );
  });

  it('says of random units, deduplicated, what verifyBtf says', () => {
    fc.assert(
      fc.property(unitsOfRecords, (units) => {
        expectAgreement(encodeBtf(dedup(units.map((records) => decodeBtf(btf(records)))).table));
      }),
      { numRuns: 200 },
    );
  });
});

describe.skipIf(noKernel !== undefined || !existsSync(RUNNING_KERNEL_BTF))(
  `the running kernel takes its own types${whereAsked}`,
  () => {
    const own = noKernel === undefined ? decodeBtf(readFileSync(RUNNING_KERNEL_BTF)) : undefined;
    const table = own as TypeTable;

    it('written again', () => {
      expect(complaint(table)).toBe('');
    });

    it('deduplicated', () => {
      const again = dedup([table, table]).table;
      expect(complaint(again)).toBe('');
    });

    it.each(['5.0', '5.4', '5.15', '6.1'])('as Linux %s would have them', (version) => {
      expect(complaint(sanitizeFor(table, kernelFeatures(version)))).toBe('');
    });

    it('as the base that is distilled for what refers to them', () => {
      const builder = new BtfBuilder({ base: table });
      for (let id = 1; id < table.end; id += 10) {
        if (CAN_BE_POINTED_TO.has(table.kind(id))) builder.addPointer(id);
      }
      const { baseBytes = new Uint8Array(0) } = builder.build({ distill: true });
      expect(decodeBtf(baseBytes).end).toBeGreaterThan(1000);
      expect(kernelComplaint(baseBytes)).toBe('');
    });
  },
);

const CAN_BE_POINTED_TO: ReadonlySet<number> = new Set([
  Kind.Struct,
  Kind.Union,
  Kind.Enum,
  Kind.Typedef,
  Kind.Const,
  Kind.Pointer,
]);
