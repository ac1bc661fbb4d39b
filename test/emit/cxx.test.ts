/** C++ by default, where pahole 1.31 is wrong: each rule of docs/compat.md, in both modes. */

import { describe, expect, it } from 'vitest';
import { PaholeEmitter } from '../../src/emit/pahole.ts';
import { NO_QUIRKS, PAHOLE_QUIRKS, type Quirks } from '../../src/emit/quirks.ts';
import { Layouts } from '../../src/layout/layouts.ts';
import { loadSync } from '../../src/load.ts';
import { findTypeByQualifiedName } from '../../src/model/qualified.ts';
import { SideColumns, TypeFlag } from '../../src/model/side-columns.ts';
import { TypeTable } from '../../src/model/table.ts';
import { loadBinding } from '../../src/native/binding.ts';
import { fwd, struct } from '../support/btf-writer.ts';
import { runCli } from '../support/run-cli.ts';
import { tableOf } from '../support/types.ts';

const path = (object: string): string => new URL(`../fixtures/dwarf/${object}`, import.meta.url).pathname;

/** A type of an object of test/fixtures/dwarf as it is printed. */
function printed(object: string, name: string, quirk?: keyof Quirks, onlyDataMembers = false): string {
  const table = loadSync(path(object), { formats: ['dwarf'] }).table();
  const quirks = quirk === undefined ? NO_QUIRKS : { ...NO_QUIRKS, [quirk]: PAHOLE_QUIRKS[quirk] };
  const emitter = new PaholeEmitter(new Layouts(table), { quirks, onlyDataMembers });
  emitter.emit(findTypeByQualifiedName(table, name) ?? 0);
  return emitter.text();
}

it('a class that is only declared has the column of one that is defined', () => {
  const { words, starts, strings, pointerSize, endian } = tableOf([
    fwd('elsewhere'),
    struct('keeper', 8, [['member', 1, 0]]),
  ]);
  const side = new SideColumns({ flags: Uint32Array.of(TypeFlag.Class | TypeFlag.Declaration, 0) });
  const table = new TypeTable({ words, starts, strings, pointerSize, endian, side });
  const emitter = new PaholeEmitter(new Layouts(table), {});
  emitter.emit(2);
  expect(emitter.text()).toContain('\tclass elsewhere           member;                /*     0     0 */');
});

