/** The rules of the command line, each in both modes, and with pahole 1.31 where that is on PATH. */

import { describe, expect, it } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { hasPeer, runPeer } from '../support/peer.ts';
import { runCli } from '../support/run-cli.ts';
import { type CommandRule, commandRules, type Outcome, RUNNING_KERNEL } from './command-rules.ts';

const env = { PAHOLE_VMLINUX_BTF_FILENAME: fixturePath(RUNNING_KERNEL) };

/** Files by their paths. Names of files that are not there stay as they are. */
function pathsOf(args: readonly string[]): string[] {
  return args.map((arg) => (arg.endsWith('.btf') ? fixturePath(arg) : arg));
}

interface Ended {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly code: number | undefined;
}

function expectOutcome(ended: Ended, { stdout, code, message }: Outcome, program: string): void {
  expect(ended.stdout.toString()).toBe(stdout);
  expect(ended.code).toBe(code);
  const lines = ended.stderr.replaceAll(fixturePath(''), '').split('\n');
  if (message === undefined) expect(ended.stderr).toBe('');
  else expect(lines).toContain(`${program}: ${message}`);
}

describe.each(commandRules.map((rule) => [rule.name, rule.args.join(' '), rule] as const))(
  '%s: %s',
  (_name, _args, rule: CommandRule) => {
    const args = pathsOf(rule.args);

    it('the default', async () => {
      expectOutcome(await runCli(args, env), rule.own, 'tspahole');
    });

    it('--compat', async () => {
      expectOutcome(await runCli(['--compat', ...args], env), rule.compat, 'pahole');
    });

    if (hasPeer) {
      it('pahole 1.31', () => {
        const { stdout, code } = runPeer(args, { env });
        expect(stdout.toString()).toBe(rule.compat.stdout);
        expect(code).toBe(rule.compat.code);
      });
    }
  },
);
