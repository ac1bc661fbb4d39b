/** Probes as a BPF program in C for libbpf: it compiles with a vmlinux.h and prints all arguments. */

import { Kind } from '../model/kinds.ts';
import { underlyingType } from '../model/traverse.ts';
import type { Architecture } from './architectures.ts';
import {
  isComposite,
  missingMacros,
  parameterDeclaration,
  parameterName,
  wordCount,
} from './bpf-parameters.ts';
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
import type { Fetch, Step } from './definition.ts';
import type { Probe, ProbeArgument } from './probe.ts';
import { stepText } from './resolve.ts';

/** The whole file. Throws `unsupported` for what a program of BPF cannot read. */
export function bpfSource(probes: readonly Probe[]): string {
  const programs = probes.map(programText).join('\n');
  const helper = programs.includes('stack_word(') ? STACK_WORD : '';
  const macros = missingMacros(programs, probes[0]?.architecture.name ?? 'x86_64');
  return headOf(probes[0]) + macros + helper + programs;
}

const TARGETS: Readonly<Record<Architecture['name'], string>> = {
  x86_64: 'x86',
  i386: 'x86',
  arm64: 'arm64',
  riscv: 'riscv',
  s390x: 's390',
  powerpc: 'powerpc',
  loongarch: 'loongarch',
};

function headOf(probe: Probe | undefined): string {
  const target = probe === undefined ? 'x86' : TARGETS[probe.architecture.name];
  return `/* clang -O2 -g -target bpf -D__TARGET_ARCH_${target} -c FILE.c; vmlinux.h as \`bpftool btf dump\` writes it */
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

char LICENSE[] SEC("license") = "GPL";

`;
}

const STACK_WORD = `static __always_inline u64 stack_word(struct pt_regs *ctx, long offset)
{
	u64 word = 0;

	bpf_probe_read_kernel(&word, sizeof(word), (char *)PT_REGS_SP(ctx) + offset);
	return word;
}

`;

function programText(probe: Probe): string {
  const used = usedParameters(probe);
  const declarations = used.map((index) => `\t${parameterDeclaration(probe, index)}\n`).join('');
  const strings = probe.args.map((arg, index) => preparation(probe, arg, index)).join('');
  return `SEC("${sectionName(probe)}")\n${headText(probe)}\n{\n${declarations}${strings}${prints(probe)}\treturn 0;\n}\n`;
}

/** What must be read before an argument can be printed. */
function preparation(probe: Probe, arg: ProbeArgument, index: number): string {
  const { fetch } = arg.source;
  const name = argumentNames(probe)[index] as string;
  const isBitfield = arg.type?.startsWith('b') === true && fetch.kind === 'path';
  return isBitfield ? bitfieldText(probe, arg, fetch, name) : stringText(probe, arg, index);
}

function sectionName(probe: Probe): string {
  const { kind, definition } = probe;
  const { place, isReturn } = definition;
  if (kind === 'tracepoint') return `tp_btf/${probe.place}`;
  if (place.kind !== 'symbol' || (kind !== 'kprobe' && kind !== 'fprobe')) throw noSuchProbe('bpf-c', probe);
  const offset = place.offset === 0 ? '' : `+${place.offset}`;
  if (kind === 'fprobe') return `${isReturn ? 'fexit' : 'fentry'}/${place.symbol}`;
  return `${isReturn ? 'kretprobe' : 'kprobe'}/${place.symbol}${offset}`;
}

function headText({ kind, event, definition }: Probe): string {
  if (kind !== 'kprobe') return `int ${event}(u64 *ctx)`;
  return `int ${definition.isReturn ? 'BPF_KRETPROBE' : 'BPF_KPROBE'}(${event})`;
}

/** The parameters that arguments need, ascending. */
function usedParameters(probe: Probe): number[] {
  const used = new Set<number>();
  const dialect = dialectOf(probe, used);
  for (const arg of probe.args) expressionOf(dialect, probe, arg);
  return [...used].sort((a, b) => a - b);
}

function dialectOf(probe: Probe, used: Set<number>): Dialect {
  const { function: found } = probe;
  return {
    name: 'bpf-c',
    parameter: (index) => {
      const typeId = found?.proto.parameters[index + found.hidden]?.typeId;
      if (typeId === undefined || (probe.definition.isReturn && probe.kind === 'kprobe')) return undefined;
      used.add(index);
      return isComposite(probe, typeId) ? `(*${parameterName(probe, index)})` : parameterName(probe, index);
    },
    returned: returnedText(probe),
    register: () => undefined,
    comm: undefined,
    cast: (struct, inner, distance) =>
      `((struct ${struct} *)((char *)${inner}${distance === 0 ? '' : ` - ${distance}`}))`,
    path: corePath,
    dereference: () => undefined,
  };
}

