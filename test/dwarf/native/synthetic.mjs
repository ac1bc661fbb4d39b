/**
 * ELF files with DWARF 5 in them, made from a tree: for what no compiler at hand writes (big endian, damage).
 *
 *     die(TAG, { AT: value, ... }, children)
 *
 * A value is `form(FORM, value)`; `ref(label)` refers to the DIE with `label` and `{ label }` names one.
 */

export const TAG = {
  arrayType: 0x01,
  enumerationType: 0x04,
  formalParameter: 0x05,
  member: 0x0d,
  pointerType: 0x0f,
  compileUnit: 0x11,
  structureType: 0x13,
  subroutineType: 0x15,
  typedef: 0x16,
  inheritance: 0x1c,
  subrangeType: 0x21,
  baseType: 0x24,
  enumerator: 0x28,
  subprogram: 0x2e,
  variable: 0x34,
  importedUnit: 0x3d,
  partialUnit: 0x3c,
  llvmAnnotation: 0x6000,
  gnuAnnotation: 0x6001,
};

export const AT = {
  sibling: 0x01,
  location: 0x02,
  name: 0x03,
  byteSize: 0x0b,
  bitOffset: 0x0c,
  bitSize: 0x0d,
  import: 0x18,
  constValue: 0x1c,
  inline: 0x20,
  producer: 0x25,
  lowerBound: 0x22,
  upperBound: 0x2f,
  abstractOrigin: 0x31,
  artificial: 0x34,
  callingConvention: 0x36,
  count: 0x37,
  dataMemberLocation: 0x38,
  declaration: 0x3c,
  encoding: 0x3e,
  specification: 0x47,
  type: 0x49,
  signature: 0x69,
  dataBitOffset: 0x6b,
  gnuAnnotation: 0x2139,
};

export const FORM = {
  data2: 0x05,
  data4: 0x06,
  data8: 0x07,
  string: 0x08,
  data1: 0x0b,
  sdata: 0x0d,
  strp: 0x0e,
  udata: 0x0f,
  refAddr: 0x10,
  ref4: 0x13,
  secOffset: 0x17,
  exprloc: 0x18,
  flagPresent: 0x19,
  refSig8: 0x20,
};

export const form = (code, value) => ({ code, value });
export const text = (value) => form(FORM.string, value);
export const number = (value) => form(FORM.udata, value);
export const negative = (value) => form(FORM.sdata, value);
export const expression = (...bytes) => form(FORM.exprloc, bytes);
export const ref = (label) => form(FORM.ref4, label);
export const refAddr = (label) => form(FORM.refAddr, label);

export function die(tag, attributes = {}, children = [], options = {}) {
  return { tag, attributes, children, ...options };
}

/** A unit with its DIEs. */
export function unit(children, attributes = { name: text('unit.c') }, tag = TAG.compileUnit, label) {
  return die(tag, attributes, children, { label });
}

/** The bytes of an ELF file. `options`: { isBigEndian, sections: { name: bytes } }. */
export function elfWithUnits(units, options = {}) {
  const writer = new DwarfWriter(options.isBigEndian === true);
  for (const tree of units) writer.unit(tree);
  writer.patchReferences();
  const sections = {
    '.debug_info': writer.info,
    '.debug_abbrev': [...writer.abbrev, 0],
    ...options.sections,
  };
  return elfFile(sections, options.isBigEndian === true);
}

/**
 * An ELF file of `units` equal units without types, which share one table of `abbreviations`; their DIEs use
 * the last.
 */
export function elfWithEqualUnits({ units, abbreviations }) {
  const abbrev = [];
  for (let code = 1; code <= abbreviations; code++) {
    uleb(abbrev, code);
    abbrev.push(TAG.compileUnit, 0, AT.name, FORM.string, 0, 0);
  }
  const unit = [0, 0, 0, 0, 5, 0, 1, 8, 0, 0, 0, 0];
  uleb(unit, abbreviations);
  unit.push(...Buffer.from('u'), 0);
  unit[0] = unit.length - 4;
  const info = Buffer.alloc(units * unit.length, Buffer.from(unit));
  return elfFile({ '.debug_info': info, '.debug_abbrev': [...abbrev, 0] }, false);
}

class DwarfWriter {
  info = [];
  abbrev = [];
  #labels = new Map();
  #patches = [];
  #nextCode = 1;
  #isBigEndian;
  #unitStart = 0;

  constructor(isBigEndian) {
    this.#isBigEndian = isBigEndian;
  }

  unit(tree) {
    this.#unitStart = this.info.length;
    this.#fixed(this.info, 0, 4);
    this.#fixed(this.info, 5, 2);
    this.info.push(tree.tag === TAG.partialUnit ? 3 : 1, 8);
    this.#fixed(this.info, 0, 4);
    this.#die(tree);
    const length = this.info.length - this.#unitStart - 4;
    this.#overwrite(this.#unitStart, length);
  }

