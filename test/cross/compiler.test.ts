/**
 * The compiler itself as the oracle: sizes and offsets read from DWARF are what `sizeof` and `offsetof` say
 * in the compiled program.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Layouts, layoutOf, loadSync, type TypeId, type TypeTable } from '../../src/index.ts';
import { loadBinding } from '../../src/native/binding.ts';
import { fixturePath } from '../support/fixtures.ts';

const directory = mkdtempSync(join(tmpdir(), 'tspahole-compiler-'));
afterAll(() => rmSync(directory, { recursive: true }));

const COMPILERS: readonly (readonly string[])[] = [['gcc'], ['clang'], ['gcc', '-m32']];
const OPTIONS = ['-g', '-w', '-O0', '-fno-eliminate-unused-debug-types'];

const sources = ['.', 'dwarf'].flatMap((folder) =>
  readdirSync(fixturePath(folder))
    .filter((name) => name.endsWith('.c'))
    .map((name) => join(folder, name)),
);

/** The compiler's own, which a program cannot name, and bitfields as wide as their types, which have no offset. */
const NOT_TO_BE_ASKED: readonly string[] = ['__va_list_tag', 'whole_width'];

/** Whether a compiler makes programs that run here. */
function works([tool = '', ...options]: readonly string[]): boolean {
  const path = join(directory, 'probe');
  writeFileSync(`${path}.c`, '#include <stdio.h>\nint main(void) { return 0; }\n');
  if (spawnSync(tool, [...options, `${path}.c`, '-o', path]).status !== 0) return false;
  return spawnSync(path).status === 0;
}

/** What the program is asked, and what DWARF answers: `sizeof(struct s)` 8, `offsetof(struct s, m)` 4. */
function questionsOf(table: TypeTable): Map<string, number> {
  const layouts = new Layouts(table);
  const questions = new Map<string, number>();
  for (let id = 1; id < table.end; id++) {
    const type = table.type(id);
    if (type.kind !== 'struct' && type.kind !== 'union') continue;
    if (type.name === '' || NOT_TO_BE_ASKED.includes(type.name)) continue;
    if (table.side?.isTopLevel(id) !== true || questions.has(sizeof(table, id))) continue;
    const layout = layoutOf(layouts, id);
    questions.set(sizeof(table, id), layout.byteSize);
    for (const item of layout.items) {
      if (item.kind !== 'member' || item.name === '' || item.bitSize !== undefined) continue;
      questions.set(`offsetof(${type.kind} ${type.name}, ${item.name})`, item.byteOffset ?? Number.NaN);
    }
  }
  return questions;
}

function sizeof(table: TypeTable, id: TypeId): string {
  return `sizeof(${table.type(id).kind} ${table.name(id)})`;
}

/** The answers of a program that includes `source`. */
function ask(
  [tool = '', ...options]: readonly string[],
  source: string,
  questions: readonly string[],
): number[] {
  const program = join(directory, 'ask');
  const lines = questions.map((question) => `  printf("%llu\\n", (unsigned long long)${question});`);
  const head = `#include "${source}"\nint printf(const char *, ...);\n#define offsetof __builtin_offsetof\n`;
  const text = `${head}int main(void) {\n${lines.join('\n')}\n}\n`;
  writeFileSync(`${program}.c`, text);
  const built = spawnSync(tool, [...options, ...OPTIONS, `${program}.c`, '-o', program], {
    encoding: 'utf8',
  });
  expect(built.status, built.stderr).toBe(0);
  return spawnSync(program, { encoding: 'utf8' }).stdout.trim().split('\n').map(Number);
}

describe.skipIf(loadBinding('tspahole_dwarf') === undefined)('DWARF (skipped without the addon)', () => {
  describe.each(COMPILERS.map((compiler) => [compiler.join(' '), compiler] as const))(
    'of %s',
    (_, compiler) => {
      const isThere = works(compiler);
      let types = 0;

      it.skipIf(!isThere).each(sources)('%s has the sizes and offsets that the program says', (name) => {
        const [tool = '', ...options] = compiler;
        const object = join(directory, `${basename(name, '.c')}.o`);
        const source = fixturePath(name);
        // Some sources need what a target lacks, such as __int128.
        if (spawnSync(tool, [...options, ...OPTIONS, '-c', source, '-o', object]).status !== 0) return;
        const questions = questionsOf(loadSync(object, { formats: ['dwarf'] }).table());
        const answers = ask(compiler, source, [...questions.keys()]);
        expect(Object.fromEntries([...questions.keys()].map((key, index) => [key, answers[index]]))).toEqual(
          Object.fromEntries(questions),
        );
        types += [...questions.keys()].filter((key) => key.startsWith('sizeof')).length;
      });

      it.skipIf(!isThere)('and these are at least 150 types', () => {
        expect(types).toBeGreaterThanOrEqual(150);
      });
    },
  );
});
