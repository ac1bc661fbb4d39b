/** The options of `tspahole probe`, and what its help says below them. */

import type { CommandOption } from '../../command.ts';

/** The table of options. */
export const OPTIONS: readonly CommandOption[] = [
  { name: 'file', short: 'f', metavar: 'FILE', help: 'read definitions from a file, one a line; - is stdin' },
  { name: 'btf', metavar: 'FILE', help: 'types from this file; default: the running kernel' },
  { name: 'elf', metavar: 'FILE', help: 'the same, and ask its DWARF where parameters are at entry' },
  { name: 'btf-base', metavar: 'FILE', help: 'types that those of a module continue' },
  { name: 'arch', metavar: 'ARCH', help: 'x86_64, i386, arm64, riscv, s390x, powerpc or loongarch' },
  { name: 'target', metavar: 'KERNEL', help: 'the kernel to write for: a version as 6.1, or running' },
  { name: 'abi', metavar: 'RULE', help: 'slots: where values are; kernel: one $argN each, as $arg* has it' },
  { name: 'regs', help: 'name registers instead of $argN, as modules that are not loaded need it' },
  { name: 'names', metavar: 'RULE', help: 'field: by the last member; kernel: argI' },
  { name: 'strings', help: 'record pointers to characters and arrays of them as strings' },
  { name: 'format', metavar: 'FORMAT', help: 'tracefs, perf, bpftrace, stap, bootconfig, bpf-c or json' },
  { name: 'bare', help: 'leave out the comments with prototypes' },
  {
    name: 'list',
    short: 'l',
    metavar: 'PATTERN',
    help: 'list functions whose names match, with their prototypes',
  },
  { name: 'apply', help: 'write the definitions to tracefs: all, or none when one is refused' },
  { name: 'tracefs', metavar: 'DIR', help: 'where tracefs is mounted' },
  { name: 'symbols', metavar: 'FILE', help: 'check names against a System.map or kallsyms' },
  { name: 'filter-functions', metavar: 'FILE', help: 'check names against available_filter_functions' },
  { name: 'blacklist', metavar: 'FILE', help: 'check names against kprobes/blacklist' },
  { name: 'strict', help: 'exit 1 on warnings; check against the lists of the running kernel' },
];

/** Examples. */
export const NOTES: string = `\
A definition is a line of tracefs, in which arguments may also be given by name:

  tspahole probe 'p vfs_read $$args'                     all parameters
  tspahole probe 'p vfs_read file->f_path.dentry->d_name.name:string'
  tspahole probe 'r:out vfs_read $retval'                what it returns
  tspahole probe 'p vfs_read pos[0] ino=(inode,i_data)(file->f_mapping)->i_ino'
  tspahole probe 't sched_switch next->comm:string' --target 6.6
  tspahole probe 'p loop:loop_configure $$args' --regs   a module that is not loaded
  tspahole probe --format bpftrace 'p do_sys_openat2 filename:ustring'
  tspahole probe 'p vfs_read $$args' vmlinux --target 5.10
  tspahole probe --list 'vfs_*'

docs/probe.md describes arguments, targets, formats and warnings.
`;
