import { beforeEach, describe, expect, it, vi } from 'vitest';
import { runList } from '../../src/cli/commands/list.ts';
import { BrokenPipe, type Output } from '../../src/cli/output.ts';
import { run } from '../../src/cli/run.ts';
import { TspaholeError } from '../../src/index.ts';

vi.mock('../../src/cli/commands/list.ts', () => ({ runList: vi.fn() }));

beforeEach(() => {
  vi.mocked(runList).mockReset().mockResolvedValue(0);
});

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function start(
  line: string,
  { program = 'tspahole', env = {} }: { program?: string; env?: Record<string, string> } = {},
): Promise<Result> {
  const text = { out: '', err: '' };
  const output = (to: 'out' | 'err'): Output => ({
    write: (bytes) => {
      text[to] += Buffer.from(bytes).toString();
    },
  });
  const args = line === '' ? [] : line.split(' ');
  const streams = { out: output('out'), err: output('err'), env };
  const code = await run(['node', `/usr/bin/${program}`, ...args], streams);
  return { code, ...text };
}

function failListing(error: unknown): void {
  vi.mocked(runList).mockImplementation(() => {
    throw error;
  });
}

function listSettings(): unknown {
  return vi.mocked(runList).mock.calls[0]?.[0];
}

describe('the listing', () => {
  it('gets the settings, and its code is the exit code', async () => {
    vi.mocked(runList).mockResolvedValue(1);
    expect(await start('-C list_head -q file')).toEqual({ code: 1, out: '', err: '' });
    expect(listSettings()).toMatchObject({ classNames: ['list_head'], quiet: true, files: ['file'] });
  });

  it('is in pahole’s mode with --compat and under the name pahole', async () => {
    await start('--compat');
    expect(listSettings()).toMatchObject({ compat: true });
    vi.mocked(runList).mockClear();
    await start('', { program: 'pahole' });
    expect(listSettings()).toMatchObject({ compat: true });
    vi.mocked(runList).mockClear();
    await start('', { program: 'xpahole' });
    expect(listSettings()).toMatchObject({ compat: false });
  });
});

describe('what fails', () => {
  it('is one line and exit code 1', async () => {
    failListing(new TspaholeError('bad-data', 'bad magic', { file: 'a.o', section: '.BTF', offset: 4 }));
    expect(await start('a.o')).toEqual({ code: 1, out: '', err: 'tspahole: a.o: .BTF+0x4: bad magic\n' });
  });

  it('stays one line when the message is not', async () => {
    failListing(new TspaholeError('not-found', "no type 'a\nb'"));
    expect((await start('')).err).toBe("tspahole: no type 'a b'\n");
  });

  it('is exit code 2 where the usage is wrong, 1 in pahole’s mode', async () => {
    failListing(new TspaholeError('usage', 'wrong'));
    expect(await start('')).toEqual({ code: 2, out: '', err: 'tspahole: wrong\n' });
    expect(await start('--compat')).toEqual({ code: 1, out: '', err: 'pahole: wrong\n' });
  });

  it.each([
    new RangeError('Invalid array length'),
    new RangeError('Array buffer allocation failed'),
    new TypeError('x is undefined'),
  ])('is an internal error for %s', async (error) => {
    failListing(error);
    const hint = '(set TSPAHOLE_DEBUG=1 for the stack)';
    expect(await start('')).toEqual({
      code: 70,
      out: '',
      err: `tspahole: internal error: ${error} ${hint}\n`,
    });
  });

  it('shows its stack with TSPAHOLE_DEBUG=1', async () => {
    failListing(new TypeError('x'));
    expect((await start('', { env: { TSPAHOLE_DEBUG: '1' } })).err).toMatch(
      /^tspahole: internal error: TypeError: x\nTypeError: x\n {4}at /,
    );
    failListing(new TspaholeError('io', 'y'));
    expect((await start('', { env: { TSPAHOLE_DEBUG: '1' } })).err).toMatch(/^tspahole: y\n.*y\n {4}at /);
  });

  it('is quiet where the reader of a pipe has gone', async () => {
    failListing(new BrokenPipe());
    expect(await start('')).toEqual({ code: 141, out: '', err: '' });
  });
});

describe('sub-commands', () => {
  it('are the exact first word only', async () => {
    expect(await start('core')).toMatchObject({
      code: 2,
      err: 'tspahole: core: which command? list, check, explain, apply, minimize\n',
    });
    await start('-q core');
    expect(listSettings()).toMatchObject({ files: ['core'] });
  });

  it('do not exist under the name pahole', async () => {
    await start('version', { program: 'pahole' });
    expect(listSettings()).toMatchObject({ files: ['version'] });
  });

  it('print our own version as JSON', async () => {
    const { out } = await start('version --json', { env: { PAHOLE_VMLINUX_BTF_FILENAME: '/nonexistent' } });
    expect(JSON.parse(out)).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      paholeVersion: 'v1.31',
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
      kernelBtf: { path: '/nonexistent', bytes: null },
    });
  });
});

describe('a planned option', () => {
  it('is refused under its long name, in both modes', async () => {
    const refused = { code: 2, out: '', err: 'tspahole: --ctf_encode is not supported in this version\n' };
    expect(await start('-Z -C a')).toEqual(refused);
    expect(await start('--compat --ctf -C a')).toEqual(refused);
    expect(runList).not.toHaveBeenCalled();
  });
});
