/**
 * First pass: what can be said of a record without following its references (the kernel's "meta"
 * checks, linux kernel/bpf/btf.c). What all kinds have in common is a table; the functions below add
 * what a kind has of its own.
 */

import { type BtfKind, Kind } from '../../model/kinds.ts';
import { HEADER_WORDS, infoKind, infoKindFlag, infoVlen, memberBitOffset } from '../../model/records.ts';
import type { TypeId, TypeTable } from '../../model/table.ts';
import { hasName, isEmptyName, isIdentifier, isSectionName } from './names.ts';
import { type BtfProblemCode, describeName, isFull, type ProblemList, reportType } from './problems.ts';

/** Largest type id. */
export const MAX_TYPE_ID = 0xf_ffff;

/** Bits of an info word that kernels up to 6.18 know: 16 of element count, 5 of kind, the kind flag. */
const INFO_MASK = 0x9f00_ffff;

/** Bits of an int's data word that have a meaning. */
const INT_DATA_MASK = 0x0fff_ffff;
const MAX_INT_BITS = 128;
const FLOAT_SIZES: readonly number[] = [2, 4, 8, 12, 16];

/** Bits of an int's encoding; at most one is allowed. */
const INT_ENCODINGS: readonly number[] = [0, 1, 2, 4];

/** Highest linkage of a function or variable; `extern` is rejected, loaders rewrite it. */
const MAX_LINKAGE = 1;

type NameRule = 'none' | 'identifier' | 'optional identifier' | 'section' | 'text' | 'any';

interface RecordRule {
  readonly name: NameRule;
  /** Whether the element count must be 0. */
  readonly isSingle: boolean;
  /** Whether the kind flag means something: for enums since Linux 6.0, for tags since 6.15. */
  readonly mayHaveKindFlag: boolean;
  readonly third: 'type' | 'zero' | 'own';
  readonly check?: RecordCheck;
}

/** A record under check; `say` reports a problem of it. */
interface RecordView {
  readonly table: TypeTable;
  readonly words: Uint32Array;
  /** Index of the record in `words`. */
  readonly at: number;
  readonly say: (code: BtfProblemCode, message: string) => void;
}

type RecordCheck = (record: RecordView) => void;

const qualifier: RecordRule = { name: 'none', isSingle: true, mayHaveKindFlag: false, third: 'type' };
const composite: RecordRule = {
  name: 'optional identifier',
  isSingle: false,
  mayHaveKindFlag: true,
  third: 'own',
  check: checkMembers,
};

const RULES: Readonly<Record<Exclude<BtfKind, typeof Kind.Void>, RecordRule>> = {
  [Kind.Int]: { name: 'any', isSingle: true, mayHaveKindFlag: false, third: 'own', check: checkInt },
  [Kind.Pointer]: qualifier,
  [Kind.Array]: { name: 'none', isSingle: true, mayHaveKindFlag: false, third: 'zero', check: checkArray },
  [Kind.Struct]: composite,
  [Kind.Union]: composite,
  [Kind.Enum]: { ...composite, check: checkEnum },
  [Kind.Forward]: { name: 'identifier', isSingle: true, mayHaveKindFlag: true, third: 'zero' },
  [Kind.Typedef]: { ...qualifier, name: 'identifier' },
  [Kind.Volatile]: qualifier,
  [Kind.Const]: qualifier,
  [Kind.Restrict]: qualifier,
  [Kind.Func]: {
    name: 'identifier',
    isSingle: false,
    mayHaveKindFlag: false,
    third: 'own',
    check: checkFunc,
  },
  [Kind.FuncProto]: { name: 'none', isSingle: false, mayHaveKindFlag: false, third: 'own' },
  [Kind.Var]: {
    name: 'identifier',
    isSingle: true,
    mayHaveKindFlag: false,
    third: 'type',
    check: checkVariable,
  },
  [Kind.Datasec]: {
    name: 'section',
    isSingle: false,
    mayHaveKindFlag: false,
    third: 'own',
    check: checkDatasec,
  },
  [Kind.Float]: { name: 'any', isSingle: true, mayHaveKindFlag: false, third: 'own', check: checkFloat },
  [Kind.DeclTag]: { name: 'text', isSingle: true, mayHaveKindFlag: true, third: 'own', check: checkDeclTag },
  [Kind.TypeTag]: { ...qualifier, name: 'text', mayHaveKindFlag: true },
  [Kind.Enum64]: { ...composite, check: checkEnum },
};

