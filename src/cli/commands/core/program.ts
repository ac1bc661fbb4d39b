/** BPF objects as the `core` commands see them: read from files, with each relocation in words. */

import {
  accessPath,
  type BpfObject,
  CORE_KIND_NAMES,
  type LineInfo,
  lineFinder,
  type ObjectRelocation,
  openFileSource,
  parseAccess,
  parseElf,
  readBpfObject,
  TspaholeError,
} from '../../../index.ts';

/** A BPF object and the file that it is from. */
export interface Program extends BpfObject {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly lineAt: (sectionName: string, insnOffset: number) => LineInfo | undefined;
}

/** Reads a BPF object. Throws `not-found`, `io` or `bad-data`. */
export function readProgram(path: string): Program {
  try {
    const bytes = readAll(path);
    const object = readBpfObject(parseElf(bytes));
    return { ...object, path, bytes, lineAt: lineFinder(object) };
  } catch (error) {
    throw error instanceof TspaholeError ? error.within({ file: path }) : error;
  }
}

function readAll(path: string): Uint8Array {
  const source = openFileSource(path);
  try {
    return source.read(0, source.size);
  } finally {
    source.close();
  }
}

/** `EM_BPF`. */
const BPF_MACHINE = 247;

/** Whether a file is ELF for BPF. False for what cannot be read. */
export function isBpfObject(path: string): boolean {
  try {
    const source = openFileSource(path);
    try {
      const [machine = 0, high = 0] = source.read(18, 2);
      return source.read(0, 1)[0] === 0x7f && (machine | high) === BPF_MACHINE;
    } finally {
      source.close();
    }
  } catch (error) {
    if (error instanceof TspaholeError) return false;
    throw error;
  }
}

/** A relocation in words. */
export interface RelocationText {
  readonly section: string;
  /** Empty for one that belongs to no function. */
  readonly function: string;
  /** Number of the instruction in the section. */
  readonly insn: number;
  /** As libbpf calls it. */
  readonly kind: string;
  /** The type and the access in C: `struct task_struct.se.vruntime`. */
  readonly what: string;
  /** The access as it is stored. */
  readonly access: string;
  /** Absent where the object has no lines. */
  readonly source?: SourceText;
}

/** A source line. */
export interface SourceText {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

/** Says in words what a relocation of a program is for. */
export function relocationText(program: Program, relocation: ObjectRelocation): RelocationText {
  const { sectionName, insnOffset, kind, access } = relocation;
  const line = program.lineAt(sectionName, insnOffset);
  const words = {
    section: sectionName,
    function: relocation.function?.name ?? '',
    insn: Math.floor(insnOffset / 8),
    kind: CORE_KIND_NAMES[kind] ?? `kind ${kind}`,
    what: whatText(program, relocation),
    access,
  };
  return line === undefined ? words : { ...words, source: sourceText(program, line) };
}

/** The text of a source line. */
export function sourceText(
  { table }: BpfObject,
  { fileNameOffset, textOffset, line, column }: LineInfo,
): SourceText {
  const text = (offset: number): string => table.strings.text(offset).trim();
  return { file: text(fileNameOffset), line, column, text: text(textOffset) };
}

function whatText({ table }: Program, relocation: ObjectRelocation): string {
  try {
    const spec = parseAccess(table, relocation);
    return typeText(table, spec.rootId) + accessPath(spec);
  } catch (error) {
    if (!(error instanceof TspaholeError)) throw error;
    return `type ${relocation.typeId} (${error.what})`;
  }
}

/** `struct task_struct`, `size_t`: a type as C names it. */
export function typeText(table: BpfObject['table'], id: number): string {
  const { kind, ...type } = table.type(id);
  const name = 'name' in type && type.name !== '' ? type.name : '<anonymous>';
  return kind === 'struct' || kind === 'union' || kind === 'enum' ? `${kind} ${name}` : name;
}
