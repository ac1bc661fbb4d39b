/**
 * Types as `bpftool btf dump ... format raw` prints them, in text or JSON, byte for byte what bpftool 7.8
 * prints. This file says what is printed of each kind, text.ts and json.ts how it looks.
 */

import { BTF_KIND_NAMES, Kind } from '../../model/kinds.ts';
import { HEADER_WORDS, RECORD_SHAPES } from '../../model/records.ts';
import type { TypeId, TypeTable } from '../../model/table.ts';

/** Takes the parts of types in the order in which they are printed. */
export interface RawOutput {
  /** Whether the values of unsigned enums are sign-extended to 64 bits: bpftool's slip in JSON. */
  readonly extendsEnumerators: boolean;
  begin(id: TypeId, kind: string, name: string): void;
  /** A number; `suffix` follows it in the text and not in JSON. */
  number(key: string, value: number | bigint, suffix?: string): void;
  word(key: string, value: string): void;
  /** A list of elements. */
  beginElements(key: string): void;
  /** An element; without a name it has none. */
  beginElement(name?: string): void;
  /** What only the text says of an element. */
  remark(text: string): void;
  endElement(): void;
  endElements(): void;
  end(): void;
}

const INT_ENCODINGS: Readonly<Record<number, string>> = { 0: '(none)', 1: 'SIGNED', 2: 'CHAR', 4: 'BOOL' };
const LINKAGES: readonly string[] = ['static', 'global', 'extern'];

/** What is called in messages and statistics as bpftool does. */
export function rawKindName(kind: number): string {
  return (kind === Kind.Void ? undefined : BTF_KIND_NAMES[kind]) ?? 'UNKNOWN';
}

/** Prints one type. An id that the table does not hold is printed as void is. */
export function writeRawType(table: TypeTable, id: TypeId, output: RawOutput): void {
  const kind = table.kind(id);
  output.begin(id, rawKindName(kind), nameAt(table, table.nameOffset(id)));
  writeBody(table, id, output);
  output.end();
}

function nameAt({ strings }: TypeTable, offset: number): string {
  if (offset === 0) return '(anon)';
  return offset < strings.end ? strings.latin1At(offset) : '(invalid)';
}

function writeBody(table: TypeTable, id: TypeId, output: RawOutput): void {
  const third = table.sizeOrType(id);
  switch (table.kind(id)) {
    case Kind.Int:
      return writeInt(third, table.extra(id, 0), output);
    case Kind.Pointer:
    case Kind.Const:
    case Kind.Volatile:
    case Kind.Restrict:
    case Kind.Typedef:
    case Kind.TypeTag:
      return output.number('type_id', third);
    case Kind.Array:
      output.number('type_id', table.extra(id, 0));
      output.number('index_type_id', table.extra(id, 1));
      return output.number('nr_elems', table.extra(id, 2));
    case Kind.Struct:
    case Kind.Union:
      return writeMembers(table, id, output);
    case Kind.Enum:
    case Kind.Enum64:
      return writeEnumerators(table, id, output);
    case Kind.Forward:
      return output.word('fwd_kind', table.kindFlag(id) ? 'union' : 'struct');
    case Kind.Func:
      output.number('type_id', third);
      return output.word('linkage', LINKAGES[table.vlen(id)] ?? '(unknown)');
    case Kind.FuncProto:
      return writeParameters(table, id, output);
    case Kind.Var:
      output.number('type_id', third, ',');
      return output.word('linkage', LINKAGES[table.extra(id, 0)] ?? '(unknown)');
    case Kind.Datasec:
      return writeVariables(table, id, output);
    case Kind.Float:
      return output.number('size', third);
    case Kind.DeclTag:
      output.number('type_id', third);
      return output.number('component_idx', table.extra(id, 0) | 0);
    default:
  }
}

function writeInt(byteSize: number, word: number, output: RawOutput): void {
  output.number('size', byteSize);
  output.number('bits_offset', (word >>> 16) & 0xff);
  output.number('nr_bits', word & 0xff);
  output.word('encoding', INT_ENCODINGS[(word >>> 24) & 0xf] ?? 'UNKN');
}

/** Calls `write` with each element and its words. */
function writeElements(
  table: TypeTable,
  id: TypeId,
  { key, output }: { readonly key: string; readonly output: RawOutput },
  write: (words: Uint32Array) => void,
): void {
  const owner = table.owner(id);
  if (owner === undefined) return;
  const count = table.vlen(id);
  const { length } = RECORD_SHAPES[table.kind(id) as Kind].element;
  output.number('vlen', count);
  output.beginElements(key);
  let at = owner.startOf(id) + HEADER_WORDS;
  for (let left = count; left > 0; left--, at += length) {
    write(owner.words.subarray(at, at + length));
    output.endElement();
  }
  output.endElements();
}

function writeMembers(table: TypeTable, id: TypeId, output: RawOutput): void {
  const hasBitfields = table.kindFlag(id);
  output.number('size', table.sizeOrType(id));
  writeElements(table, id, { key: 'members', output }, ([name = 0, typeId = 0, offset = 0]) => {
    output.beginElement(nameAt(table, name));
    output.number('type_id', typeId);
    output.number('bits_offset', hasBitfields ? offset & 0xff_ffff : offset);
    if (hasBitfields && offset >>> 24 !== 0) output.number('bitfield_size', offset >>> 24);
  });
}

function writeEnumerators(table: TypeTable, id: TypeId, output: RawOutput): void {
  const isSigned = table.kindFlag(id);
  const isWide = table.kind(id) === Kind.Enum64;
  output.word('encoding', isSigned ? 'SIGNED' : 'UNSIGNED');
  output.number('size', table.sizeOrType(id));
  writeElements(table, id, { key: 'values', output }, ([name = 0, low = 0, high = 0]) => {
    output.beginElement(nameAt(table, name));
    if (isWide) output.number('val', wideValue(low, high, isSigned), isSigned ? 'LL' : 'ULL');
    else if (isSigned) output.number('val', low | 0);
    else output.number('val', output.extendsEnumerators ? BigInt.asUintN(64, BigInt(low | 0)) : low);
  });
}

function wideValue(low: number, high: number, isSigned: boolean): bigint {
  const value = (BigInt(high) << 32n) | BigInt(low);
  return isSigned ? BigInt.asIntN(64, value) : value;
}

function writeParameters(table: TypeTable, id: TypeId, output: RawOutput): void {
  output.number('ret_type_id', table.sizeOrType(id));
  writeElements(table, id, { key: 'params', output }, ([name = 0, typeId = 0]) => {
    output.beginElement(nameAt(table, name));
    output.number('type_id', typeId);
  });
}

function writeVariables(table: TypeTable, id: TypeId, output: RawOutput): void {
  output.number('size', table.sizeOrType(id));
  writeElements(table, id, { key: 'vars', output }, ([typeId = 0, offset = 0, byteSize = 0]) => {
    output.beginElement();
    output.number('type_id', typeId);
    output.number('offset', offset);
    output.number('size', byteSize);
    if (!table.has(typeId)) return;
    output.remark(`(${rawKindName(table.kind(typeId))} '${nameAt(table, table.nameOffset(typeId))}')`);
  });
}
