/** The formats of other tracers. Where a tracer is on PATH it reads what is written for it. */

import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { formatProbes, type ProbeFormat } from '../../src/probe/formats.ts';
import { listFunctions } from '../../src/probe/functions.ts';
import { parseDefinition } from '../../src/probe/parse-definition.ts';
import { expandLine, kernelTable } from '../support/probe.ts';

function format(name: ProbeFormat, ...lines: string[]): string {
  return formatProbes(
    name,
    lines.map((line) => ({ probe: expandLine(line), source: 'vmlinux' })),
    false,
  );
}

describe('perf', () => {
  it('makes commands of perf probe', () => {
    expect(format('perf', 'p vfs_read count buf:string', 'r:g/e loop:vfs_read $retval')).toBe(
      "perf probe --add 'kprobes:p_vfs_read_0=vfs_read count=$arg3:u64 buf=+0($arg2):string'\n" +
        "perf probe -m loop --add 'g:e=vfs_read%return retval=$retval:s64'\n",
    );
  });
});

describe('bootconfig', () => {
  it('joins the probes of one event', () => {
    expect(
      format('bootconfig', 'p:one vfs_read count', 'p:one vfs_write count', 'p vfs_read%return $retval'),
    ).toBe(
      'ftrace.event.kprobes.one {\n' +
        '\tprobes = "vfs_read count=$arg3:u64", "vfs_write count=$arg3:u64"\n\tenable\n}\n' +
        'ftrace.event.kprobes.r_vfs_read_0 {\n\tprobes = "vfs_read%return retval=$retval:s64"\n\tenable\n}\n',
    );
  });
});

describe('bpftrace', () => {
  it('casts what has a type and prints each argument in its form', () => {
    expect(format('bpftrace', 'p sk_setsockopt level optlen sk')).toBe(
      'kprobe:sk_setsockopt\n{\n' +
        '\tprintf("p_sk_setsockopt_0: %s %d level=%ld optlen=%lu sk=0x%lx\\n", comm, pid, ' +
        '(int32)arg1, (uint32)arg5, ((struct sock *)arg0));\n}\n',
    );
  });

  it('names parameters at fentry, and follows members by itself', () => {
    const text = format(
      'bpftrace',
      'f vfs_read file->f_path.dentry->d_name.name:string $$args',
      'f vfs_read%return $retval',
    );
    expect(text).toContain('f:vmlinux:vfs_read\n');
    expect(text).toContain(
      'str(args->file->f_path.dentry->d_name.name), args->file, args->buf, args->count, args->pos',
    );
    expect(text).toContain('fr:vmlinux:vfs_read\n');
    expect(text).toContain(', retval);');
  });

  it('counts the arguments of a raw tracepoint from the first public one', () => {
    expect(format('bpftrace', 't sched_switch next->pid')).toContain(
      'rawtracepoint:sched_switch\n{\n\tprintf("sched_switch: %s %d pid=%ld\\n", comm, pid, ((struct task_struct *)arg2)->pid);',
    );
  });

  it('takes arrays of characters as they are, and names of files from their dentries', () => {
    expect(format('bpftrace', 'p wake_up_new_task p->comm:string')).toContain(
      ' ((struct task_struct *)arg0)->comm);',
    );
    expect(format('bpftrace', 'f vfs_read n=file:%pD')).toContain(
      'str(args->file->f_path.dentry->d_name.name)',
    );
    expect(format('bpftrace', 'f vfs_read n=file->f_path.dentry:%pd')).toContain(
      'str(args->file->f_path.dentry->d_name.name)',
    );
  });

  it('takes $argN with a name for a word, as tracefs does', () => {
    expect(format('bpftrace', 'p sk_setsockopt x=$arg6')).toContain(', arg5);');
    expect(() => format('bpftrace', 'p sk_setsockopt x=$arg5')).toThrow("no form for 'x=$arg5'");
  });

  it('reads behind the registers from the stack', () => {
    expect(format('bpftrace', 'p do_sock_setsockopt optlen')).toContain('(int32)sarg0');
  });
});

describe('stap', () => {
  it('leaves types and places to SystemTap', () => {
    expect(
      format('stap', 'p vfs_read file->f_path.dentry->d_name.name:string pos[0]', 'r vfs_read $retval'),
    ).toBe(
      'probe kernel.function("vfs_read").call\n{\n' +
        '\tprintf("p_vfs_read_0: %s %d name=%s pos_0=%d\\n", execname(), pid(), ' +
        'kernel_string($file->f_path->dentry->d_name->name), $pos[0])\n}\n\n' +
        'probe kernel.function("vfs_read").return\n{\n' +
        '\tprintf("r_vfs_read_0: %s %d retval=%d\\n", execname(), pid(), $return)\n}\n',
    );
  });
});

describe('stap, of what is no number', () => {
  it('writes structures out, and calls registers as SystemTap does', () => {
    expect(format('stap', 'p sk_setsockopt optval')).toContain('optval=%s\\n", execname(), pid(), $optval$)');
    expect(format('stap', 'p vfs_read %di %r8')).toContain('register("rdi"), register("r8"))');
    expect(format('stap', 'p vfs_read file:%pD')).toContain(
      'kernel_string($file->f_path->dentry->d_name->name))',
    );
  });
});

