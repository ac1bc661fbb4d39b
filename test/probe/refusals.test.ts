/**
 * What tracefs refuses is refused with the word of the kernel's own error: the lines are those of the kernel's
 * selftests (ftrace/test.d/dynevent/*_syntax_errors.tc, kprobe/*), the words those that Linux 6.12 answered.
 */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TspaholeError } from '../../src/index.ts';
import { tracefsLine } from '../../src/probe/format-tracefs.ts';
import { expandLine, kernelTable } from '../support/probe.ts';

const LONG_NAME = 'n'.repeat(33);

const REFUSED: readonly (readonly [line: string, word: string])[] = [
  ['p vfs_read $arg* $arg*', 'DOUBLE_ARGS'],
  ['p vfs_read args=$arg*', 'BAD_VAR'],
  ['p vfs_read +0($arg*)', 'BAD_VAR'],
  ['p vfs_read $args*', 'BAD_VAR'],
  ['p vfs_read $arg', 'BAD_VAR'],
  ['p vfs_read hoge', 'NO_BTFARG'],
  ['p kfree $arg10', 'NO_BTFARG'],
  ['p kfree $arg10->x', 'NO_BTFARG'],
  ['p nosuchfunction $arg*', 'NO_BTF_ENTRY'],
  ['f kfree%return $retval', 'NO_RETVAL'],
  ['r fput $retval', 'NO_RETVAL'],
  ['f vfs_read%return $retval->foo', 'NO_PTR_STRCT'],
  ['p vfs_read file->foo', 'NO_BTF_FIELD'],
  ['p vfs_read file-.foo', 'BAD_HYPHEN'],
  ['p vfs_read file:string', 'BAD_TYPE4STR'],
  ['p vfs_read file->f_pos:string', 'BAD_TYPE4STR'],
  ['p vfs_read file.f_pos', 'NOSUP_DAT_ARG'],
  ['p vfs_read pos->x', 'BAD_BTF_TID'],
  ['p vfs_read file->f_path.mnt.mnt_root', 'BAD_BTF_TID'],
  ['p vfs_read file->f_mode->x', 'NO_PTR_STRCT'],
  ['p vfs_read file->f_mode[0]', 'NO_BTF_FIELD'],
  ['p __set_task_comm tsk->comm[16]', 'NO_BTF_FIELD'],
  ['p vfs_read+5 file', 'NOSUP_BTFARG'],
  ['p 0xffffffff81000000 file', 'NOSUP_BTFARG'],
  ['p vfs_read+5 $arg1', 'NOFENTRY_ARGS'],
  ['p vfs_read $arg0', 'BAD_ARG_NUM'],
  ['p vfs_read $arg10000', 'BAD_ARG_NUM'],
  ['p vfs_read $stack10000', 'BAD_STACK_NUM'],
  ['p vfs_read $retval', 'RETVAL_ON_PROBE'],
  ['p vfs_read %rdi', 'BAD_REG_NAME'],
  ['f vfs_read %di', 'BAD_VAR'],
  ['t sched_switch %di', 'BAD_VAR'],
  ['p vfs_read @+10', 'FILE_ON_KPROBE'],
  ['p /bin/sh:10 @symbol', 'SYM_ON_UPROBE'],
  ['p /bin/sh:10 $arg1', 'BAD_VAR'],
  ['p vfs_read +0@0)', 'DEREF_NEED_BRACE'],
  ['p vfs_read +0ab1(@0)', 'BAD_DEREF_OFFS'],
  ['p vfs_read +0(+0(@0)', 'DEREF_OPEN_BRACE'],
  ['p vfs_read +0($comm)', 'COMM_CANT_DEREF'],
  ['p vfs_read $comm:u64', 'NEED_STRING_TYPE'],
  ['p vfs_read $stack0:string', 'BAD_STRING'],
  ['p vfs_read $arg1:x8[4]', 'BAD_STRING'],
  ['p vfs_read +u0($arg2):u8[16]', 'BAD_STRING'],
  ['p vfs_read @11:u8[10', 'ARRAY_NO_CLOSE'],
  ['p vfs_read @11:u8[10]a', 'BAD_ARRAY_SUFFIX'],
  ['p vfs_read @11:u8[10a]', 'BAD_ARRAY_NUM'],
  ['p vfs_read @11:u8[0]', 'BAD_ARRAY_NUM'],
  ['p vfs_read @11:u8[256]', 'ARRAY_TOO_BIG'],
  ['p vfs_read @11:b10@a/16', 'BAD_BITFIELD'],
  ['p vfs_read @11:b0@0/8', 'BAD_BITFIELD'],
  ['p vfs_read @11:b5@4/8', 'BAD_BITFIELD'],
  ['p vfs_read @11:b1@0/24', 'BAD_TYPE'],
  ['p vfs_read $arg1:bool', 'BAD_TYPE'],
  ['p vfs_read @no-symbol!', 'BAD_MEM_ADDR'],
  ['p vfs_read \\"open', 'IMMSTR_NO_CLOSE'],
  ['p vfs_read \\x', 'BAD_IMM'],
  [`p vfs_read ${LONG_NAME}=@11`, 'ARG_NAME_TOO_LONG'],
  [`p:${'e'.repeat(64)} vfs_read`, 'EVENT_TOO_LONG'],
  [`p:${'g'.repeat(64)}/e vfs_read`, 'GROUP_TOO_LONG'],
  ['p:g%r/e vfs_read', 'BAD_GROUP_NAME'],
  ['p:g/e-v vfs_read', 'BAD_EVENT_NAME'],
  [`p vfs_read x=@${'1'.repeat(63)}`, 'ARG_TOO_LONG'],
  ['p vfs_read =@11', 'NO_ARG_NAME'],
  ['p vfs_read var.1=@11', 'BAD_ARG_NAME'],
  ['p vfs_read common_pid=$arg1', 'USED_ARG_NAME'],
  ['p vfs_read a=@11 a=@12', 'USED_ARG_NAME'],
  ['p vfs_read $arg* file', 'USED_ARG_NAME'],
  ['p vfs_read x=', 'NO_ARG_BODY'],
  ['p100 vfs_read', 'BAD_MAXACT_TYPE'],
  ['f100 vfs_read', 'BAD_MAXACT_TYPE'],
  ['r0 vfs_read', 'BAD_MAXACT'],
  ['r5000 vfs_read', 'MAXACT_TOO_BIG'],
  ['r vfs_read+10', 'BAD_RETPROBE'],
  ['p vfs_read%hoge', 'BAD_ADDR_SUFFIX'],
  ['p vfs_read-4', 'BAD_PROBE_ADDR'],
  ['p', 'BAD_PROBE_ADDR'],
  ['p:/bar vfs_read', 'NO_GROUP_NAME'],
  ['e sched.sched_switch $prev_pid if', 'NO_EP_FILTER'],
  ['p vfs_read (task_struct)file', 'TYPECAST_REQ_FIELD'],
  ['p vfs_read (task_struct,in_execve)file->comm', 'TYPECAST_NOT_ALIGNED'],
  ['p vfs_read (task_struct,se->group_node)file->comm', 'TYPECAST_BAD_ARROW'],
  ['p vfs_read (nosuch)file->pid', 'NO_PTR_STRCT'],
];

