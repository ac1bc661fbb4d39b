import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { BrokenPipe, descriptorOutput, writeText } from '../../src/cli/output.ts';

const directory = mkdtempSync(join(tmpdir(), 'tspahole-output-'));
afterAll(() => rmSync(directory, { recursive: true }));

let count = 0;
function makePipe(): string {
  const path = join(directory, `pipe${count++}`);
  execFileSync('mkfifo', [path]);
  return path;
}

const lines = Array.from({ length: 100_000 }, (_, index) => `line ${index}\n`).join('');

/** Writes all lines into a pipe whose reader starts late and stops in between; gives what arrived. */
async function throughSlowPipe(flags: number): Promise<string> {
  const pipe = makePipe();
  const arrived = `${pipe}.out`;
  const script = 'exec <"$1"; sleep 0.2; head -c 100000 >"$2"; sleep 0.1; cat >>"$2"';
  const reader = spawn('sh', ['-c', script, 'sh', pipe, arrived]);
  // Opened for both directions first, since opening for writing alone needs the reader to be there.
  const keeper = openSync(pipe, constants.O_RDWR);
  const descriptor = openSync(pipe, constants.O_WRONLY | flags);
  await new Promise((resolve) => setTimeout(resolve, 50));
  writeText(descriptorOutput(descriptor, 'pipe'), lines);
  closeSync(descriptor);
  closeSync(keeper);
  await once(reader, 'close');
  return readFileSync(arrived, 'utf8');
}

describe('descriptorOutput', () => {
  it('writes everything into a pipe that is read slowly', async () => {
    expect(await throughSlowPipe(0)).toBe(lines);
  });

  it('waits for room in a pipe that does not block', async () => {
    expect(await throughSlowPipe(constants.O_NONBLOCK)).toBe(lines);
  });

  it('throws BrokenPipe when nobody reads', () => {
    const pipe = makePipe();
    const reading = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const writing = openSync(pipe, constants.O_WRONLY);
    closeSync(reading);
    expect(() => writeText(descriptorOutput(writing, 'pipe'), 'x')).toThrow(BrokenPipe);
    closeSync(writing);
  });

  it.runIf(process.platform === 'linux')('says what the system refuses', () => {
    const full = openSync('/dev/full', 'w');
    expect(() => writeText(descriptorOutput(full, 'standard output'), 'x')).toThrow(
      expect.objectContaining({
        code: 'io',
        message: 'standard output: ENOSPC: no space left on device, write',
      }),
    );
    closeSync(full);
  });

  it('does nothing for no bytes', () => {
    expect(() => descriptorOutput(-1, 'nothing').write(new Uint8Array(0))).not.toThrow();
  });
});
