/** Probes as programs of bpftrace: one per probe, which prints all arguments. */

import { TypeFacts } from '../layout/type-facts.ts';
import { TspaholeError } from '../model/errors.ts';
import { Kind } from '../model/kinds.ts';
import { underlyingType } from '../model/traverse.ts';
import { isComposite } from './bpf-parameters.ts';
import {
  argumentNames,
  type Dialect,
  expressionOf,
  isString,
  isUserString,
  noSuchProbe,
  numberForm,
} from './c-expression.ts';
import { declarationText } from './c-text.ts';
import type { Probe, ProbeArgument } from './probe.ts';
import { stepText } from './resolve.ts';
import { compositePointer, valueType } from './value-type.ts';

/** The program. Throws `unsupported` for what bpftrace cannot say. */
export function bpftraceProgram(probe: Probe): string {
  const dialect = dialectOf(probe);
  const names = argumentNames(probe);
  const format = probe.args.map((arg, index) => ` ${names[index]}=${conversion(arg)}`).join('');
  const values = probe.args.map((arg) => `, ${valueText(dialect, probe, arg)}`).join('');
  return `${attachPoint(probe)}\n{\n\tprintf("${probe.event}: %s %d${format}\\n", comm, pid${values});\n}\n`;
}

function attachPoint(probe: Probe): string {
  const { kind, definition, function: found } = probe;
  const { place, isReturn } = definition;
  if (kind === 'tracepoint') return `rawtracepoint:${probe.place}`;
  if (place.kind === 'file' && kind === 'uprobe') {
    return `${isReturn ? 'uretprobe' : 'uprobe'}:${place.path}:${place.symbol ?? place.offset}`;
  }
  if (place.kind !== 'symbol' || kind === 'eprobe') throw noSuchProbe('bpftrace', probe);
  if (kind === 'fprobe' && found !== undefined) {
    // The short names are those of fentry and fexit, and of what they were called before: kfunc and kretfunc.
    return `${isReturn ? 'fr' : 'f'}:${place.module ?? 'vmlinux'}:${place.symbol}`;
  }
  const offset = place.offset === 0 ? '' : `+${place.offset}`;
  return `${isReturn ? 'kretprobe' : 'kprobe'}:${probe.place.replace(/\+\d+$/, '')}${offset}`;
}

function dialectOf(probe: Probe): Dialect {
  const isTyped = probe.kind === 'fprobe';
  return {
    name: 'bpftrace',
    parameter: (index) => (isTyped ? typedParameter(probe, index) : parameterText(probe, index)),
    returned: isTyped ? 'retval' : returnedText(probe),
    register: (name) => (isTyped ? undefined : `reg("${name}")`),
    comm: 'comm',
    cast: (struct, inner, distance) =>
      distance === 0
        ? `((struct ${struct} *)${inner})`
        : `((struct ${struct} *)((uint64)${inner} - ${distance}))`,
    path: (base, steps) => {
      // A structure in registers is no object that a language could step into.
      if (!isTyped && steps[0]?.kind === 'dot')
        throw noSuchProbe('bpftrace (with members of by-value structures)', probe);
      return base + steps.map(stepText).join('');
    },
    dereference: (inner, offset, user) => `*(uint64 *)${user ? 'uptr' : 'kptr'}(${inner} + ${offset})`,
  };
}

/** Every version takes the arrow; the dot came when args became a structure. */
function typedParameter({ function: found }: Probe, index: number): string | undefined {
  const name = found?.proto.parameters[index]?.name;
  return name === undefined || name === '' ? undefined : `args->${name}`;
}

/** A parameter of a function that bpftrace knows no types of: a register or a word of the stack. */
function parameterText(probe: Probe, index: number): string | undefined {
  const { function: found, architecture, kind, definition } = probe;
  const passing = found?.passings[index];
  const typeId = found?.proto.parameters[index + found.hidden]?.typeId;
  if (definition.isReturn || found === undefined || typeId === undefined) return undefined;
  if (kind === 'tracepoint') return asType(probe, `arg${index}`, typeId);
  if (passing?.kind === 'registers') return asType(probe, `arg${passing.first}`, typeId);
  if (passing?.kind !== 'stack') return undefined;
  return architecture.name === 'x86_64' ? asType(probe, `sarg${passing.word}`, typeId) : undefined;
}

function returnedText(probe: Probe): string {
  const typeId = probe.function?.proto.returnTypeId;
  return typeId === undefined ? 'retval' : asType(probe, 'retval', typeId);
}

/** A pointer to a structure as such; other values stay words. */
function asType({ function: found }: Probe, text: string, typeId: number): string {
  if (found === undefined) return text;
  const { table } = found;
  const composite = compositePointer(table, typeId);
  if (composite !== undefined) return `((${declarationText(table, composite, '*')})${text})`;
  const pointee = underlyingType(table, typeId);
  const scalar =
    table.kind(pointee) === Kind.Pointer ? valueType(new TypeFacts(table), table.sizeOrType(pointee)) : '';
  const [, sign, bits] = /^([su])(\d+)$/.exec(scalar) ?? [];
  return bits === undefined ? text : `((${sign === 'u' ? 'uint' : 'int'}${bits} *)${text})`;
}

function valueText(dialect: Dialect, probe: Probe, arg: ProbeArgument): string {
  const text = expressionOf(dialect, probe, arg);
  if (arg.body === '$comm') return text;
  if (probe.kind === 'fprobe' && arg.typeId !== undefined && isComposite(probe, arg.typeId)) {
    const what = `bpftrace cannot print '${arg.source.text}', which is a structure: name a member of it`;
    throw new TspaholeError('unsupported', what);
  }
  if (isString(arg)) return stringText(probe, arg, text);
  const narrow = /^([sux])(8|16|32)$/.exec(arg.type ?? '');
  const isPlain = arg.source.fetch.kind === 'name' || arg.source.fetch.kind === 'retval';
  if (narrow === null || !isPlain || probe.kind === 'fprobe') return text;
  return `(${narrow[1] === 's' ? 'int' : 'uint'}${narrow[2]})${text}`;
}

/** An array of characters is a string already. */
function stringText({ function: found }: Probe, arg: ProbeArgument, text: string): string {
  const { typeId } = arg;
  const type = found === undefined || typeId === undefined ? 0 : underlyingType(found.table, typeId);
  if (found?.table.kind(type) === Kind.Array) return text;
  return isUserString(arg) ? `str(uptr(${text}))` : `str(${text})`;
}

function conversion(arg: ProbeArgument): string {
  if (isString(arg) || arg.body === '$comm') return '%s';
  const form = numberForm(arg);
  return form === 'hex' ? '0x%lx' : form === 'signed' ? '%ld' : '%lu';
}
