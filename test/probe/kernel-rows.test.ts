/**
 * The names and types that Linux 6.12.117 itself gives to arguments by name, read back from dynamic_events and from
 * the formats of the events. By its own rules (--names kernel, --abi kernel) ours are the same.
 */

import { describe, expect, it } from 'vitest';
import { tracefsText } from '../support/probe.ts';

/** Definition, names read back, types in the event's format. */
const ROWS: readonly (readonly [line: string, names: string, types: string])[] = [
  ['p vfs_read $arg*', 'file buf count pos', 'x64 x64 u64 x64'],
  ['p:a2 vfs_read file->f_pos file->f_mode x=file->f_op', 'arg1 arg2 x', 's64 u32 x64'],
  ['p:a3 vfs_read $arg1 $arg3 y=$arg3', 'file count y', 'x64 u64 x64'],
  ['p:a4 vfs_read $arg1:u32 count:x16', 'file count', 'u32 x16'],
  ['p vfs_write+0 $arg1', 'file', 'x64'],
  ['p send_sig_mceerr $arg*', 'code addr lsb t', 's32 x64 s16 x64'],
  ['p submit_bh_wbc $arg*', 'opf bh write_hint wbc', 'u32 x64 s32 x64'],
  ['p __set_task_comm $arg*', 'tsk buf exec', 'x64 x64 u8'],
  ['p bio_alloc_bioset $arg*', 'bdev nr_vecs opf gfp_mask bs', 'x64 u16 u32 u32 x64'],
  [
    'p xen_remap_pfn $arg*',
    'vma addr pfn nr err_ptr prot domid no_translate',
    'x64 u64 x64 s32 x64 x64 u32 u8',
  ],
  ['p update_persistent_clock64 $arg*', 'now', 'x64'],
  ['p kill_pid_usb_asyncio $arg*', 'sig errno addr pid cred', 's32 s32 x64 x64 x64'],
  ['p vfs_read buf:string', 'buf', 'string'],
  ['p __set_task_comm c=tsk->comm:string', 'c', 'string'],
  ['p __set_task_comm c=tsk->comm', 'c', 'x64'],
  ['r getname_flags n=$retval->name:string', 'n', 'string'],
  ['r vfs_read $retval', 'arg1', 's64'],
  ['r make_kuid $retval', 'arg1', 'x64'],
  ['r ns_to_timespec64 $retval', 'arg1', 'x64'],
  ['r:x vfs_read $arg* $retval', 'file buf count pos arg5', 'x64 x64 u64 x64 s64'],
  ['f vfs_read%return $retval $arg*', 'arg1 file buf count pos', 's64 x64 x64 u64 x64'],
  ['t sched_switch $arg*', 'preempt prev next prev_state', 'u8 x64 x64 u32'],
  ['t sys_enter $arg*', 'regs id', 'x64 s64'],
  ['p:a43 vfs_read f=$arg1:%pD', 'f', 'string'],
  // selftests ftrace/test.d/dynevent: add_remove_btfarg.tc
  ['p:kpevent kfree object', 'object', 'x64'],
  ['t:tpevent kfree ptr', 'ptr', 'x64'],
  ['t kmem_cache_alloc obj_size=s->object_size', 'obj_size', 'u32'],
  ['t sched_wakeup p->se.group_node.next->prev', 'arg1', 'x64'],
  ['f getname_flags%return path=$retval->name:string', 'path', 'string'],
];

/** `$arg1` and `file=$arg1`: without a name and a type the kernel numbers and takes a word. */
function readBack(line: string): { readonly names: string; readonly types: string } {
  const [, , ...args] = tracefsText(line, '6.12', { names: 'kernel', rule: 'kernel' }).split(' ');
  const parts = args.map((arg, index) => {
    const [, name = `arg${index + 1}`, , type = 'x64'] = /^(?:(\w+)=)?(.*?)(?::(\w+))?$/.exec(arg) ?? [];
    return { name, type };
  });
  return {
    names: parts.map(({ name }) => name).join(' '),
    types: parts.map(({ type }) => type).join(' '),
  };
}

describe('what Linux 6.12 shows', () => {
  it.each(ROWS)('of %s: %s', (line, names, types) => {
    expect(readBack(line)).toEqual({ names, types });
  });

  it('of fields of an event: their numbers, where they have no name', () => {
    const line = 'e:e1 sched.sched_switch prev_pid=$prev_pid np=$next_pid:u32 $prev_comm';
    expect(tracefsText(line, '6.12', { names: 'kernel' })).toBe(
      'e:eprobes/e1 sched.sched_switch prev_pid=$prev_pid np=$next_pid:u32 arg3=$prev_comm',
    );
  });

  it.each([
    ['p skb_checksum_help skb->cloned', /:b1@\d\/8$/],
    ['p wake_up_new_task p->in_iowait', /:b1@4\/32$/],
  ])('of a bitfield (%s) is the declared type: ours has its width, u8 and u32', (line, part) => {
    expect(tracefsText(line, '6.12', { rule: 'kernel' })).toMatch(part);
  });
});
