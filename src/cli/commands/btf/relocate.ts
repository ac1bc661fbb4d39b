/** `tspahole btf relocate`: split BTF with a distilled base onto a full one. */

import { encodeBtf, relocate } from '../../../index.ts';
import { replaceFile } from '../../../internal.ts';
import type { Command, CommandWords } from '../../command.ts';
import { onlyOperand, readBtf, requiredValue } from './input.ts';

/** The sub-command. */
export const relocateCommand: Command = {
  name: 'btf relocate',
  synopsis: ['--base FILE [--distilled FILE] FILE -o OUT'],
  description:
    'Put split BTF that has a distilled base onto a full base, as the kernel does when it loads a module. Says what ' +
    'the base lacks where that is impossible.',
  options: [
    { name: 'base', short: 'B', metavar: 'FILE', help: 'the base to put it onto' },
    {
      name: 'distilled',
      metavar: 'FILE',
      help: 'the distilled base, where it is no .BTF.base section of FILE',
    },
    { name: 'output', short: 'o', metavar: 'FILE', help: 'the file to write' },
  ],
  notes: `Examples:
  tspahole btf relocate -B /sys/kernel/btf/vmlinux module.ko -o module.btf
  tspahole btf relocate -B vmlinux --distilled module.btf.base module.btf -o out.btf
`,
  run: runRelocate,
};

function runRelocate(words: CommandWords): number {
  const path = onlyOperand('btf relocate', words);
  const base = readBtf(requiredValue('btf relocate', words, 'base')).table;
  const output = requiredValue('btf relocate', words, 'output');
  const distilledPath = words.value('distilled');
  const distilled = distilledPath === undefined ? undefined : readBtf(distilledPath).table;
  replaceFile(output, [encodeBtf(relocate(readBtf(path, distilled).table, base))]);
  return 0;
}