describe('bpf-c', () => {
  it('takes words where the calling convention has them', () => {
    const text = format('bpf-c', 'p sk_setsockopt optlen optval.user', 'p do_sock_setsockopt optlen');
    expect(text).toContain('unsigned int optlen = (unsigned int)PT_REGS_PARM6(ctx);');
    expect(text).toContain('u64 optval_words[] = { PT_REGS_PARM4(ctx), PT_REGS_PARM5(ctx) };');
    expect(text).toContain('int optlen = (int)stack_word(ctx, 8);');
  });

  it('reads members with CO-RE', () => {
    const text = format(
      'bpf-c',
      'p vfs_read file->f_path.dentry->d_name.name:string',
      'p wake_up_new_task p->in_iowait p->comm:string',
    );
    expect(text).toContain('BPF_CORE_READ(file, f_path.dentry, d_name.name)');
    expect(text).toContain('BPF_CORE_READ_BITFIELD_PROBED(in_iowait_holder, in_iowait)');
    expect(text).toContain('BPF_CORE_READ_STR_INTO(&comm_text, p, comm);');
  });

  it('counts the words of a trampoline by parameter', () => {
    const text = format('bpf-c', 'f do_pages_move nr_pages', 'f sk_setsockopt%return $retval optlen');
    expect(text).toContain('nr_pages = (long unsigned int)ctx[17];');
    expect(text).toContain('unsigned int optlen = (unsigned int)ctx[5];');
    expect(text).toContain('((int)ctx[6])');
  });
});

describe('json', () => {
  it('holds what was found', () => {
    const document = JSON.parse(format('json', 'p seq_printf m')) as { probes: unknown[] };
    expect(document.probes).toEqual([
      {
        input: 'p seq_printf m',
        kind: 'kprobe',
        isReturn: false,
        group: 'kprobes',
        event: 'p_seq_printf_0',
        place: 'seq_printf',
        arch: 'x86_64',
        tracefs: 'p:kprobes/p_seq_printf_0 seq_printf m=$arg1:x64',
        prototype: 'void seq_printf(struct seq_file *m, const char *f, ...)',
        types: 'vmlinux',
        arguments: [{ name: 'm', input: 'm', fetch: '$arg1', type: 'x64', cType: 'struct seq_file *' }],
        warnings: [{ code: 'W7', text: 'seq_printf is variadic: only the fixed parameters have names' }],
      },
    ]);
  });
});

describe('what a tracer does not have', () => {
  it.each([
    ['perf', 'f vfs_read', 'perf probe has no fprobe'],
    ['bootconfig', 't sched_switch', 'boot-time tracing has no tracepoint'],
    ['bootconfig', `p vfs_read x=\\"it's"`, 'cannot hold both'],
    ['bpftrace', 'f sk_setsockopt optval', "cannot print 'optval', which is a structure"],
    ['bpftrace', 'p vfs_read x=@jiffies', "bpftrace has no form for 'x=@jiffies'"],
    ['stap', 'p vfs_read x=$stack1', "SystemTap has no form for 'x=$stack1'"],
    ['bpf-c', 'p vfs_read %di', "bpf-c has no form for '%di'"],
    ['bpf-c', 'e sched.sched_switch', 'bpf-c has no eprobe'],
  ] as const)('%s refuses %s', (name, line, text) => {
    expect(() => format(name, line)).toThrow(text);
  });
});

describe('tracefs', () => {
  it('has the prototype and the source of the types in a comment, and other lines as they are', () => {
    const sourced = ['p vfs_read count', '-:g/e'].map((line) => {
      const definition = parseDefinition(line);
      return { probe: definition.kind === 'plain' ? definition : expandLine(line), source: 'vmlinux' };
    });
    expect(formatProbes('tracefs', sourced, true)).toMatch(
      /^# ssize_t vfs_read\(struct file \*file, char \*buf, size_t count, loff_t \*pos\); vmlinux id \d+\np:kprobes\/p_vfs_read_0 vfs_read count=\$arg3:u64\n-:g\/e\n$/,
    );
  });
});

it('lists functions by pattern', () => {
  const list = (pattern: string): string[] =>
    [...listFunctions(kernelTable('6.12'), pattern)].map(({ text }) => text);
  expect(list('vfs_r*d')).toEqual([
    'ssize_t vfs_read(struct file *file, char *buf, size_t count, loff_t *pos)',
  ]);
  expect(list('kfr??')).toEqual(['void kfree(const void *object)']);
  expect(list('KFREE')).toEqual([]);
});

const bpftrace = spawnSync('bpftrace', ['--version'], { encoding: 'utf8' });
const isRoot = process.getuid?.() === 0;

describe.skipIf(bpftrace.status !== 0 || !isRoot)('bpftrace on PATH, as root', () => {
  it.each(['p vfs_read $$args', 'r vfs_read $retval', 'p vfs_read pos[0] buf:string %di'])(
    'reads what is written for %s',
    (line) => {
      const { stdout, stderr } = spawnSync('bpftrace', ['-d', '-e', format('bpftrace', line)], {
        encoding: 'utf8',
      });
      // A kernel without room for locked memory is no fault of the program's.
      expect(stdout + stderr).not.toMatch(/stdin:\S+ ERROR|syntax error/);
      expect(stdout + stderr).toContain('AST after: Semantic');
    },
  );
});
