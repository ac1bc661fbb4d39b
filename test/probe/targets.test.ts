/** What a definition becomes for an older kernel. */

import { describe, expect, it } from 'vitest';
import { findArchitecture } from '../../src/probe/architectures.ts';
import type { ExpandOptions } from '../../src/probe/expand.ts';
import { targetOfReadme, targetOfVersion } from '../../src/probe/targets.ts';
import { argumentsText, tracefsText, warningCodes } from '../support/probe.ts';

function for_(version: string): Partial<ExpandOptions> {
  return { target: targetOfVersion(version) };
}

describe('an older kernel', () => {
  it('gets registers before 4.20', () => {
    expect(argumentsText('p vfs_read count $arg1', '6.12', for_('4.19'))).toBe('count=%dx:u64 file=%di:x64');
    expect(argumentsText('p vfs_read count', '6.12', for_('4.20'))).toBe('count=$arg3:u64');
  });

  it('gets string for ustring, with a warning, before 5.3', () => {
    expect(argumentsText('p vfs_read buf:ustring a=+u0($arg2)', '6.12', for_('5.2'))).toBe(
      'buf=+0($arg2):string a=+0($arg2)',
    );
    expect(warningCodes('p vfs_read buf:ustring', '6.12', for_('5.2'))).toEqual(['W9']);
  });

  it('gets r for %return before 5.10', () => {
    expect(tracefsText('p vfs_read%return', '6.12', for_('5.9'))).toBe('r:kprobes/r_vfs_read_0 vfs_read');
    expect(tracefsText('p vfs_read%return', '6.12', for_('5.10'))).toBe(
      'p:kprobes/r_vfs_read_0 vfs_read%return',
    );
  });

  it('gets symbol for symstr before 6.2 and u8 for char before 6.3', () => {
    expect(argumentsText('p vfs_read a=$arg1:symstr b=+0($arg2):char[4]', '6.12', for_('6.1'))).toBe(
      'a=$arg1:symbol b=+0($arg2):u8[4]',
    );
    expect(argumentsText('p vfs_read a=$arg1:symstr b=+0($arg2):char[4]', '6.12', for_('6.3'))).toBe(
      'a=$arg1:symstr b=+0($arg2):char[4]',
    );
  });

  it('gets a kprobe for an fprobe before 6.5', () => {
    expect(tracefsText('f vfs_read%return $retval', '6.12', for_('6.4'))).toBe(
      'r:kprobes/r_vfs_read_0 vfs_read retval=$retval:s64',
    );
    expect(tracefsText('f vfs_read count', '6.12', for_('6.5'))).toBe(
      'f:fprobes/vfs_read__entry vfs_read count=$arg3:u64',
    );
  });

  it('gets the members behind %pD before 6.10', () => {
    expect(argumentsText('p vfs_read file:%pD', '6.12', for_('6.9'))).toBe('file=+0(+40(+72($arg1))):string');
    expect(argumentsText('p vfs_read file:%pD', '6.12', for_('6.10'))).toBe('file=$arg1:%pD');
  });

  it.each([
    ['t sched_switch $$args', '6.4', /no probes on tracepoints, before 6\.5: probe __traceiter_NAME/],
    ['e sched.sched_switch $prev_pid', '5.14', /came with 5\.15/],
    ['e sched.sched_switch $prev_pid if prev_pid', '6.0', /came with 6\.1/],
    ['r vfs_read count', '6.8', /keeps no parameters for return probes, before 6\.9; use a pair/],
    ['p vfs_read a=\\1', '5.3', /came with 5\.4/],
    ['p vfs_read $current', '7.2', /nothing names the current task/],
    ['p vfs_read this_cpu_read(x)', '7.2', /NOSUP_PERCPU/],
  ])('refuses %s for %s', (line, version, text) => {
    expect(() => tracefsText(line, '6.12', for_(version))).toThrow(text);
  });

  it('refuses parameters of a return probe in registers', () => {
    expect(() => tracefsText('r vfs_read count', '6.12', { registers: true })).toThrow(
      /registers hold no parameters/,
    );
  });
});

