/**
 * The import fence: which part of src may import which, as an ESLint plugin. An area is a folder of src,
 * or a file directly in it. docs/architecture.md draws the same picture.
 */

import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const SRC = fileURLToPath(new URL('../src', import.meta.url));

const READERS = 'a reader knows its format and the model, so that each can be tested and replaced alone';
const PUBLIC = 'these two files are the doors of the library; the command line stands outside';

/** For each area: the other areas that it may import, and why no more. */
export const FENCE = {
  cli: { may: ['index', 'internal'], because: 'the command line is a user of the library like any other' },
  index: { may: 'all but cli', because: PUBLIC },
  internal: { may: 'all but cli', because: PUBLIC },
  load: {
    may: ['elf', 'dwarf', 'btf', 'native', 'model'],
    because: 'it picks the reader of a file and does nothing with what it holds',
  },
  'quick-listing': {
    may: ['native'],
    because: 'it is what a start of the command line loads, so it is small and does one thing',
  },
  elf: { may: ['model'], because: READERS },
  dwarf: { may: ['model'], because: READERS },
  btf: { may: ['model'], because: READERS },
  native: { may: ['model'], because: 'it wraps what the addon does; what the bytes mean is not its matter' },
  encode: {
    may: ['elf', 'dwarf', 'btf', 'layout', 'model'],
    because: 'it turns what the readers give into BTF and prints nothing',
  },
  'encode-file': {
    may: ['load', 'encode', 'elf', 'btf', 'dwarf', 'model'],
    because: 'it feeds the encoder from one file and writes none',
  },
  core: { may: ['elf', 'btf', 'model'], because: 'CO-RE lives in BPF objects, which hold ELF and BTF only' },
  probe: {
    may: ['elf', 'btf', 'layout', 'model'],
    because: 'a probe is resolved from BTF, symbols and layouts alone',
  },
  layout: { may: ['model'], because: 'a layout is computed from types, whatever they were read from' },
  emit: {
    may: ['layout', 'native', 'model'],
    because:
      'emitters print what layout computed, long listings and headers in WebAssembly, and read no files',
  },
  model: { may: [], because: 'everything leans on the model, so it leans on nothing' },
};

/** Packages that an area may import besides node's own modules. */
const PACKAGES = { cli: ['commander'] };

/** The area of an absolute path, or undefined outside src. */
function areaOf(path) {
  const inside = relative(SRC, path);
  if (inside === '' || inside.startsWith('..')) return undefined;
  return inside.split(sep)[0].replace(/\.ts$/, '');
}

function mayImport(from, to) {
  const { may } = FENCE[from];
  return from === to || (may === 'all but cli' ? to !== 'cli' : may.includes(to));
}

/** What is wrong with `file` importing `specifier`, or undefined. */
function complaint(file, specifier) {
  const from = areaOf(file);
  if (from === undefined) return undefined;
  if (!(from in FENCE))
    return `src/${from} has no entry in scripts/import-fence.mjs; add one with its reason`;
  if (!specifier.startsWith('.')) return packageComplaint(from, specifier);
  const to = areaOf(resolve(dirname(file), specifier));
  if (to === undefined) return 'src imports nothing outside src: only src is published';
  if (mayImport(from, to)) return undefined;
  return `${from} must not import ${to}: ${FENCE[from].because}`;
}

function packageComplaint(from, specifier) {
  if (specifier.startsWith('node:') || PACKAGES[from]?.includes(specifier)) return undefined;
  return `${from} must not import the package ${specifier}: users of the library install no other package`;
}

const rule = {
  meta: {
    type: 'problem',
    docs: { description: 'imports follow the directions of scripts/import-fence.mjs' },
    schema: [],
    messages: { fence: '{{complaint}}' },
  },
  create(context) {
    const check = ({ source }) => {
      if (typeof source?.value !== 'string') return;
      const found = complaint(context.filename, source.value);
      if (found !== undefined)
        context.report({ node: source, messageId: 'fence', data: { complaint: found } });
    };
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportAllDeclaration: check,
      ExportNamedDeclaration: check,
      TSImportType: check,
    };
  },
};

export default { meta: { name: 'tspahole' }, rules: { 'import-fence': rule } };