/** Checks the own records of `table`. Returns, by id, 1 for each type with a problem. */
export function verifyRecords(list: ProblemList, table: TypeTable): Uint8Array {
  const failed = new Uint8Array(table.end);
  let id: TypeId = table.firstId;
  const say = (code: BtfProblemCode, message: string): void => {
    failed[id] = 1;
    reportType(list, { code, message }, table, id);
  };
  for (; id < table.end && !isFull(list); id++) {
    checkRecord({ table, words: table.words, at: table.startOf(id), say });
  }
  return failed;
}

function checkRecord(record: RecordView): void {
  const { words, at, say } = record;
  const info = words[at + 1] as number;
  if ((info & ~INFO_MASK) !== 0) {
    say('info-bits', `info word 0x${info.toString(16)} has bits that Linux 6.18 and older reject`);
  }
  const rule = (RULES as Readonly<Record<number, RecordRule>>)[infoKind(info)];
  if (rule === undefined) {
    say('kind', `kind ${infoKind(info)} is not known`);
    return;
  }
  checkName(record, rule.name);
  if (rule.isSingle && infoVlen(info) !== 0) say('vlen', `vlen is ${infoVlen(info)}, not 0`);
  if (!rule.mayHaveKindFlag && infoKindFlag(info)) say('kind-flag', 'kind flag is set');
  checkThird(record, rule.third);
  rule.check?.(record);
}

function checkName({ table, words, at, say }: RecordView, rule: NameRule): void {
  const offset = words[at] as number;
  const { strings } = table;
  if (!hasName(strings, offset)) {
    say('name', `name offset ${offset} is outside the strings`);
    return;
  }
  const quoted = (): string => `name '${describeName(table, offset)}'`;
  switch (rule) {
    case 'any':
      return;
    case 'none':
      if (offset !== 0) say('name', `has a name, ${quoted()}`);
      return;
    case 'text':
      if (isEmptyName(strings, offset)) say('name', 'tag is empty');
      return;
    case 'section':
      if (!isSectionName(strings, offset)) say('name', `${quoted()} is not a section name`);
      return;
    case 'optional identifier':
      if (offset !== 0 && !isIdentifier(strings, offset)) say('name', `${quoted()} is not an identifier`);
      return;
    case 'identifier':
      if (!isIdentifier(strings, offset)) say('name', `${quoted()} is not an identifier`);
  }
}

function checkThird({ words, at, say }: RecordView, rule: RecordRule['third']): void {
  const third = words[at + 2] as number;
  if (rule === 'zero' && third !== 0) say('unused-word', `size or type is ${third}, not 0`);
  if (rule === 'type' && third > MAX_TYPE_ID)
    say('type-id', `type id ${third} is larger than ${MAX_TYPE_ID}`);
}

function checkInt({ words, at, say }: RecordView): void {
  const byteSize = words[at + 2] as number;
  const data = words[at + HEADER_WORDS] as number;
  const [bitSize, bitOffset, encoding] = [data & 0xff, (data >>> 16) & 0xff, (data >>> 24) & 0xf];
  if ((data & ~INT_DATA_MASK) !== 0) say('int-data', `int data 0x${data.toString(16)} has unknown bits`);
  const bits = bitSize + bitOffset;
  if (bits > MAX_INT_BITS) say('int-data', `${bits} bits are more than ${MAX_INT_BITS}`);
  if (bits > byteSize * 8) say('int-data', `${bits} bits do not fit into ${byteSize} bytes`);
  if (!INT_ENCODINGS.includes(encoding)) say('int-data', `encoding ${encoding} is not one of 0, 1, 2, 4`);
}

function checkArray({ words, at, say }: RecordView): void {
  const element = words[at + HEADER_WORDS] as number;
  const index = words[at + HEADER_WORDS + 1] as number;
  if (element === 0 || element > MAX_TYPE_ID) say('array-element', `element type is ${element}`);
  if (index === 0 || index > MAX_TYPE_ID) say('array-index', `index type is ${index}`);
}

