/**
 * The compiler as the judge of reorganized structs: each is declared in C as bytes of the sizes and alignments of its
 * members, in its new order, and must have the size and the offsets that are claimed.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Reorganization } from '../../src/layout/reorganize.ts';
import { type Arrangement, arrangedUnits } from '../../src/layout/reorganize-arrangement.ts';
import type { StructModels } from '../../src/layout/reorganize-model.ts';
import { placesOfOrder, type Unit } from '../../src/layout/reorganize-place.ts';

/** Whether there is a compiler for the machine whose rules are followed. */
export const hasCompiler: boolean = spawnSync('gcc', ['--version']).status === 0 && process.arch === 'x64';

const FIELD_TYPES: Readonly<Record<number, string>> = {
  1: 'unsigned char',
  2: 'unsigned short',
  4: 'unsigned',
  8: 'unsigned long long',
  16: 'unsigned __int128',
};

const FIRST_BIT = `static long firstBit(void *at, unsigned long size) {
  for (unsigned long bit = 0; bit < size * 8; bit++) if (((unsigned char *)at)[bit / 8] >> bit % 8 & 1) return bit;
  return -1;
}
`;

const aligned = (alignment: number): string => `__attribute__((__aligned__(${alignment})))`;

/** The claims of one run of the compiler: C that fails to compile, or to end with 0, where one is wrong. */
export class Claims {
  readonly #structs: string[] = [];
  readonly #asserts: string[] = [];
  readonly #fields: string[] = [];

  get structCount(): number {
    return this.#structs.length;
  }

  get memberCount(): number {
    return this.#asserts.length + this.#fields.length - this.#structs.length;
  }

  add(models: StructModels, result: Reorganization): void {
    const name = `s${this.#structs.length}`;
    const type = `struct ${name}`;
    this.#structs.push(`${type} { ${this.#body(models, result)} } ${aligned(result.model.alignment)};`);
    this.#assert(`sizeof(${type}) == ${result.byteSize}`, models, result);
    this.#claimMembers(models, result, { type, path: '', byte: 0 });
  }

  #assert(condition: string, { layouts }: StructModels, { id }: Arrangement): void {
    this.#asserts.push(`_Static_assert(${condition}, "${layouts.table.name(id)}");`);
  }

  #claimMembers(
    models: StructModels,
    arrangement: Arrangement,
    { type, path, byte }: { type: string; path: string; byte: number },
  ): void {
    for (const [index, bit] of placesIn(models, arrangement)) {
      const member = `${path}m${index}`;
      if (isBitfield(models, arrangement, index)) {
        const first = byte * 8 + bit;
        this.#fields.push(
          `{ static ${type} v; v.${member} = 1; if (firstBit(&v, sizeof v) != ${first}) return 1; }`,
        );
        continue;
      }
      const offset = byte + bit / 8;
      this.#assert(`__builtin_offsetof(${type}, ${member}) == ${offset}`, models, arrangement);
      const inside = arrangement.inner.get(index);
      if (inside !== undefined)
        this.#claimMembers(models, inside, { type, path: `${member}.`, byte: offset });
    }
  }

  #body(models: StructModels, arrangement: Arrangement): string {
    if (arrangement.model !== undefined) {
      return arrangedUnits(models, arrangement)
        .map((unit) => this.#declaration(models, unit, arrangement.inner.get(unit.first)))
        .join(' ');
    }
    const { layouts } = models;
    const start = layouts.firstMember(arrangement.id);
    return placesIn(models, arrangement)
      .map(([index]) => {
        const byteSize = layouts.members.byteSize[start + index] as number;
        const alignment = models.alignmentOf(layouts.members.typeId[start + index] as number);
        const unit = { first: index, end: index + 1, byteSize, alignment };
        return this.#declaration(models, unit, arrangement.inner.get(index));
      })
      .join(' ');
  }

  #declaration(
    models: StructModels,
    { first, byteSize, alignment, fields }: Unit,
    inside: Arrangement | undefined,
  ): string {
    if (fields !== undefined) {
      const name = (member: number | undefined): string => (member === undefined ? '' : `m${member}`);
      return fields
        .map(({ member, bitSize, unitSize }) => `${FIELD_TYPES[unitSize]} ${name(member)}:${bitSize};`)
        .join(' ');
    }
    if (inside === undefined) return `char m${first}[${byteSize}] ${aligned(alignment)};`;
    const keyword = inside.model === undefined ? 'union' : 'struct';
    return `${keyword} { ${this.#body(models, inside)} } m${first} ${aligned(alignment)};`;
  }

  /** What the compiler has against the claims; empty where it agrees. */
  judge(): string {
    const folder = mkdtempSync(join(tmpdir(), 'tspahole-judge-'));
    try {
      const program = join(folder, 'claims');
      writeFileSync(`${program}.c`, this.#program());
      const options = ['-w', '-O0', '-fmax-errors=20', `${program}.c`, '-o', program];
      const built = spawnSync('gcc', options, { encoding: 'utf8' });
      if (built.status !== 0) return built.stderr;
      return spawnSync(program).status === 0 ? '' : 'a bitfield is elsewhere';
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  #program(): string {
    const functions: string[] = [];
    for (let at = 0; at < this.#fields.length; at += 500) {
      const checks = this.#fields.slice(at, at + 500).join('\n');
      functions.push(`static int f${functions.length}(void) {\n${checks}\nreturn 0; }\n`);
    }
    const calls = functions.map((_, index) => `if (f${index}()) return 1;`);
    const types = [...this.#structs, ...this.#asserts].join('\n');
    return `${types}\n${FIRST_BIT}${functions.join('')}int main(void) { ${calls.join(' ')} return 0; }\n`;
  }
}

/** Members with the bits that they are claimed to begin at. */
function placesIn(models: StructModels, arrangement: Arrangement): (readonly [number, number])[] {
  if (arrangement.model !== undefined) return placesOfOrder(arrangedUnits(models, arrangement));
  const count = models.layouts.memberCount(arrangement.id);
  return Array.from({ length: count }, (_, index) => [index, 0] as const);
}

function isBitfield({ layouts }: StructModels, { id }: Arrangement, index: number): boolean {
  return layouts.members.bitSize[layouts.firstMember(id) + index] !== 0;
}
