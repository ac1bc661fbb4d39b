/** Expansions for the kernels of Debian, whose values were read on the running kernels. */

import { describe, expect, it } from 'vitest';
import { argumentsText, tracefsText, warningCodes } from '../support/probe.ts';

describe('$$args', () => {
  it.each(['$$args', '$arg*', '$args', '$params', '$$parms'])('may be written %s', (all) => {
    expect(tracefsText(`p vfs_read ${all}`, '6.1')).toBe(
      'p:kprobes/p_vfs_read_0 vfs_read file=$arg1:x64 buf=$arg2:x64 count=$arg3:u64 pos=$arg4:x64',
    );
  });

  it.each(['6.1', '6.12'] as const)('counts the words of a structure by value, on %s', (kernel) => {
    expect(argumentsText('p sk_setsockopt $$args', kernel)).toBe(
      'sk=$arg1:x64 level=$arg2:s32 optname=$arg3:s32 optval=$arg4:x64 optlen=$arg6:u32',
    );
    expect(warningCodes('p sk_setsockopt $$args', kernel)).toEqual(['W4']);
  });

  it('finds a large structure on the stack and the others in the registers that it leaves', () => {
    expect(argumentsText('p do_pages_move $$args')).toMatch(
      /^mm=\$arg1:x64 \w+=\+8\(\$stack\):x64 nr_pages=\$arg2:u64 pages=\$arg3:x64 nodes=\$arg4:x64 status=\$arg5:x64 flags=\$arg6:s32$/,
    );
  });

  it('goes on behind the registers', () => {
    expect(argumentsText('p do_sock_setsockopt optlen')).toBe('optlen=$arg7:s32');
  });

  it('takes the fixed parameters of a variadic function', () => {
    expect(argumentsText('p seq_printf $$args')).toBe('m=$arg1:x64 f=$arg2:x64');
    expect(warningCodes('p seq_printf $$args')).toEqual(['W7']);
  });

  it('is the parameter of a function that returns nothing', () => {
    expect(tracefsText('p fput $$args', '6.1')).toBe('p:kprobes/p_fput_0 fput file=$arg1:x64');
  });

  it('is nothing for a function without parameters', () => {
    expect(tracefsText('p kernel_init_freeable $$args')).toBe(
      'p:kprobes/p_kernel_init_freeable_0 kernel_init_freeable',
    );
  });

  it('may stand among others', () => {
    expect(argumentsText('p vfs_read $$args n=count')).toBe(
      'file=$arg1:x64 buf=$arg2:x64 count=$arg3:u64 pos=$arg4:x64 n=$arg3:u64',
    );
  });
});

describe('members', () => {
  it.each([
    ['p vfs_read file->f_pos', '6.1', 'f_pos=+104($arg1):s64'],
    ['p vfs_read file->f_mode', '6.1', 'f_mode=+68($arg1):u32'],
    ['p vfs_read file->f_path.dentry->d_name.name:string', '6.1', 'name=+0(+40(+24($arg1))):string'],
    ['p vfs_read file->f_path.dentry->d_name.name:string', '6.12', 'name=+0(+40(+72($arg1))):string'],
    ['p wake_up_new_task p->comm:string', '6.12', 'comm=+2976($arg1):string'],
    ['p wake_up_new_task p->in_iowait', '6.12', 'in_iowait=+2360($arg1):b1@4/32'],
    ['p skb_checksum_help skb->csum_not_inet', '6.12', 'csum_not_inet=+132($arg1):b1@1/8'],
    ['p skb_checksum_help skb->tc_depth', '6.12', 'tc_depth=+132($arg1):b2@3/8'],
    ['p wake_up_new_task p->se.group_node.next->prev', '6.12', /^prev=\+8\(\+\d+\(\$arg1\)\):x64$/],
  ] as const)('%s on %s', (line, kernel, text) => {
    expect(argumentsText(line, kernel)).toMatch(text);
  });

  it('are elements too', () => {
    expect(argumentsText('p vfs_read pos[0] p2=pos[2]')).toBe('pos_0=+0($arg4):s64 p2=+16($arg4):s64');
    expect(argumentsText('p __set_task_comm tsk->comm[3]', '6.1')).toMatch(/^comm_3=\+2979\(\$arg1\):s8$/);
    expect(argumentsText('p __set_task_comm tsk->comm[3]')).toMatch(/^comm_3=\+2979\(\$arg1\):u8$/);
  });

  it('of a structure by value are in its words', () => {
    expect(argumentsText('p sk_setsockopt optval.kernel optval.is_kernel')).toBe(
      'kernel=$arg4:x64 is_kernel=$arg5:b1@0/64',
    );
    expect(argumentsText('p update_persistent_clock64 now.tv_sec now.tv_nsec')).toBe(
      'tv_sec=$arg1:s64 tv_nsec=$arg2:s64',
    );
  });

  it('are read from user memory where the argument says so', () => {
    expect(argumentsText('p vfs_read file->f_path.dentry@user buf@user:string')).toBe(
      'dentry=+u72($arg1):x64 buf=+u0($arg2):string',
    );
  });

  it('are reached by casts, and back from a member', () => {
    const plain = argumentsText('p wake_up_new_task p->pid');
    expect(argumentsText('p wake_up_new_task (task_struct)p->pid')).toBe(plain);
    expect(argumentsText('p vfs_read (task_struct)(file->f_op)->pid')).toMatch(
      /^pid=\+\d+\(\+16\(\$arg1\)\):s32$/,
    );
    expect(argumentsText('p wake_up_new_task (task_struct,comm)p->comm')).toBe('comm=+0($arg1):x64');
    expect(argumentsText('p wake_up_new_task (task_struct,comm)p->pid')).toMatch(/^pid=-\d+\(\$arg1\):s32$/);
  });
});

