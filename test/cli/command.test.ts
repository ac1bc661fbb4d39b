import { describe, expect, it } from 'vitest';
import { type Command, parseWords, runCommand } from '../../src/cli/command.ts';
import { expectError } from '../support/expect-error.ts';

const COMMAND: Command = {
  name: 'sample',
  synopsis: ['[option...] FILE'],
  description: 'Try the words.',
  options: [
    { name: 'no-names', short: 'n', help: 'leave names out' },
    { name: 'arch', metavar: 'ARCH', help: 'the architecture' },
    { name: 'type', metavar: 'NAME', multiple: true, help: 'a type' },
  ],
  notes: 'Examples: none.\n',
  run: () => 3,
};

describe('the words of a sub-command', () => {
  it('mix options and operands', () => {
    const words = parseWords(COMMAND, ['a', '-n', 'b', '--arch=x86']);
    expect([words.operands, words.has('no-names'), words.value('arch')]).toEqual([['a', 'b'], true, 'x86']);
  });

  it('accept _ for - in names and leave values alone', () => {
    const words = parseWords(COMMAND, ['--no_names', '--arch=x86_64']);
    expect([words.has('no-names'), words.value('arch')]).toEqual([true, 'x86_64']);
  });

  it('keep all values of an option that may be repeated and the last of another', () => {
    const words = parseWords(COMMAND, ['--type', 'a', '--type=b', '--arch=c', '--arch=d']);
    expect([words.values('type'), words.value('arch'), words.value('type')]).toEqual([['a', 'b'], 'd', 'b']);
  });

  it('say that an option was not given', () => {
    const words = parseWords(COMMAND, []);
    expect([words.has('no-names'), words.value('arch'), words.values('type')]).toEqual([
      false,
      undefined,
      [],
    ]);
  });

  it('are operands after --', () => {
    expect(parseWords(COMMAND, ['--', '-n']).operands).toEqual(['-n']);
  });

  it.each([
    ['--nope', "sample: unknown option '--nope'"],
    ['--arch', "sample: option '--arch <value>' argument missing"],
  ])('%s is a mistake of usage', (word, message) => {
    expectError(() => parseWords(COMMAND, [word]), 'usage', message);
  });
});

describe('a sub-command', () => {
  it('prints its help instead of running', async () => {
    const chunks: Uint8Array[] = [];
    const output = { write: (bytes: Uint8Array) => void chunks.push(bytes.slice()) };
    const code = await runCommand(COMMAND, ['-h'], { out: output, err: output, env: {} });
    const text = Buffer.concat(chunks).toString();
    expect(code).toBe(0);
    expect(text).toContain('Usage: tspahole sample [option...] FILE');
    expect(text).toContain('--arch <ARCH>');
    expect(text.endsWith('Examples: none.\n')).toBe(true);
  });
});
