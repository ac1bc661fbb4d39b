/** `tspahole btf encode`: BTF from DWARF. */

import { encodeBtf, encodeTypes, loadSync } from '../../../index.ts';
import { replaceFile } from '../../../internal.ts';
import type { Command, CommandWords } from '../../command.ts';
import { writeText } from '../../output.ts';
import type { Streams } from '../../run.ts';
import { baseOf, onlyOperand, requiredValue } from './input.ts';

/** The sub-command. */
export const encodeCommand: Command = {
  name: 'btf encode',
  synopsis: ['[--base FILE] FILE -o OUT'],
  description:
    'Write the types that DWARF describes as BTF: those that pahole 1.31 writes, with the same ids. Functions and ' +
    'variables are not written in this version.',
  options: [
    { name: 'base', short: 'B', metavar: 'FILE', help: 'write split BTF that continues this one' },
    { name: 'output', short: 'o', metavar: 'FILE', help: 'the file to write' },
  ],
  notes: `What BTF cannot say is written as the nearest thing that it can, or as void, with a line on standard error.

Examples:
  tspahole btf encode vmlinux -o vmlinux.btf
  tspahole btf encode -B vmlinux.btf module.ko -o module.btf
`,
  run: runEncode,
};

function runEncode(words: CommandWords, { err }: Streams): number {
  const path = onlyOperand('btf encode', words);
  const output = requiredValue('btf encode', words, 'output');
  const base = baseOf(words);
  // Types that are declared in functions count, as in pahole.
  const source = loadSync(path, { formats: ['dwarf'], dwarf: { bodies: true } });
  const onRemark = (text: string): void => writeText(err, `tspahole: ${path}: ${text}\n`);
  const table = encodeTypes(source.units(), { base, onRemark });
  for (const note of source.notes) onRemark(note);
  replaceFile(output, [encodeBtf(table)]);
  return 0;
}
