/** The bar on a terminal: when it comes, that it never mixes with text, and what an interrupt leaves. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import type { Output } from '../../src/cli/output.ts';
import { ERASE, formatProgress, Progress } from '../../src/cli/progress.ts';
import { loadBinding } from '../../src/native/binding.ts';

interface Screen {
  readonly text: () => string;
  readonly output: Output;
}

function screen(): Screen {
  let text = '';
  return {
    text: () => text,
    output: {
      write: (bytes) => {
        text += Buffer.from(bytes).toString();
      },
    },
  };
}

/** A progress whose clock the test turns, in milliseconds. */
function start(terminal = screen()) {
  const clock = { now: 0 };
  const shown: boolean[] = [];
  const progress = new Progress(terminal.output, {
    now: () => clock.now,
    onShown: (isShown) => shown.push(isShown),
  });
  return { progress, clock, shown, text: terminal.text, terminal };
}

const bar = (done: number, total: number): string => `\r${formatProgress(done, total)}\x1b[K`;
const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('the text', () => {
  it.each([
    [0, 3, '[                    ] 0/3 units'],
    [1, 2, '[##########          ] 1/2 units'],
    [2, 2, '[####################] 2/2 units'],
    [5, 2, '[####################] 5/2 units'],
    [0, 0, '[                    ] 0/0 units'],
  ])('of %i of %i units', (done, total, text) => {
    expect(formatProgress(done, total)).toBe(text);
  });

  it('is short for any file that can be', () => {
    expect(formatProgress(999_999, 999_999).length).toBeLessThanOrEqual(50);
  });
});

describe('the bar', () => {
  it('does not come before half a second', () => {
    const { progress, clock, text } = start();
    clock.now = 499;
    progress.update(1, 9);
    expect(text()).toBe('');
    clock.now = 500;
    progress.update(2, 9);
    expect(text()).toBe(bar(2, 9));
  });

  it('is drawn ten times a second at most', () => {
    const { progress, clock, text } = start();
    for (let at = 0; at < 1500; at++) {
      clock.now = at;
      progress.update(at, 1500);
    }
    expect(text().split('\r')).toHaveLength(1 + 10);
  });

  it('is erased once, and comes back', () => {
    const { progress, clock, shown, text } = start();
    clock.now = 600;
    progress.update(1, 9);
    progress.erase();
    progress.erase();
    expect(text()).toBe(bar(1, 9) + ERASE);
    clock.now = 700;
    progress.update(2, 9);
    expect(text()).toBe(bar(1, 9) + ERASE + bar(2, 9));
    expect(shown).toEqual([true, false, true]);
  });

  it('is nowhere without a terminal', () => {
    const progress = new Progress(undefined, { now: () => 0 });
    progress.update(1, 2);
    progress.erase();
  });
});

describe('a guarded output', () => {
  it('erases the bar before it writes', () => {
    const { progress, clock, terminal, text } = start();
    const guarded = progress.guard(terminal.output);
    clock.now = 600;
    progress.update(1, 9);
    guarded.write(bytes('a line\n'));
    expect(text()).toBe(`${bar(1, 9)}${ERASE}a line\n`);
  });

  it('has no bar behind an unfinished line', () => {
    const { progress, clock, terminal, text } = start();
    const guarded = progress.guard(terminal.output);
    guarded.write(bytes('half'));
    clock.now = 600;
    progress.update(1, 9);
    guarded.write(bytes(''));
    guarded.write(bytes(' a line\n'));
    expect(text()).toBe('half a line\n');
    progress.update(2, 9);
    expect(text()).toBe(`half a line\n${bar(2, 9)}`);
  });

  it('that may lead to a pager ends the bar for good', () => {
    const { progress, clock, text } = start();
    const guarded = progress.guard(screen().output, { isLast: true });
    clock.now = 600;
    progress.update(1, 9);
    guarded.write(bytes('x\n'));
    clock.now = 9000;
    progress.update(2, 9);
    expect(text()).toBe(bar(1, 9) + ERASE);
  });
});

/** A program that shows a bar for so many milliseconds on the terminal that it gets. */
const PROGRAM = `
  const [folder, milliseconds] = process.argv.slice(2);
  const { withProgress } = await import(folder + 'src/cli/progress.ts');
  const { descriptorOutput } = await import(folder + 'src/cli/output.ts');
  const streams = { out: descriptorOutput(1, 'out'), err: descriptorOutput(2, 'err'), env: process.env };
  const { progress } = withProgress(streams);
  const end = performance.now() + Number(milliseconds);
  for (let done = 0; performance.now() < end; done++) progress.update(done % 1000, 1000);
  progress.erase();
`;

/** Gives a command a terminal, types Ctrl-C at the first bar if asked to, prints its exit code and what it showed. */
const PTY = `
import fcntl, os, pty, select, subprocess, sys, termios, time
master, slave = pty.openpty()
claim = lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)
child = subprocess.Popen(sys.argv[2:], stdin=slave, stdout=subprocess.DEVNULL, stderr=slave,
    start_new_session=True, preexec_fn=claim)
os.close(slave)
seen, sent, deadline = b'', False, time.time() + 20
while time.time() < deadline:
    if select.select([master], [], [], 0.05)[0]:
        try: chunk = os.read(master, 65536)
        except OSError: break
        if not chunk: break
        seen += chunk
    if sys.argv[1] == 'interrupt' and not sent and b'units' in seen:
        os.write(master, b'\\x03')
        sent = True
else:
    child.kill()
sys.stdout.buffer.write(str(child.wait()).encode() + b'\\n' + seen)
`;

const hasPython = spawnSync('python3', ['-c', 'import pty']).status === 0;
const hasAddon = loadBinding('tspahole_dwarf') !== undefined;
const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'tspahole-progress-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Shown {
  /** As Python has it: negative where a signal ended the program. */
  readonly code: number;
  readonly seen: string;
}

function onTerminal(mode: 'interrupt' | 'wait', milliseconds: number, term = 'xterm'): Shown {
  const program = join(folder, 'program.ts');
  writeFileSync(program, PROGRAM);
  const command = [process.execPath, `${root}scripts/run-ts.mjs`, program, root, String(milliseconds)];
  const env = { ...process.env, TERM: term };
  const { stdout } = spawnSync('python3', ['-c', PTY, mode, ...command], { env, encoding: 'utf8' });
  const [code = '', ...rest] = stdout.split('\n');
  return { code: Number(code), seen: rest.join('\n') };
}

const TIMEOUT = 30_000;

describe.skipIf(!hasPython)('on a terminal (skipped without python3)', () => {
  it('comes and is erased at the end', { timeout: TIMEOUT }, () => {
    const { code, seen } = onTerminal('wait', 800);
    expect(code).toBe(0);
    expect(seen).toMatch(/\r\[#* *\] \d+\/1000 units/);
    expect(seen.endsWith(ERASE)).toBe(true);
  });

  it.each(['dumb', ''])('does not come where TERM is %j', { timeout: TIMEOUT }, (term) => {
    expect(onTerminal('wait', 700, term)).toEqual({ code: 0, seen: '' });
  });

  it.skipIf(!hasAddon)(
    'is erased by Ctrl-C, which ends the program (skipped without the addon)',
    {
      timeout: TIMEOUT,
    },
    () => {
      const { code, seen } = onTerminal('interrupt', 15_000);
      expect(code).toBe(-constants.signals.SIGINT);
      expect(seen.endsWith(ERASE)).toBe(true);
    },
  );
});
