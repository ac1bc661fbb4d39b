/** Uprobes on functions: offsets from symbols, parameters from types. */

import { describe, expect, it } from 'vitest';
import { SHT_STRTAB, SHT_SYMTAB } from '../../src/elf/constants.ts';
import { decodeBtf, parseElf } from '../../src/index.ts';
import { findArchitecture } from '../../src/probe/architectures.ts';
import { expandDefinition } from '../../src/probe/expand.ts';
import { tracefsLine } from '../../src/probe/format-tracefs.ts';
import { parseDefinition } from '../../src/probe/parse-definition.ts';
import { fileOffsetOf } from '../../src/probe/uprobe.ts';
import { btf, float, func, funcProto, int, ptr, struct } from '../support/btf-writer.ts';
import {
  type SectionSpec,
  type SymbolSpec,
  stringTable,
  symbolBytes,
  TARGETS,
  writeElf,
} from '../support/elf-writer.ts';
import { probeOptions } from '../support/probe.ts';

const STT_FUNC = 2;

const table = decodeBtf(
  btf([
    int('int', 4, 'signed'), // 1
    int('char', 1, 'signed'), // 2
    ptr(2), // 3
    struct('point', 16, [
      ['name', 3, 0],
      ['y', 1, 64],
    ]), // 4
    ptr(4), // 5
    float('double', 8), // 6
    struct('pair', 16, [['a', 6, 0]]), // 7
    funcProto(1, [
      ['p', 5],
      ['scale', 6],
      ['pair', 7],
      ['n', 1],
    ]), // 8
    func('work', 8), // 9
  ]),
);

function expand(line: string, arch = 'x86_64'): string {
  const definition = parseDefinition(line);
  if (definition.kind === 'plain') throw new TypeError('no probe');
  return tracefsLine(
    expandDefinition(definition, table, probeOptions({ architecture: findArchitecture(arch) })),
  );
}

describe('parameters of a program', () => {
  it('are in registers, and what they point to is user memory by itself', () => {
    expect(expand('p:g/e /bin/x:work n p->y p->name:string p->name@user')).toBe(
      'p:g/e /bin/x:work n=%si:s32 y=+8(%di):s32 name=+0(+0(%di)):string p_name=+0(%di):x64',
    );
    expect(expand('p:g/e /bin/x:work n', 'arm64')).toBe('p:g/e /bin/x:work n=%x1:s32');
  });

  it('of floating point are left out of $$args', () => {
    expect(expand('p:g/e /bin/x:work $$args')).toBe('p:g/e /bin/x:work p=%di:x64 n=%si:s32');
  });

  it('are gone at the return, where the result is', () => {
    expect(expand('r:g/e /bin/x:work $retval')).toBe('r:g/e /bin/x:work retval=$retval:s32');
    expect(() => expand('r:g/e /bin/x:work n')).toThrow(/registers hold no parameters any more/);
  });

  it('need a name of a function', () => {
    expect(() => expand('p:g/e /bin/x:0x10 n')).toThrow(/NOSUP_BTFARG.*mere address/);
    expect(() => expand('p:g/e /bin/x:other n')).toThrow(
      /debugging information of \/bin\/x has no function other/,
    );
  });

  it('keep the counter and the suffix', () => {
    expect(expand('p:g/e /bin/x:0x10%return(0x20) %ax')).toBe('p:g/e /bin/x:0x10%return(0x20) %ax');
  });
});

describe.each(TARGETS)('the offset of a function in a file of $wordSize bytes, $endian', (target) => {
  const names = stringTable(['work', 'data', 'far', 'imported']);
  const named = (name: string, symbol: SymbolSpec): SymbolSpec => ({
    ...symbol,
    nameOffset: names.offsets.get(name) ?? 0,
  });
  const symbols = symbolBytes(target, [
    named('imported', { type: STT_FUNC, shndx: 0, value: 0 }),
    named('data', { type: 1, shndx: 1, value: 0x40_0000 }),
    named('work', { type: STT_FUNC, shndx: 1, value: 0x40_0008 }),
    named('far', { type: STT_FUNC, shndx: 1, value: 0x50_0000 }),
  ]);
  const sections: SectionSpec[] = [
    { name: '.symtab', type: SHT_SYMTAB, link: 2, entrySize: target.wordSize === 8 ? 24 : 16, data: symbols },
    { name: '.strtab', type: SHT_STRTAB, data: names.bytes },
  ];
  const segments = [{ type: 1, address: 0x40_0000, data: new Uint8Array(32) }];
  const elf = parseElf(writeElf({ ...target, sections, segments }));

  it('is where its segment has it', () => {
    const start = elf.segments()[0]?.offset ?? Number.NaN;
    expect(fileOffsetOf(elf, 'work')).toBe(start + 8);
  });

  it.each(['data', 'far', 'imported', 'nosuch'])('is not known of %s', (name) => {
    expect(fileOffsetOf(elf, name)).toBeUndefined();
  });
});