describe('limits', () => {
  const long = `p vfs_read file->f_path.dentry${'->d_parent'.repeat(7)}`;

  it('of length are 63 characters, and 255 from 7.3 on', () => {
    const address = `p vfs_read x=@${'1'.repeat(99)}`;
    expect(() => tracefsText(address, '6.12', for_('6.12'))).toThrow(
      /becomes 100 characters, Linux 6\.12 takes 63/,
    );
    expect(tracefsText(address, '6.12', for_('7.3'))).toContain('x=@1');
  });

  it('of nesting are 8 from 7.3 on', () => {
    expect(() => tracefsText(`${long}->d_parent`, '6.12', for_('7.3'))).toThrow(
      /TOO_MANY_NESTED.*follows 9 pointers/,
    );
    expect(tracefsText(long, '6.12', for_('7.3'))).toContain('d_parent=');
  });
});

describe('a target', () => {
  it.each(['6.1.0-50-cloud-amd64', 'v6.1', '6.1.176'])('may be written %s', (text) => {
    expect(targetOfVersion(text)).toEqual(targetOfVersion('6.1'));
  });

  it.each(['6', 'new', '', '6.x'])('is not %s', (text) => {
    expect(() => targetOfVersion(text)).toThrow(/is neither a version/);
  });

  it('is read from the README of tracefs', () => {
    const readme = `\t  fetcharg: (%<register>|$<efield>), @<address>, @<symbol>[+|-<offset>],
\t           $stack<index>, $stack, $retval, $comm, $arg<N>,
\t           +|-[u]<offset>(<fetcharg>), \\imm-value, \\"imm-string"
\t     type: s8/16/32/64, u8/16/32/64, x8/16/32/64, symbol, symstr,
\t           b<bit-width>@<bit-offset>/<container-size>, ustring,
\t    place (kprobe): [<module>:]<symbol>[+<offset>]%return|<memaddr>
\t   e[:[<group>/][<event>]] <attached-group>.<attached-event> [<args>] [if <filter>]`;
    expect([...targetOfReadme(readme, 'it').features].sort()).toEqual([
      'argN',
      'eprobe',
      'eprobeFilter',
      'immediate',
      'returnSuffix',
      'symstr',
      'userMemory',
    ]);
  });
});

describe('a machine', () => {
  const on = (name: string, registers = false): Partial<ExpandOptions> => ({
    architecture: findArchitecture(name),
    registers,
  });

  it.each([
    ['arm64', 'sk=$arg1:x64 level=$arg2:s32 optname=$arg3:s32 optval=$arg4:x64 optlen=$arg6:u32'],
    ['s390x', 'sk=$arg1:x64 level=$arg2:s32 optname=$arg3:s32 optval=+0($arg4):x64 optlen=$arg5:u32'],
    ['powerpc', 'sk=$arg1:x64 level=$arg2:s32 optname=$arg3:s32 optval=$arg4:x64 optlen=$arg6:u32'],
  ])('%s passes a structure of two words its own way', (name, text) => {
    expect(argumentsText('p sk_setsockopt $$args', '6.12', on(name))).toBe(text);
  });

  it.each([
    ['x86_64', 'file=%di:x64 count=%dx:u64'],
    ['arm64', 'file=%x0:x64 count=%x2:u64'],
    ['riscv', 'file=%a0:x64 count=%a2:u64'],
    ['s390x', 'file=%r2:x64 count=%r4:u64'],
    ['powerpc', 'file=%gpr3:x64 count=%gpr5:u64'],
    ['loongarch', 'file=%r4:x64 count=%r6:u64'],
  ])('%s names its registers', (name, text) => {
    expect(argumentsText('p vfs_read file count', '6.12', on(name, true))).toBe(text);
  });

  it('without $argN on its stack reads the stack', () => {
    expect(argumentsText('p xen_remap_pfn $$args', '6.12', on('x86_64', true))).toMatch(
      / \w+=\+8\(\$stack\):u32 \w+=\+16\(\$stack\):u8$/,
    );
    expect(warningCodes('p do_sock_setsockopt $$args', '6.12', on('arm64'))).toEqual(['W4']);
  });
});
