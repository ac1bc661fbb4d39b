/**
 * What a kernel function or tracepoint passes, before something is attached to it: parameters come and
 * go between kernels, and a program that takes the wrong one for granted reads garbage.
 *
 *     check-prototype [NAME [FILE]]
 *
 * NAME is a function or a tracepoint, by default sched_switch, which got its last parameter in 5.18.
 */

import { type FuncProtoType, findTypeByName, Kind, loadSync, TspaholeError, type TypeTable } from 'tspahole';

/** A function's prototype, or that of a tracepoint: typedef btf_trace_NAME -> pointer -> prototype. */
function findPrototype(table: TypeTable, name: string): FuncProtoType {
  const trace = table.type(findTypeByName(table, `btf_trace_${name}`) ?? 0);
  const pointer = trace.kind === 'typedef' ? table.type(trace.typeId) : trace;
  const proto = pointer.kind === 'pointer' ? table.type(pointer.typeId) : pointer;
  if (proto.kind === 'funcProto') return proto;
  for (let id = 1; id < table.end; id++) {
    if (table.kind(id) !== Kind.Func || table.name(id) !== name) continue;
    const found = table.type(table.sizeOrType(id));
    if (found.kind === 'funcProto') return found;
  }
  throw new TspaholeError('not-found', `no function or tracepoint is called '${name}'`);
}

function typeName(table: TypeTable, id: number): string {
  const type = table.type(id);
  if (type.kind === 'pointer') return `${typeName(table, type.typeId)} *`;
  if (type.kind === 'const' || type.kind === 'volatile')
    return `${type.kind} ${typeName(table, type.typeId)}`;
  if (type.kind === 'struct' || type.kind === 'union' || type.kind === 'enum')
    return `${type.kind} ${type.name}`;
  return type.name || type.kind;
}

const SCHED_SWITCH = [
  'void *',
  'bool',
  'struct task_struct *',
  'struct task_struct *',
  'unsigned int',
].join();
const SCHED_SWITCH_OLD = SCHED_SWITCH.replace(/,unsigned int$/, '');

const [name = 'sched_switch', file] = process.argv.slice(2);
try {
  const table = loadSync(file).table();
  const types = findPrototype(table, name).parameters.map(({ typeId }) => typeName(table, typeId));
  console.log(`${name}(${types.join(', ')})`);
  if (name === 'sched_switch') {
    if (types.join() === SCHED_SWITCH) console.log('since Linux 5.18: the last parameter is prev_state');
    else if (types.join() === SCHED_SWITCH_OLD) console.log('before Linux 5.18: without prev_state');
    else throw new TspaholeError('unsupported', 'sched_switch has parameters that are not known');
  }
} catch (error) {
  if (!(error instanceof TspaholeError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