describe('what the kernel refuses', () => {
  it.each(REFUSED)('%s: %s', (line, word) => {
    const attempt = (): string => tracefsLine(expandLine(line));
    expect(attempt).toThrow(TspaholeError);
    expect(attempt).toThrow(new RegExp(`^${word} \\(`));
  });

  it('more than 128 arguments', () => {
    const args = (count: number): string =>
      Array.from({ length: count }, (_, index) => `a${index}=@1`).join(' ');
    expect(() => expandLine(`p vfs_read ${args(129)}`)).toThrow(/TOO_MANY_ARGS.*129/);
    expect(expandLine(`p vfs_read ${args(128)}`).args).toHaveLength(128);
  });

  it('a line of more than 4094 characters', () => {
    const args = Array.from({ length: 70 }, (_, index) => `a${index}=${'@1'.padEnd(57, '1')}`).join(' ');
    expect(() => tracefsLine(expandLine(`p vfs_read ${args}`))).toThrow(/\d+ characters, tracefs reads 4094/);
  });
});

it('a line of 4094 characters is the longest', () => {
  const head = tracefsLine(expandLine('p vfs_read')).length;
  // Each argument is 60 characters with its blank, the last one fills up.
  const args = (length: number): string => {
    const whole = Math.floor((length - head) / 60) - 1;
    const rest = length - head - whole * 60;
    const arg = (name: string, size: number): string => `${name}=@`.padEnd(size - 1, '1');
    const names = Array.from({ length: whole }, (_, index) => `a${String(index).padStart(2, '0')}`);
    const half = Math.floor(rest / 2);
    return [...names.map((name) => arg(name, 60)), arg('y', half), arg('z', rest - half)].join(' ');
  };
  expect(tracefsLine(expandLine(`p vfs_read ${args(4094)}`))).toHaveLength(4094);
  expect(() => tracefsLine(expandLine(`p vfs_read ${args(4095)}`))).toThrow(/4095 characters/);
});