describe('types', () => {
  it.each([
    ['p send_sig_mceerr $$args', '$arg1:s32 $arg2:x64 $arg3:s16 $arg4:x64'],
    ['p submit_bh_wbc $$args', '$arg1:u32 $arg2:x64 $arg3:u8 $arg4:x64'],
    ['p __set_task_comm $$args', '$arg1:x64 $arg2:x64 $arg3:u8'],
    ['p bio_alloc_bioset $$args', '$arg1:x64 $arg2:u16 $arg3:u32 $arg4:u32 $arg5:x64'],
    [
      'p xen_remap_pfn $$args',
      '$arg1:x64 $arg2:u64 $arg3:x64 $arg4:s32 $arg5:x64 $arg6:x64 $arg7:u32 $arg8:u8',
    ],
    ['r vfs_read $retval', '$retval:s64'],
    ['r make_kuid $retval', '$retval:x32'],
    ['r ns_to_timespec64 $retval', '$retval:x64'],
  ])('of %s are sized and signed as in C', (line, types) => {
    expect(argumentsText(line).replaceAll(/\w+=/g, '')).toBe(types);
  });

  it.each([
    ['p submit_bh_wbc $arg*', '$arg1:u32 $arg2:x64 $arg3:s32 $arg4:x64'],
    ['r make_kuid $retval', '$retval:x64'],
    ['p kill_pid_usb_asyncio $arg*', '$arg1:s32 $arg2:s32 $arg3:x64 $arg4:x64 $arg5:x64'],
    ['p update_persistent_clock64 $arg*', '$arg1:x64'],
  ])('of %s are the kernel’s own by its rule', (line, types) => {
    const text = argumentsText(line, '6.12', { rule: 'kernel' }).replaceAll(/\w+=/g, '');
    expect(text).toBe(types);
  });

  it('are those that are asked for', () => {
    expect(argumentsText('p vfs_read $arg1:u32 count:x16 y=$arg3')).toBe(
      'file=$arg1:u32 count=$arg3:x16 y=$arg3',
    );
    expect(argumentsText('p vfs_read buf:x8[4]'.replace('buf', 'pos[0]'))).toBe('pos_0=+0($arg4):x8[4]');
  });

  it('are strings of arrays and behind pointers', () => {
    expect(argumentsText('p vfs_read buf:string', '6.1')).toBe('buf=+0($arg2):string');
    expect(argumentsText('p vfs_read buf:ustring')).toBe('buf=+0($arg2):ustring');
    expect(argumentsText('p __set_task_comm $$args tsk->comm', '6.12', { strings: true })).toBe(
      'tsk=$arg1:x64 buf=+0($arg2):string exec=$arg3:u8 comm=+2976($arg1):string',
    );
    expect(argumentsText('r getname_flags $retval->name:string')).toBe('name=+0(+0($retval)):string');
  });

  it('of dentries become the members that hold the name, unless the target has them', () => {
    expect(argumentsText('p vfs_read f=$arg1:%pD')).toBe('f=+0(+40(+72($arg1))):string');
    expect(argumentsText('p vfs_read d=file->f_path.dentry:%pd')).toBe('d=+0(+40(+72($arg1))):string');
  });
});

