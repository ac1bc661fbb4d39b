/** pahole 1.31, where the machine has it: what the tests of identity compare with. */

import { spawnSync } from 'node:child_process';

const WANTED = 'v1.31';

/** What `pahole --version` says: `v1.31`, another version, or `none` where there is no pahole. */
export const paholeVersion: string = versionOnPath();

/** Whether the pahole on PATH is the one whose text is followed. Others print thousands of different lines. */
export const hasPeer: boolean = paholeVersion === WANTED;

function versionOnPath(): string {
  const { status, stdout } = spawnSync('pahole', ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'none';
}

export interface PeerResult {
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Undefined when it crashed or took longer than it may. */
  readonly code: number | undefined;
}

export interface PeerOptions {
  /** Milliseconds that it may take. */
  readonly timeout?: number;
  readonly maxBytes?: number;
  /** Environment variables beside PATH. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs pahole. Of the environment only PATH reaches it. */
export function runPeer(
  args: readonly string[],
  { timeout = 120_000, maxBytes = 1 << 29, env = {} }: PeerOptions = {},
): PeerResult {
  const { status, stdout, stderr } = spawnSync('pahole', args, {
    env: { PATH: process.env.PATH, LC_ALL: 'C', ...env },
    timeout,
    maxBuffer: maxBytes,
  });
  return { stdout, stderr: stderr.toString(), code: status ?? undefined };
}

/** Nothing when the texts are equal, else their first differing lines with their number. */
export function firstDifference(peer: Buffer, own: Buffer): string {
  if (peer.equals(own)) return '';
  const [peerLines, ownLines] = [linesOf(peer), linesOf(own)];
  const at = peerLines.findIndex((line, index) => line !== ownLines[index]);
  const from = at < 0 ? peerLines.length : at;
  const show = (mark: string, lines: readonly string[]): string =>
    lines
      .slice(from, from + 4)
      .map((line) => `${mark}${line}\n`)
      .join('');
  return `line ${from + 1}:\n${show('-', peerLines)}${show('+', ownLines)}`;
}

function linesOf(text: Buffer): string[] {
  return text.toString('latin1').split('\n');
}