describe('what lies just within the limits', () => {
  it.each([
    `p vfs_read ${'n'.repeat(32)}=@11`,
    `p:${'e'.repeat(63)} vfs_read`,
    `p vfs_read x=@${'1'.repeat(62)}`,
    'p vfs_read x=@11:x8[64]',
    'p vfs_read x=+0x10(%di) y=+020(%di) z=-0x8(%di) a=+0(%di):x8[0x4]',
    'p:g-r/e vfs_read',
    'p:g/ vfs_read',
    'r4096:out vfs_read',
    'p vfs_read z=$arg5',
  ])('%s', (line) => {
    expect(tracefsLine(expandLine(line))).toContain(' vfs_read');
  });
});

describe('the text of a refusal', () => {
  it('has the parameters that there are, and the nearest', () => {
    expect(() => expandLine('p vfs_read fiel')).toThrow(
      "NO_BTFARG (This variable is not found at this probe point): 'fiel' is no parameter of vfs_read, which has file, buf, count, pos; did you mean file?",
    );
  });

  it('measures what is too long', () => {
    const path = `file->f_path.dentry${'->d_parent'.repeat(8)}->d_name.name`;
    expect(() => expandLine(`p vfs_read ${path}:string`)).toThrow(
      /becomes 66 characters, any kernel takes 63/,
    );
  });
});

it('any text is a probe or is refused', () => {
  const word = fc.oneof(
    fc.constantFrom(
      'vfs_read',
      'file',
      '->',
      '.',
      'f_path',
      '$arg1',
      '$arg*',
      '+0(',
      ')',
      '(task_struct)',
      '[1]',
      '@user',
    ),
    fc.constantFrom(
      ':string',
      ':u8[4]',
      'x=',
      ' ',
      'p',
      'r',
      't',
      'e',
      'f',
      '%di',
      '%return',
      '\\\\',
      '"',
      ':',
      '/',
      '+',
      '-',
    ),
    fc.string({ maxLength: 4 }),
  );
  const line = fc.array(word, { maxLength: 12 }).map((words) => `p vfs_read ${words.join('')}`);
  fc.assert(
    fc.property(fc.oneof(line, fc.string()), (text) => {
      try {
        tracefsLine(expandLine(text));
      } catch (error) {
        if (!(error instanceof TspaholeError))
          expect(error).toEqual(new TypeError('the line has no arguments'));
      }
    }),
    { numRuns: 500 },
  );
});

it('hostile nesting ends with a refusal', () => {
  for (const text of [
    '+0('.repeat(100_000),
    '('.repeat(100_000),
    '(file)'.repeat(100_000),
    '->f'.repeat(100_000),
  ]) {
    expect(() => expandLine(`p vfs_read ${text}`, kernelTable('6.12'))).toThrow(TspaholeError);
  }
});
