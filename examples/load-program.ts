/**
 * Relocates a BPF object for the running kernel and its modules, and has bpftool load it.
 *
 *     node load-program.ts prog.bpf.o prog.here.o                           relocate
 *     node load-program.ts prog.bpf.o prog.here.o /sys/fs/bpf/my_program    ... and load and pin
 *
 * Exit status: 0, or 1 where the object fails, or 2 for wrong arguments.
 */

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import {
  CoreTarget,
  completeTypes,
  encodeBtf,
  formatAccess,
  loadSync,
  type NamedTable,
  parseElf,
  readBpfObject,
  relocatedFile,
  relocateObject,
  TspaholeError,
  verifyBtf,
} from 'tspahole';

const SYSFS = '/sys/kernel/btf';

/** The running kernel; modules are read when the kernel lacks a type. */
function runningKernel(): CoreTarget {
  const base = loadSync(`${SYSFS}/vmlinux`).table();
  const names = readdirSync(SYSFS).filter((name) => name !== 'vmlinux');
  const modules = names.map((name): NamedTable => {
    let table: NamedTable['table'] | undefined;
    return {
      name,
      get table() {
        table ??= loadSync(`${SYSFS}/${name}`, { base }).table();
        return table;
      },
    };
  });
  return new CoreTarget({ name: 'vmlinux', table: base }, modules);
}

function relocate(input: string, output: string): boolean {
  const bytes = readFileSync(input);
  const object = readBpfObject(parseElf(bytes));
  const relocated = relocateObject(object, { target: runningKernel() });
  let failures = 0;
  for (const { relocation, spec, outcome } of relocated.resolutions) {
    if (outcome.status === 'resolved') continue;
    const why = outcome.status === 'failed' ? outcome.error.what : `poisoned, ${outcome.reason}`;
    const what = spec === undefined ? relocation.access : formatAccess(spec);
    console.error(`${relocation.sectionName} insn ${relocation.insnOffset / 8}: ${what}: ${why}`);
    if (outcome.status === 'failed') failures++;
  }
  // What a loader passes to BPF_BTF_LOAD, and what the kernel would say to it.
  const types = encodeBtf(completeTypes(object));
  console.log(`${relocated.resolutions.length} relocations, ${failures} fail`);
  console.log(`${types.length} bytes of types, ${verifyBtf(types).length} problems`);
  if (failures === 0) writeFileSync(output, relocatedFile(bytes, object, relocated));
  return failures === 0;
}

function load(object: string, pin: string): boolean {
  const { status, stderr } = spawnSync('bpftool', ['prog', 'load', object, pin], { encoding: 'utf8' });
  if (status !== 0) console.error(stderr.trimEnd());
  return status === 0;
}

const [input, output, pin] = process.argv.slice(2);
if (input === undefined || output === undefined) {
  console.error('usage: load-program PROGRAM OUT [PIN]');
  process.exit(2);
}
try {
  const isDone = relocate(input, output) && (pin === undefined || load(output, pin));
  process.exitCode = isDone ? 0 : 1;
} catch (error) {
  if (!(error instanceof TspaholeError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