function checkMembers({ table, words, at, say }: RecordView): void {
  const info = words[at + 1] as number;
  const byteSize = words[at + 2] as number;
  const kindFlag = infoKindFlag(info);
  const isUnion = infoKind(info) === Kind.Union;
  const vlen = infoVlen(info);
  let previous = 0;
  for (let index = 0, word = at + HEADER_WORDS; index < vlen; index++, word += 3) {
    const name = words[word] as number;
    const typeId = words[word + 1] as number;
    const offset = memberBitOffset(words[word + 2] as number, kindFlag);
    const what = (): string => `member ${index} '${describeName(table, name)}'`;
    if (name !== 0 && !isIdentifier(table.strings, name)) {
      say('member-name', `name of ${what()} is not an identifier`);
    }
    if (typeId === 0 || typeId > MAX_TYPE_ID) say('member-type', `${what()} has type ${typeId}`);
    if (isUnion && offset !== 0) say('member-offset', `${what()} of a union is at bit ${offset}`);
    if (offset < previous) say('member-offset', `${what()} at bit ${offset} lies before the one before it`);
    if (Math.ceil(offset / 8) > byteSize) {
      say('member-end', `${what()} starts at bit ${offset} of ${byteSize} bytes`);
    }
    previous = offset;
  }
}

function checkEnum({ table, words, at, say }: RecordView): void {
  const info = words[at + 1] as number;
  const byteSize = words[at + 2] as number;
  if (![1, 2, 4, 8].includes(byteSize)) say('size', `size ${byteSize} is not one of 1, 2, 4, 8`);
  const vlen = infoVlen(info);
  const stride = infoKind(info) === Kind.Enum64 ? 3 : 2;
  for (let index = 0, word = at + HEADER_WORDS; index < vlen; index++, word += stride) {
    const name = words[word] as number;
    if (!isIdentifier(table.strings, name)) {
      say(
        'enumerator-name',
        `name '${describeName(table, name)}' of enumerator ${index} is not an identifier`,
      );
    }
  }
}

function checkFunc({ words, at, say }: RecordView): void {
  const linkage = infoVlen(words[at + 1] as number);
  if (linkage > MAX_LINKAGE) say('linkage', `linkage ${linkage} is neither static (0) nor global (1)`);
}

function checkVariable({ words, at, say }: RecordView): void {
  const linkage = words[at + HEADER_WORDS] as number;
  if (words[at + 2] === 0) say('type-id', 'variable has type void');
  if (linkage > MAX_LINKAGE) say('linkage', `linkage ${linkage} is neither static (0) nor global (1)`);
}

/** Variables must be ordered by offset, must not overlap and must fit into the section. */
function checkDatasec({ words, at, say }: RecordView): void {
  const vlen = infoVlen(words[at + 1] as number);
  const byteSize = words[at + 2] as number;
  if (byteSize === 0) say('size', 'section has no bytes');
  let end = 0;
  for (let index = 0, word = at + HEADER_WORDS; index < vlen; index++, word += 3) {
    const typeId = words[word] as number;
    const offset = words[word + 1] as number;
    const size = words[word + 2] as number;
    if (typeId === 0 || typeId > MAX_TYPE_ID) say('type-id', `variable ${index} has type id ${typeId}`);
    if (offset < end) say('variable', `variable ${index} at byte ${offset} overlaps the one before it`);
    end = offset + size;
    if (size === 0) say('variable', `variable ${index} has no bytes`);
    if (end > byteSize) say('variable', `variable ${index} ends at byte ${end} of ${byteSize}`);
  }
}

function checkFloat({ words, at, say }: RecordView): void {
  const byteSize = words[at + 2] as number;
  if (!FLOAT_SIZES.includes(byteSize)) {
    say('size', `size ${byteSize} is not one of ${FLOAT_SIZES.join(', ')}`);
  }
}

function checkDeclTag({ words, at, say }: RecordView): void {
  const componentIndex = (words[at + HEADER_WORDS] as number) | 0;
  if (componentIndex < -1) say('component-index', `component index is ${componentIndex}`);
}