  patchReferences() {
    for (const { at, label, base } of this.#patches) {
      const offset = typeof label === 'number' ? label : this.#labels.get(label) - base;
      this.#overwrite(at, offset);
    }
  }

  #die(tree) {
    if (tree.label !== undefined) this.#labels.set(tree.label, this.info.length);
    if (tree.raw !== undefined) {
      this.info.push(...tree.raw);
      return;
    }
    const hasChildren = tree.children.length > 0 || tree.isOpen === true;
    const code = this.#nextCode++;
    uleb(this.info, code);
    uleb(this.abbrev, code);
    uleb(this.abbrev, tree.tag);
    this.abbrev.push(hasChildren ? 1 : 0);
    for (const [name, value] of Object.entries(tree.attributes)) {
      uleb(this.abbrev, AT[name]);
      uleb(this.abbrev, value.code);
      this.#value(value);
    }
    this.abbrev.push(0, 0);
    for (const child of tree.children) this.#die(child);
    if (hasChildren && tree.isOpen !== true) this.info.push(0);
  }

  #value({ code, value }) {
    const { info } = this;
    switch (code) {
      case FORM.data1:
        info.push(value & 0xff);
        return;
      case FORM.data2:
        this.#fixed(info, value, 2);
        return;
      case FORM.data4:
      case FORM.strp:
      case FORM.secOffset:
        this.#fixed(info, value, 4);
        return;
      case FORM.data8:
      case FORM.refSig8:
        this.#fixed(info, value, 8);
        return;
      case FORM.udata:
        uleb(info, value);
        return;
      case FORM.sdata:
        sleb(info, value);
        return;
      case FORM.string:
        info.push(...Buffer.from(value), 0);
        return;
      case FORM.exprloc:
        uleb(info, value.length);
        info.push(...value);
        return;
      case FORM.ref4:
      case FORM.refAddr:
        this.#patches.push({ at: info.length, label: value, base: code === FORM.ref4 ? this.#unitStart : 0 });
        this.#fixed(info, 0, 4);
        return;
      case FORM.flagPresent:
        return;
      default:
        throw new Error(`form ${code} is not written here`);
    }
  }

  #overwrite(at, value) {
    const bytes = [];
    this.#fixed(bytes, value, 4);
    for (let index = 0; index < 4; index++) this.info[at + index] = bytes[index];
  }

  #fixed(bytes, value, size) {
    const parts = [];
    for (let index = 0; index < size; index++)
      parts.push(Number((BigInt(value) >> BigInt(8 * index)) & 0xffn));
    bytes.push(...(this.#isBigEndian ? parts.reverse() : parts));
  }
}

function uleb(bytes, value) {
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest === 0n ? byte : byte | 0x80);
  } while (rest !== 0n);
}

function sleb(bytes, value) {
  let rest = BigInt(value);
  for (;;) {
    const byte = Number(rest & 0x7fn);
    rest >>= 7n;
    const isLast = (rest === 0n && (byte & 0x40) === 0) || (rest === -1n && (byte & 0x40) !== 0);
    bytes.push(isLast ? byte : byte | 0x80);
    if (isLast) return;
  }
}

const MACHINE = { little: 62, big: 22 };

/** An ELF64 file with these sections and nothing else. */
export function elfFile(sections, isBigEndian) {
  const names = ['', ...Object.keys(sections), '.shstrtab'];
  const table = Buffer.from(`${names.join('\0')}\0`, 'latin1');
  const contents = [Buffer.alloc(0), ...Object.values(sections).map((bytes) => Buffer.from(bytes)), table];
  const header = Buffer.alloc(64);
  const write = (buffer, value, at, size) => {
    const low = size === 8 ? (isBigEndian ? at + 4 : at) : at;
    if (size === 2) isBigEndian ? buffer.writeUInt16BE(value, low) : buffer.writeUInt16LE(value, low);
    else isBigEndian ? buffer.writeUInt32BE(value, low) : buffer.writeUInt32LE(value, low);
  };
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, isBigEndian ? 2 : 1, 1]);
  write(header, 2, 16, 2);
  write(header, isBigEndian ? MACHINE.big : MACHINE.little, 18, 2);
  write(header, 1, 20, 4);
  write(header, 64, 40, 8);
  write(header, 64, 52, 2);
  write(header, 64, 58, 2);
  write(header, contents.length, 60, 2);
  write(header, contents.length - 1, 62, 2);
  let offset = 64 + 64 * contents.length;
  let nameOffset = 0;
  const headers = contents.map((bytes, index) => {
    const section = Buffer.alloc(64);
    write(section, nameOffset, 0, 4);
    if (index > 0) write(section, index === contents.length - 1 ? 3 : 1, 4, 4);
    write(section, offset, 24, 8);
    write(section, bytes.length, 32, 8);
    write(section, 1, 48, 8);
    offset += bytes.length;
    nameOffset += names[index].length + 1;
    return section;
  });
  return Buffer.concat([header, ...headers, ...contents]);
}
