/** Parameters as variables of a BPF program: where the program finds the words of each. */

import type { TypeId } from '../model/table.ts';
import { underlyingType } from '../model/traverse.ts';
import type { ArchitectureName } from './architectures.ts';
import { noSuchProbe } from './c-expression.ts';
import { declarationText } from './c-text.ts';
import type { Passing } from './calling-convention.ts';
import { isCompositeKind } from './passed-type.ts';
import type { Probe, ProbeFunction } from './probe.ts';

/** Members of pt_regs that hold parameters from the sixth on, for which older versions of libbpf have no macro. */
const FAR_REGISTERS: Readonly<Partial<Record<ArchitectureName, readonly string[]>>> = {
  x86_64: ['r9'],
  arm64: ['regs[5]', 'regs[6]', 'regs[7]'],
  riscv: ['a5', 'a6', 'a7'],
  powerpc: ['gpr[8]', 'gpr[9]', 'gpr[10]'],
  loongarch: ['regs[9]', 'regs[10]', 'regs[11]'],
};

/** The macros that a source uses and older versions of libbpf lack. */
export function missingMacros(source: string, architecture: ArchitectureName): string {
  const macros = (FAR_REGISTERS[architecture] ?? []).map((member, index) => {
    const name = `PT_REGS_PARM${index + 6}`;
    const definition = `#ifndef ${name}\n#define ${name}(x) ((x)->${member})\n#endif\n`;
    return source.includes(`${name}(`) ? definition : '';
  });
  const text = macros.join('');
  return text === '' ? '' : `${text}\n`;
}

/** The name of a parameter, by its number without hidden ones. */
export function parameterName({ function: found }: Probe, index: number): string {
  return found?.proto.parameters[index + found.hidden]?.name || `arg${index + 1}`;
}

/** Whether a type is a struct or a union itself. */
export function isComposite({ function: found }: Probe, typeId: TypeId): boolean {
  return found !== undefined && isCompositeKind(found.table.kind(underlyingType(found.table, typeId)));
}

/** Declares a parameter and fills it; of a structure the words are copied. Throws `unsupported`. */
export function parameterDeclaration(probe: Probe, index: number): string {
  const { table, proto, hidden } = probe.function as ProbeFunction;
  const name = parameterName(probe, index);
  const typeId = (proto.parameters[index + hidden] as { readonly typeId: TypeId }).typeId;
  const words = parameterWords(probe, index);
  if (words === undefined) throw noSuchProbe('bpf-c', probe);
  if (!isComposite(probe, typeId)) {
    return `${declarationText(table, typeId, name)} = (${declarationText(table, typeId, '')})${words[0]};`;
  }
  const copy = `u64 ${name}_words[] = { ${words.join(', ')} };`;
  return `${copy}\n\t${declarationText(table, typeId, `*${name}`)} = (void *)${name}_words;\n\t(void)${name};`;
}

/** Words that a parameter takes. */
export function wordCount(passing: Passing): number {
  if (passing.kind === 'registers') return passing.count + passing.onStack;
  return passing.kind === 'stack' ? passing.count : 1;
}

/** Expressions for the words of a parameter; undefined where a program cannot reach them. */
function parameterWords(probe: Probe, index: number): string[] | undefined {
  const { kind, architecture, function: found } = probe;
  const passing = found?.passings[index];
  if (passing === undefined) return undefined;
  if (kind !== 'kprobe') return trampolineWords(found as ProbeFunction, index);
  if (passing.kind === 'registers' && passing.onStack === 0) {
    return range(passing.count, (word) => `PT_REGS_PARM${passing.first + word + 1}(ctx)`);
  }
  if (passing.kind !== 'stack') return undefined;
  const { stackOffset, wordSize } = architecture;
  return range(passing.count, (word) => `stack_word(ctx, ${stackOffset + wordSize * (passing.word + word)})`);
}

/** The kernel's trampoline puts all words one behind the other, whatever they travelled in. */
function trampolineWords({ passings }: ProbeFunction, index: number): string[] {
  const first = passings.slice(0, index).reduce((sum, passing) => sum + wordCount(passing), 0);
  return range(wordCount(passings[index] as Passing), (word) => `ctx[${first + word}]`);
}

function range(count: number, text: (index: number) => string): string[] {
  return Array.from({ length: count }, (_, index) => text(index));
}