describe('names', () => {
  it('are the last member’s, with parents where two are alike', () => {
    expect(
      argumentsText('p vfs_read file->f_path.dentry->d_name.name file->f_path.dentry->d_parent->d_name.name'),
    ).toMatch(/^name=\S+ d_name_name=\S+$/);
  });

  it('are given by the kernel’s rule where that is asked for', () => {
    expect(
      argumentsText('p vfs_read file->f_pos file->f_mode x=file->f_op count', '6.12', { names: 'kernel' }),
    ).toMatch(/^arg1=\S+ arg2=\S+ x=\S+ count=\S+$/);
    expect(argumentsText('r:x vfs_read $arg* $retval', '6.12', { names: 'kernel' })).toMatch(
      / arg5=\$retval:s64$/,
    );
  });

  it.each([
    ['p vfs_read', 'p:kprobes/p_vfs_read_0'],
    ['p foo.isra.0+0x10', 'p:kprobes/p_foo_isra_0_16'],
    ['p loop:loop_fn', 'p:kprobes/p_loop_fn_0'],
    ['r10 vfs_read', 'r10:kprobes/r_vfs_read_0'],
    ['p 0xffff0000', 'p:kprobes/p_0xffff0000'],
    ['f vfs_read', 'f:fprobes/vfs_read__entry'],
    ['f vfs_read%return', 'f:fprobes/vfs_read__exit'],
    ['f vfs_read $retval', 'f:fprobes/vfs_read__exit'],
    ['t sched_switch', 't:tracepoints/sched_switch'],
    ['e:e1 sched.sched_switch', 'e:eprobes/e1'],
    ['p:g/ vfs_read', 'p:g/p_vfs_read_0'],
    ['p:g.e vfs_read', 'p:g/e'],
    ['p /bin/sh:0x10', 'p:uprobes/p_sh_0x10'],
  ])('of the event of %s', (line, head) => {
    expect(tracefsText(line).split(' ')[0]).toBe(head);
  });

  it('of events that are too long are cut as the kernel cuts them', () => {
    expect(tracefsText(`p ${'f'.repeat(70)}`).split(' ')[0]).toBe(`p:kprobes/p_${'f'.repeat(61)}`);
    expect(warningCodes(`p ${'f'.repeat(70)}`)).toEqual(['W11']);
  });
});

describe('kinds of probes', () => {
  it('tracepoints hide their private parameter', () => {
    expect(argumentsText('t sched_switch $arg*')).toBe(
      'preempt=$arg1:u8 prev=$arg2:x64 next=$arg3:x64 prev_state=$arg4:u32',
    );
    expect(argumentsText('t sched_switch $arg*', '6.1')).toBe(argumentsText('t sched_switch $arg*'));
    expect(argumentsText('t sys_enter $$args')).toBe('regs=$arg1:x64 id=$arg2:s64');
  });

  it('event probes take fields and casts of them', () => {
    expect(
      tracefsText('e:e1 sched.sched_switch prev_pid=$prev_pid np=$next_pid:u32 $prev_comm if next_pid > 1'),
    ).toBe('e:eprobes/e1 sched.sched_switch prev_pid=$prev_pid np=$next_pid:u32 $prev_comm if next_pid > 1');
    expect(argumentsText('e sched.sched_switch (task_struct)ptr->pid')).toMatch(/^pid=\+\d+\(\$ptr\):s32$/);
  });

  it('return probes read parameters as they were, and say so', () => {
    expect(tracefsText('r:x vfs_read $arg* $retval')).toBe(
      'r:kprobes/x vfs_read file=$arg1:x64 buf=$arg2:x64 count=$arg3:u64 pos=$arg4:x64 retval=$retval:s64',
    );
    expect(warningCodes('r:x vfs_read $arg* $retval')).toEqual(['W8']);
    expect(tracefsText('p vfs_read%return $retval')).toBe(
      'p:kprobes/r_vfs_read_0 vfs_read%return retval=$retval:s64',
    );
  });

  it('modules keep their prefix', () => {
    expect(tracefsText('p loop:vfs_read count', '6.12', { registers: true })).toBe(
      'p:kprobes/p_vfs_read_0 loop:vfs_read count=%dx:u64',
    );
  });

  it('plain fetches pass through', () => {
    const plain = 'a=%di b=+0(%si):string c=$stack3:u32 d=@jiffies e=$comm f=\\1 g=+u8(%dx):x8 $comm:string';
    expect(argumentsText(`p vfs_read+4 ${plain}`)).toBe(plain);
  });

  it('wrappers of system calls say where their parameters are', () => {
    expect(warningCodes('p __x64_sys_openat $$args')).toEqual(['W6']);
    expect(argumentsText('p __x64_sys_openat regs->di:s32 regs->si')).toBe(
      'di=+112($arg1):s32 si=+104($arg1):u64',
    );
  });
});
