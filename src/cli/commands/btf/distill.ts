/** `tspahole btf distill`: split BTF that carries what it needs of its base. */

import { distill, encodeBtf } from '../../../index.ts';
import { replaceFile, updateSections } from '../../../internal.ts';
import type { Command, CommandWords } from '../../command.ts';
import { onlyOperand, readBtf, requiredValue } from './input.ts';

/** The sub-command. */
export const distillCommand: Command = {
  name: 'btf distill',
  synopsis: ['--base FILE FILE -o OUT --base-output BASE_OUT', '--base FILE --in-place MODULE'],
  description:
    'Cut the base of split BTF down to the names and sizes that it needs, so that it can be relocated onto the base ' +
    'of another build. What was left out of the base moves to the split part.',
  options: [
    { name: 'base', short: 'B', metavar: 'FILE', help: 'the base of FILE' },
    { name: 'output', short: 'o', metavar: 'FILE', help: 'the file for the split part' },
    { name: 'base-output', metavar: 'FILE', help: 'the file for the distilled base' },
    { name: 'in-place', help: 'write both to the sections .BTF and .BTF.base of FILE, which is ELF' },
  ],
  notes: `Examples:
  tspahole btf distill -B vmlinux module.ko -o module.btf --base-output module.btf.base
  tspahole btf distill -B vmlinux --in-place module.ko
`,
  run: runDistill,
};

function runDistill(words: CommandWords): number {
  const path = onlyOperand('btf distill', words);
  const base = readBtf(requiredValue('btf distill', words, 'base')).table;
  if (words.has('in-place')) {
    const { base: small, split } = distill(readBtf(path, base).table);
    updateSections(
      path,
      new Map([
        ['.BTF', encodeBtf(split)],
        ['.BTF.base', encodeBtf(small)],
      ]),
    );
    return 0;
  }
  const output = requiredValue('btf distill', words, 'output');
  const baseOutput = requiredValue('btf distill', words, 'base-output');
  const distilled = distill(readBtf(path, base).table);
  replaceFile(baseOutput, [encodeBtf(distilled.base)]);
  replaceFile(output, [encodeBtf(distilled.split)]);
  return 0;
}