describe.skipIf(loadBinding('tspahole_dwarf') === undefined)('C++ (skipped without the addon)', () => {
  describe.each(['gxx5', 'gxx4', 'gxx2', 'clangxx5', 'clangxx4'])('of %s', (made) => {
    it('staticMembers: are printed as such, with their values, and counted', () => {
      const text = printed(`statics.${made}.o`.replace('statics', 'classes'), 'statics');
      expect(text).toMatch(/\n\tstatic const unsigned char +flag = 3;\n\n/);
      expect(text).toContain('members: 1, static members: 4 */');
      expect(text).not.toContain('extern');
      const quirk = printed(`classes.${made}.o`, 'statics', 'staticMembers');
      expect(quirk).toMatch(made === 'gxx5' ? /extern int +count;/ : /static int +count; +\/\* +0 +0 \*\//);
    });

    it('accessibility: a member without one has that of its class', () => {
      const text = printed(`classes.${made}.o`, 'befriended', undefined, true);
      expect(text).toMatch(/\n\tint +secret;.*\npublic:\n\n\tint +open;/);
      const labels = printed(`classes.${made}.o`, 'counter').match(/^\w+:$/gm);
      expect(labels?.slice(0, 3)).toEqual(['public:', 'protected:', 'private:']);
      const slipped = printed(`classes.${made}.o`, 'counter', 'accessibility').match(/^\w+:$/gm);
      if (made !== 'gxx2') expect(slipped).not.toContain('private:');
      expect(slipped).toContain('protected:');
    });

    it('virtualBases: have no offset, no bytes among the members, and no padding is made of them', () => {
      const text = printed(`virtual.${made}.o`, 'left');
      expect(text).toMatch(
        /struct left : virtual (public )?root \{\n\t\/\* struct root +<ancestor>; \*\/ +\/\* +\? +16 \*\//,
      );
      expect(text).toContain('/* virtual bases and padding: 20 */');
      expect(text).not.toMatch(/BRAIN FART|Force padding|Bitfield combined|cacheline \d/);
      const quirk = printed(`virtual.${made}.o`, 'left', 'virtualBases');
      expect(quirk).toMatch(/4294967295 +16 \*\//);
      expect(quirk).toContain('BRAIN FART ALERT! 32 bytes');
    });

    it('linkageNames: are shown behind methods and in the vtable', () => {
      const text = printed(`virtual.${made}.o`, 'shape');
      const destructor = made.startsWith('gxx') ? 'D4' : 'D\\d';
      expect(text).toMatch(
        new RegExp(`virtual void ~shape\\(.*\\);( /\\* linkage=_ZN5shape${destructor}Ev)?`),
      );
      expect(text).toMatch(
        /virtual double area\(const struct shape {2}\*\)( = 0)?; \/\* linkage=_ZNK5shape4areaEv \*\//,
      );
      expect(text).toContain('[3] = scale(_ZN5shape5scaleEd), \n');
      const quirk = printed(`virtual.${made}.o`, 'shape', 'linkageNames');
      if (made !== 'gxx2') expect(quirk).not.toContain('_ZN');
      if (made !== 'gxx2') expect(quirk).toContain('[3] = scale((null)), \n');
    });

    it('nestedTypes: a type that is used in a class is declared in it only where the source does so', () => {
      const text = printed(`classes.${made}.o`, 'outer');
      expect(text).toMatch(/\tenum shade \{\n\t\tdark {2}= 0,\n\t\tlight = 1,\n\t\} __attribute__/);
      expect(text).toMatch(/\ttypedef int number;\n\n/);
    });

    it('nestedTypes: pahole names the kind of DIE of what it cannot print', () => {
      const quirk = printed(`class-scopes.${made}.o`, 'holder', 'nestedTypes');
      const text = printed(`class-scopes.${made}.o`, 'holder');
      if (made.startsWith('gxx'))
        expect(quirk).toContain('/* tag__fprintf: const_type tag not supported! */;');
      expect(text).not.toMatch(/not supported|const struct item ;/);
    });

    it('typedefKeyword: a typedef of a class says class', () => {
      expect(printed(`class-scopes.${made}.o`, 'base')).toContain('typedef class shape base;');
      const quirk = printed(`class-scopes.${made}.o`, 'base', 'typedefKeyword');
      expect(quirk).toContain('typedef struct shape base;');
    });

    it('references and pointers to members have sizes of their own', () => {
      const references = printed(`members.${made}.o`, 'references');
      if (made !== 'gxx2') expect(references).toMatch(/int && +d; +\/\* +24 +8 \*\//);
      const pointers = printed(`members.${made}.o`, 'member_pointers');
      expect(pointers).toMatch(/int target::\* +b; +\/\* +8 +8 \*\//);
      expect(pointers).toMatch(/ d; +\/\* +24 +16 \*\//);
    });

    it('decltype(nullptr) has the size of a pointer', () => {
      const text = printed(`null-pointer.${made}.o`, 'nulls');
      expect(text).toMatch(/decltype\(nullptr\) +d; +\/\* +24 +8 \*\//);
      expect(text).not.toMatch(/BRAIN FART|<error/);
    });
  });

  it('paholeClasses: pahole takes the sizes of what is referred to', async () => {
    const object = path('members.gxx5.o');
    const { stdout } = await runCli(['--compat', '-F', 'dwarf', '-C', 'member_pointers', object]);
    expect(stdout.toString()).toMatch(/int target::\* +b; +\/\* +8 +4 \*\//);
  });

  it('guessedSign: negative values of DWARF 2 are printed as such', async () => {
    const object = path('enums.gcc2.o');
    const own = await runCli(['-F', 'dwarf', '-C', 'negative', object]);
    const compat = await runCli(['--compat', '-F', 'dwarf', '-C', 'negative', object]);
    expect(own.stdout.toString()).toMatch(/= -1,/);
    expect(compat.stdout.toString()).not.toMatch(/= -/);
  });

  it('declFileZero: the file that clang numbers 0 has a name', async () => {
    const object = path('namespaces.clangxx5.o');
    const own = await runCli(['-F', 'dwarf', '-I', '-C', 'item', object]);
    const compat = await runCli(['--compat', '-F', 'dwarf', '-I', '-C', 'item', object]);
    expect(own.stdout.toString()).toMatch(/> .*namespaces\.cc:\d+ \*\//);
    expect(compat.stdout.toString()).toMatch(/> \(null\):\d+ \*\//);
  });
});
