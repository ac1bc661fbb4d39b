/** Probes as scripts of SystemTap, which reads types and places from DWARF by itself. */

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
import type { Probe, ProbeArgument } from './probe.ts';

/** The script. Throws `unsupported` for what SystemTap cannot say. */
export function stapScript(probe: Probe): string {
  const dialect = dialectOf(probe);
  const names = argumentNames(probe);
  const format = probe.args.map((arg, index) => ` ${names[index]}=${conversion(probe, arg)}`).join('');
  const values = probe.args.map((arg) => `, ${valueText(dialect, probe, arg)}`).join('');
  const head = `printf("${probe.event}: %s %d${format}\\n", execname(), pid()${values})`;
  return `probe ${probePoint(probe)}\n{\n\t${head}\n}\n`;
}

function probePoint(probe: Probe): string {
  const { kind, definition } = probe;
  const { place, isReturn } = definition;
  const variant = isReturn ? '.return' : '.call';
  if (kind === 'tracepoint') return `kernel.trace("${probe.place}")`;
  if (place.kind === 'file')
    return `process("${place.path}").function("${place.symbol ?? place.offset}")${variant}`;
  if (place.kind !== 'symbol' || kind === 'eprobe') throw noSuchProbe('SystemTap', probe);
  if (place.offset !== 0) throw noSuchProbe('SystemTap', probe);
  const object = place.module === undefined ? 'kernel' : `module("${place.module}")`;
  return `${object}.function("${place.symbol}")${variant}`;
}

/** SystemTap calls the 64 bits of %di rdi; its di are 16 bits. */
const X86_NAMES: Readonly<Record<string, string>> = { flags: 'eflags', cs: 'xcs', ss: 'xss' };

function registerName({ architecture }: Probe, name: string): string {
  if (architecture.name !== 'x86_64' && architecture.name !== 'i386') return name;
  const letter = architecture.name === 'x86_64' ? 'r' : 'e';
  if (/^([abcd]x|[sd]i|[sb]p|ip)$/.test(name)) return letter + name;
  return name === 'orig_ax' ? `orig_${letter}ax` : (X86_NAMES[name] ?? name);
}

function dialectOf(probe: Probe): Dialect {
  const { function: found, definition } = probe;
  return {
    name: 'SystemTap',
    parameter: (index) => {
      const name = found?.proto.parameters[index + found.hidden]?.name;
      if (name === undefined || name === '') return undefined;
      return definition.isReturn ? `@entry($${name})` : `$${name}`;
    },
    returned: '$return',
    register: (name) => `register("${registerName(probe, name)}")`,
    comm: 'execname()',
    cast: (struct, inner, distance) =>
      `@cast(${inner}${distance === 0 ? '' : ` - ${distance}`}, "struct ${struct}", "kernel")`,
    // Members of members are reached by -> as well.
    path: (base, steps) =>
      base + steps.map((step) => (step.kind === 'element' ? `[${step.index}]` : `->${step.name}`)).join(''),
    dereference: (inner, offset, user) => `${user ? 'user' : 'kernel'}_ulong(${inner} + ${offset})`,
  };
}

function valueText(dialect: Dialect, probe: Probe, arg: ProbeArgument): string {
  const text = expressionOf(dialect, probe, arg);
  // A structure is no number; with a $ behind it SystemTap writes its members out.
  if (isStructure(probe, arg)) return `${text}$`;
  if (arg.body === '$comm' || !isString(arg)) return text;
  return `${isUserString(arg) ? 'user' : 'kernel'}_string(${text})`;
}

function isStructure(probe: Probe, { typeId }: ProbeArgument): boolean {
  return typeId !== undefined && isComposite(probe, typeId);
}

function conversion(probe: Probe, arg: ProbeArgument): string {
  if (isStructure(probe, arg)) return '%s';
  if (isString(arg) || arg.body === '$comm') return '%s';
  const form = numberForm(arg);
  return form === 'hex' ? '%#x' : form === 'signed' ? '%d' : '%u';
}
