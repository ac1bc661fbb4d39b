/**
 * Cuts the BTF of a kernel down to what the tests of probes need, for test/fixtures/probe:
 *
 *     node scripts/cut-kernel-btf.mjs VMLINUX_OR_BTF OUTPUT
 *
 * Kept are the functions below and the types of their parameters. Of a struct only the members below are kept,
 * with their offsets and its size; a struct that is not listed has none. Needs `npm run build`.
 */

import { writeFileSync } from 'node:fs';
import { loadSync } from '../dist/lib/index.js';

const FUNCTIONS = [
  ...['vfs_read', 'vfs_write', 'kfree', 'fput', 'seq_printf', 'kernel_init_freeable', 'wake_up_new_task'],
  ...['sk_setsockopt', 'do_sock_setsockopt', 'do_pages_move', 'do_mmap', 'send_sig_mceerr', 'submit_bh_wbc'],
  ...['__set_task_comm', 'bio_alloc_bioset', 'xen_remap_pfn', 'update_persistent_clock64', 'make_kuid'],
  ...['kill_pid_usb_asyncio', 'ns_to_timespec64', 'getname_flags', 'skb_checksum_help', '__x64_sys_openat'],
  ...[
    '__probestub_sched_switch',
    '__bpf_trace_sched_switch',
    '__probestub_sys_enter',
    '__bpf_trace_sys_enter',
  ],
  ...[
    '__probestub_kfree',
    '__probestub_sched_wakeup',
    '__bpf_trace_sched_wakeup_template',
    '__probestub_kmem_cache_alloc',
  ],
];

const MEMBERS = {
  file: ['f_pos', 'f_mode', 'f_op', 'f_path'],
  path: ['mnt', 'dentry'],
  dentry: ['d_name', 'd_parent'],
  qstr: ['name', 'hash', 'len'],
  filename: ['name'],
  task_struct: ['comm', 'in_iowait', 'in_execve', 'pid', 'se'],
  sched_entity: ['group_node'],
  list_head: ['next', 'prev'],
  sk_buff: ['cloned', 'csum_not_inet', 'tc_depth', 'len', 'dev'],
  net_device: ['ifindex', 'name'],
  sockptr_t: '*',
  kmem_cache: ['object_size'],
  pt_regs: '*',
  timespec64: '*',
};

const KIND = {
  int: 1,
  ptr: 2,
  array: 3,
  struct: 4,
  union: 5,
  enum: 6,
  fwd: 7,
  typedef: 8,
  volatile: 9,
  const: 10,
};
Object.assign(KIND, { restrict: 11, func: 12, proto: 13, float: 16, enum64: 19, typeTag: 18 });

const [input, output] = process.argv.slice(2);
const table = loadSync(input, { formats: ['btf'] }).table();
const strings = ['\0'];
let stringBytes = 1;
const offsets = new Map([['', 0]]);

function name(text) {
  if (!offsets.has(text)) {
    offsets.set(text, stringBytes);
    strings.push(`${text}\0`);
    stringBytes += Buffer.byteLength(text) + 1;
  }
  return offsets.get(text);
}

/** New ids by old ones, in the order in which types are met. */
const ids = new Map([[0, 0]]);
const order = [];

function id(old) {
  if (!ids.has(old)) {
    ids.set(old, ids.size);
    order.push(old);
  }
  return ids.get(old);
}

const info = (kind, count = 0, flag = false) => (((flag ? 1 : 0) << 31) | (kind << 24) | count) >>> 0;
/** The name by which a struct is listed: its own, or that of the typedef that it is behind. */
const aliases = new Map();

function words(old) {
  const type = table.type(old);
  switch (type.kind) {
    case 'int':
      return [name(type.name), info(KIND.int), type.byteSize, table.extra(old, 0)];
    case 'float':
      return [name(type.name), info(KIND.float), type.byteSize];
    case 'pointer':
      return [0, info(KIND.ptr), id(type.typeId)];
    case 'array':
      return [0, info(KIND.array), 0, id(type.elementTypeId), id(type.indexTypeId), type.count];
    case 'struct':
    case 'union':
      return compositeWords(type);
    case 'enum':
      return [
        name(type.name),
        info(type.byteSize === 8 ? KIND.enum64 : KIND.enum, 0, type.isSigned),
        type.byteSize,
      ];
    case 'forward':
      return [name(type.name), info(KIND.fwd, 0, type.forwardKind === 'union'), 0];
    case 'typedef':
      aliases.set(type.typeId, type.name);
      return [name(type.name), info(KIND.typedef), id(type.typeId)];
    case 'const':
    case 'volatile':
    case 'restrict':
      return [0, info(KIND[type.kind]), id(type.typeId)];
    case 'typeTag':
      return [name(type.name), info(KIND.typeTag), id(type.typeId)];
    case 'func':
      return [name(type.name), info(KIND.func, table.vlen(old)), id(type.protoId)];
    case 'funcProto':
      return protoWords(old, type);
    default:
      throw new Error(`a type of kind ${type.kind} is not expected here`);
  }
}

function protoWords(old, { returnTypeId }) {
  const count = table.vlen(old);
  const parameters = Array.from({ length: count }, (_, index) => [
    name(table.strings.text(table.extra(old, 2 * index))),
    id(table.extra(old, 2 * index + 1)),
  ]);
  return [0, info(KIND.proto, count), id(returnTypeId), ...parameters.flat()];
}

function compositeWords(type) {
  const listed = MEMBERS[type.name || aliases.get(type.id)];
  const isAnonymousPart = type.name === '' && !aliases.has(type.id);
  const kept = type.members
    .map((member, index) => ({ member, index }))
    .filter(
      ({ member }) =>
        listed === '*' || isAnonymousPart || member.name === '' || listed?.includes(member.name),
    )
    .filter(({ member }) => listed !== undefined || isAnonymousPart || member.name !== '');
  const flag = table.kindFlag(type.id);
  const members = kept.map(({ member, index }) => [
    name(member.name),
    id(member.typeId),
    table.extra(type.id, 3 * index + 2),
  ]);
  const kind = type.kind === 'struct' ? KIND.struct : KIND.union;
  return [name(type.name), info(kind, members.length, flag), type.byteSize, ...members.flat()];
}

const wanted = new Set(FUNCTIONS);
for (let old = 1; old < table.end; old++) {
  if (table.kind(old) === KIND.func && wanted.has(table.name(old))) id(old);
}
const records = [];
// The list grows while it is walked.
for (const old of order) records.push(words(old));

const types = Uint32Array.from(records.flat());
const header = new DataView(new ArrayBuffer(24));
header.setUint16(0, 0xeb9f, true);
header.setUint8(2, 1);
[24, 0, types.byteLength, types.byteLength, stringBytes].forEach((word, index) => {
  header.setUint32(4 + 4 * index, word, true);
});
const bytes = [Buffer.from(header.buffer), Buffer.from(types.buffer), Buffer.from(strings.join(''))];
writeFileSync(output, Buffer.concat(bytes));
