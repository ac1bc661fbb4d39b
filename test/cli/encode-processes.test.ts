/** How many files are shared out, and how another process is asked for the same. */

import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/cli/argp.ts';
import { sharesOf, wordsFor } from '../../src/cli/commands/encode/processes.ts';

describe('files', () => {
  const files = Array.from({ length: 100 }, (_, index) => index);

  it('that are few stay in one share', () => {
    expect(sharesOf(files.slice(0, 47), 8)).toHaveLength(1);
    expect(sharesOf([], 8)).toEqual([[]]);
    expect(sharesOf(files, 1)).toEqual([files]);
  });

  it('that are many are in one share each, of about one size', () => {
    const shares = sharesOf(files, 3);
    expect(shares.map((share) => share.length)).toEqual([34, 33, 33]);
    expect(shares.flat().sort((left, right) => left - right)).toEqual(files);
  });
});

describe('the words of another process', () => {
  it('mean the same for other files, by one thread', () => {
    const parsed = parseArguments(
      ['-J', '-j', 'a.o', '-X', '--', '--btf_features=+layout', '--', '-b.o'],
      false,
    );
    const words = wordsFor(parsed, ['-c.o']);
    const again = parseArguments(words, false);
    const named = ({ option, value }: (typeof parsed.options)[number]): unknown => [option.name, value];
    expect(again.options.map(named)).toEqual([...parsed.options.map(named), ['jobs', '1']]);
    expect(again.operands.map(({ text }) => text)).toEqual(['-c.o']);
  });
});
