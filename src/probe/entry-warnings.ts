/**
 * Whether parameters are where the calling convention has them: the compiler may have changed a function that only its
 * own unit calls. Known from DWARF alone.
 */

import type { EntryFunction, EntryParameter, EntryPlaces } from '../model/entry-places.ts';
import type { Architecture, ArchitectureName } from './architectures.ts';
import type { Passing } from './calling-convention.ts';
import type { Fetch } from './definition.ts';
import type { Probe, ProbeFunction } from './probe.ts';
import type { Warning } from './warning.ts';

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

const X86_64 = ['ax', 'dx', 'cx', 'bx', 'si', 'di', 'bp', 'sp', ...numbered('r', 16).slice(8)];

/** Registers by their numbers in DWARF: the psABI of each machine. */
const DWARF_REGISTERS: Readonly<Record<ArchitectureName, readonly string[]>> = {
  x86_64: X86_64,
  i386: ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'],
  arm64: numbered('x', 31),
  riscv: [
    ...['zero', 'ra', 'sp', 'gp', 'tp', 't0', 't1', 't2', 's0', 's1'],
    ...numbered('a', 8),
    ...numbered('s', 12).slice(2),
    ...numbered('t', 7).slice(3),
  ],
  s390x: numbered('r', 16),
  powerpc: numbered('gpr', 32),
  loongarch: numbered('r', 32),
};

/**
 * W3 for each parameter that the probe reads and that is elsewhere at entry or gone; W10 where all calls are inlined.
 * `address` is that of the symbol, which tells functions of one name apart.
 */
export function entryWarnings(probe: Probe, places: EntryPlaces, address: bigint | undefined): Warning[] {
  const { function: found } = probe;
  if (found === undefined || !places.isKnown) return [];
  if (places.functions.length === 0) {
    return [{ code: 'W10', text: `all calls of ${found.name} are inlined: it has no code of its own` }];
  }
  const instance = instanceAt(places.functions, address);
  if (instance === undefined) return [];
  return parametersRead(probe, found).flatMap((index) => {
    const text = problemOf(probe, found, instance, index);
    return text === undefined ? [] : [{ code: 'W3', text } as const];
  });
}

function instanceAt(
  functions: readonly EntryFunction[],
  address: bigint | undefined,
): EntryFunction | undefined {
  const exact = functions.find((each) => each.address === address);
  return exact ?? (functions.length === 1 ? functions[0] : undefined);
}

/** Indexes of the parameters that arguments are read from. */
function parametersRead({ args }: Probe, { proto, hidden }: ProbeFunction): number[] {
  const names = new Set(args.flatMap(({ source }) => baseName(source.fetch) ?? []));
  const all = proto.parameters.slice(hidden).map((_, index) => index);
  return all.filter((index) => names.has(proto.parameters[index + hidden]?.name ?? ''));
}

function baseName(fetch: Fetch): string | undefined {
  let inner = fetch;
  while (inner.kind === 'path' || inner.kind === 'cast' || inner.kind === 'dereference') {
    inner = inner.kind === 'path' ? inner.base : inner.inner;
  }
  return inner.kind === 'name' ? inner.name : undefined;
}

function problemOf(
  { architecture }: Probe,
  { name: what, proto, hidden, passings }: ProbeFunction,
  instance: EntryFunction,
  index: number,
): string | undefined {
  const name = proto.parameters[index + hidden]?.name as string;
  const at = instance.parameters.find((parameter) => parameter.name === name);
  // Debugging information lists what is not passed too: without the name it is of another function.
  if (at === undefined) return undefined;
  if (at.kind === 'absent') return `${name} of ${what} is optimized away: it is nowhere at entry`;
  if (at.kind === 'constant')
    return `${name} of ${what} is optimized away: it is always the same and not passed`;
  const [there, expected] = [
    placeText(architecture, at),
    passingText(architecture, passings[index] as Passing),
  ];
  if (there === undefined || expected === undefined || there === expected) return undefined;
  return `${name} of ${what} is ${there} at entry, not ${expected}: the compiler changed how it is passed`;
}

function placeText({ name }: Architecture, { kind, number }: EntryParameter): string | undefined {
  const register = DWARF_REGISTERS[name][number];
  switch (kind) {
    case 'register':
      return register && `in %${register}`;
    case 'memory':
      return register && `where %${register} points to`;
    case 'frame':
      // Below the frame address is where code that is not optimized will put it.
      return number < 0 ? undefined : `on the stack at ${number}`;
    case 'absent':
    case 'constant':
    case 'other':
      return undefined;
  }
}

/** Bytes from the canonical frame address to the first parameter on the stack. */
const FRAME_OFFSET: Readonly<Partial<Record<ArchitectureName, number>>> = { powerpc: 32 };

function passingText(architecture: Architecture, passing: Passing): string | undefined {
  switch (passing.kind) {
    case 'registers':
      return `in %${architecture.registers[passing.first]}`;
    case 'reference':
      return passing.pointer.kind === 'registers'
        ? `where %${architecture.registers[passing.pointer.first]} points to`
        : undefined;
    case 'stack':
      return `on the stack at ${(FRAME_OFFSET[architecture.name] ?? 0) + architecture.wordSize * passing.word}`;
    case 'float':
      return undefined;
  }
}
