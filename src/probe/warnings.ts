/** Warnings about a function: what its ABI, its kind and the lists of the kernel say against probing it so. */

import type { Passing } from './calling-convention.ts';
import type { Argument } from './definition.ts';
import type { Probe, ProbeFunction } from './probe.ts';
import { type Site, warn } from './site.ts';
import { listsFunction, type SymbolFacts, symbolFacts } from './symbols.ts';
import type { Warning } from './warning.ts';

/** Adds the warnings that follow from the prototype. */
export function warnAboutFunction(site: Site, found: ProbeFunction, sources: readonly Argument[]): void {
  if (found.proto.isVariadic)
    warn(site, 'W7', `${found.name} is variadic: only the fixed parameters have names`);
  if (site.rule === 'slots') warnAboutValues(site, found);
  if (sources.length > 0 && !site.isReturn) warnAboutStack(site, found);
  warnAboutWrapper(site, found);
}

function warnAboutValues(site: Site, { passings, proto, hidden }: ProbeFunction): void {
  const names = proto.parameters.slice(hidden).map(({ name }, index) => name || `arg${index + 1}`);
  const large = names.filter((_, index) => isLarge(passings[index] as Passing));
  const moved = names.filter((_, index) => !isWord(passings[index] as Passing, index + hidden, site));
  const behind = moved.filter((name) => !large.includes(name));
  if (large.length === 0 && behind.length === 0) return;
  const first = large.length === 0 ? 'what it returns' : large.join(', ');
  const rest =
    behind.length === 0 ? '' : `, so that ${behind.join(', ')} moved; the kernel's own $arg* is wrong there`;
  warn(site, 'W4', `${first} is passed by value and takes more than one word or none${rest}`);
}

function isLarge(passing: Passing): boolean {
  return passing.kind === 'float' || passing.kind === 'reference' || passing.count + onStack(passing) > 1;
}

function onStack(passing: Passing): number {
  return passing.kind === 'registers' ? passing.onStack : 0;
}

/** Whether a parameter is where one word per parameter would put it. */
function isWord(passing: Passing, index: number, { architecture }: Site): boolean {
  const { registers, shadows } = architecture;
  if (passing.kind === 'registers') return passing.first === index;
  return passing.kind === 'stack' && passing.word + (shadows === true ? 0 : registers.length) === index;
}

function warnAboutStack(site: Site, { passings, proto, hidden }: ProbeFunction): void {
  if (site.architecture.argNOnStack) return;
  const names = proto.parameters.slice(hidden).map(({ name }) => name);
  const far = names.filter((_, index) => passings[index]?.kind === 'stack');
  if (far.length === 0) return;
  warn(
    site,
    'W5',
    `${far.join(', ')} lies on the stack, where $argN does not reach on ${site.architecture.name}`,
  );
}

/** Registers of the system call's parameters, as members of pt_regs. */
const SYSCALL_REGISTERS: Readonly<Record<string, readonly string[]>> = {
  __x64_sys_: ['di', 'si', 'dx', 'r10', 'r8', 'r9'],
  __arm64_sys_: [0, 1, 2, 3, 4, 5].map((index) => `regs[${index}]`),
  __riscv_sys_: ['orig_a0', 'a1', 'a2', 'a3', 'a4', 'a5'],
  __s390x_sys_: ['orig_gpr2', ...[3, 4, 5, 6, 7].map((index) => `gprs[${index}]`)],
};

function warnAboutWrapper(site: Site, { name, proto }: ProbeFunction): void {
  const prefix = Object.keys(SYSCALL_REGISTERS).find((each) => name.startsWith(each));
  const parameter = proto.parameters[0]?.name;
  if (prefix === undefined || proto.parameters.length !== 1 || parameter === undefined) return;
  const registers = SYSCALL_REGISTERS[prefix] as readonly string[];
  const paths = registers.map((register) => `${parameter}->${register}`).join(' ');
  warn(site, 'W6', `${name} gets its parameters in the registers of its caller: ${paths}`);
}

/** The lists of a kernel, as texts; absent ones are not asked. */
export interface KernelLists {
  readonly symbols?: string | undefined;
  readonly filterFunctions?: string | undefined;
  readonly blacklist?: string | undefined;
}

/** What the lists of a kernel say against a probe. */
export function listWarnings({ definition: { place }, kind }: Probe, lists: KernelLists): Warning[] {
  if (place.kind !== 'symbol' || (kind !== 'kprobe' && kind !== 'fprobe')) return [];
  const { symbol, module } = place;
  const { symbols, filterFunctions, blacklist } = lists;
  const warnings = symbols === undefined ? [] : symbolWarnings(symbol, symbolFacts(symbols, symbol, module));
  const add = (text: string): void => void warnings.push({ code: 'W10', text });
  if (filterFunctions !== undefined && !listsFunction(filterFunctions, symbol)) {
    add(`${symbol} is none of the functions that can be traced: notrace, inlined, or of an init section`);
  }
  if (blacklist !== undefined && listsFunction(blacklist, symbol))
    add(`${symbol} is in the blacklist of kprobes`);
  return warnings;
}

function symbolWarnings(symbol: string, { count, variants }: SymbolFacts): Warning[] {
  if (count > 1)
    return [{ code: 'W2', text: `${count} functions are called ${symbol}: the kernel refuses the name` }];
  if (count === 1) return [];
  const [variant] = variants;
  if (variant === undefined)
    return [{ code: 'W10', text: `no symbol ${symbol}: it is inlined, or not in this kernel` }];
  const text = `only ${variant} exists, which the compiler made: its parameters may be elsewhere or be gone`;
  return [{ code: 'W3', text }];
}