function returnedText({ function: found, kind, definition }: Probe): string | undefined {
  if (found === undefined || !definition.isReturn) return undefined;
  const type = declarationText(found.table, found.proto.returnTypeId, '');
  if (kind === 'kprobe') return `((${type})PT_REGS_RC(ctx))`;
  return `((${type})ctx[${found.passings.reduce((sum, passing) => sum + wordCount(passing), 0)}])`;
}

/** `a->b.c->d` as BPF_CORE_READ(a, b.c, d): each arrow is one read. */
function corePath(base: string, steps: readonly Step[]): string {
  const { start, parts } = coreParts(base, steps);
  return parts.length === 0 ? start : `BPF_CORE_READ(${start}, ${parts.join(', ')})`;
}

function coreParts(
  base: string,
  steps: readonly Step[],
): { readonly start: string; readonly parts: string[] } {
  const parts: string[] = [];
  let start = base;
  for (const step of steps) {
    if (step.kind === 'arrow') parts.push(step.name);
    else if (parts.length > 0) parts.push(parts.pop() + stepText(step));
    else if (step.kind === 'element' && !base.startsWith('(*')) start = elementText(start, step.index);
    else start += stepText(step);
  }
  return { start, parts };
}

/** What a pointer points to may not be touched without a helper. */
function elementText(base: string, index: number): string {
  const read = `bpf_probe_read_kernel(&element, sizeof(element), &(${base})[${index}])`;
  return `({ typeof((${base})[0]) element; ${read}; element; })`;
}

/** An array of characters is read in place, a pointer to them is read first. */
function stringText(probe: Probe, arg: ProbeArgument, index: number): string {
  if (!isString(arg)) return '';
  const name = `${argumentNames(probe)[index]}_text`;
  const declaration = `\tchar ${name}[64] = "";\n`;
  const { fetch } = arg.source;
  const table = probe.function?.table;
  const isArray =
    table !== undefined &&
    arg.typeId !== undefined &&
    table.kind(underlyingType(table, arg.typeId)) === Kind.Array;
  if (isArray && fetch.kind === 'path') {
    const { start, parts } = pathParts(probe, arg, fetch);
    return `${declaration}\tBPF_CORE_READ_STR_INTO(&${name}, ${[start, ...parts].join(', ')});\n`;
  }
  const read = isUserString(arg) ? 'bpf_probe_read_user_str' : 'bpf_probe_read_kernel_str';
  const text = expressionOf(dialectOf(probe, new Set()), probe, arg);
  return `${declaration}\t${read}(${name}, sizeof(${name}), (const void *)${text});\n`;
}

type Path = Extract<Fetch, { readonly kind: 'path' }>;

function pathParts(probe: Probe, arg: ProbeArgument, fetch: Path): ReturnType<typeof coreParts> {
  const source = { ...arg.source, fetch: fetch.base };
  const base = expressionOf(dialectOf(probe, new Set()), probe, { ...arg, source });
  return coreParts(base, fetch.steps);
}

/** Bitfields have no address, so the structure that holds one is found first. */
function bitfieldText(probe: Probe, arg: ProbeArgument, fetch: Path, name: string): string {
  const { start, parts } = pathParts(probe, arg, fetch);
  const field = parts.pop();
  if (field === undefined) return `\tu64 ${name}_bits = ${start};\n`;
  const holder = parts.length === 0 ? start : `BPF_CORE_READ(${start}, ${parts.join(', ')})`;
  return (
    `\t__auto_type ${name}_holder = ${holder};\n` +
    `\tu64 ${name}_bits = BPF_CORE_READ_BITFIELD_PROBED(${name}_holder, ${field});\n`
  );
}

function prints(probe: Probe): string {
  const names = argumentNames(probe);
  const lines = probe.args.map((arg, index) => printText(probe, arg, names[index] as string));
  return `\tbpf_printk("${probe.event}");\n${lines.join('')}`;
}

function printText(probe: Probe, arg: ProbeArgument, name: string): string {
  if (isString(arg)) return `\tbpf_printk("${name}=%s", ${name}_text);\n`;
  if (arg.type?.startsWith('b') === true) return `\tbpf_printk("${name}=%llu", ${name}_bits);\n`;
  const form = numberForm(arg);
  const conversion = form === 'hex' ? '0x%llx' : form === 'signed' ? '%lld' : '%llu';
  const cast = form === 'signed' ? '(long long)' : '(unsigned long long)';
  const text = valueText(probe, arg);
  return `\tbpf_printk("${name}=${conversion}", ${cast}${text});\n`;
}

/** Of a structure its first word. */
function valueText(probe: Probe, arg: ProbeArgument): string {
  const text = expressionOf(dialectOf(probe, new Set()), probe, arg);
  const isWhole = arg.typeId !== undefined && isComposite(probe, arg.typeId);
  return isWhole && arg.source.fetch.kind === 'name' ? `${arg.source.fetch.name}_words[0]` : text;
}
