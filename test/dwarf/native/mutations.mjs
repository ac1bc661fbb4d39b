/** Copies of ELF files with damaged debug sections; the same ones in every run. */

const SEED = 20240611;

/** Numbers from 0 to `end` - 1, always the same ones (xorshift32). */
function numbersFrom(seed) {
  let state = seed;
  return (end) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % end;
  };
}

/** Where the debug sections of a little-endian ELF file lie; none for another file. */
function debugSections(bytes) {
  if (bytes[5] !== 1) return [];
  const is64 = bytes[4] === 2;
  const word = (at) => (is64 ? Number(bytes.readBigUInt64LE(at)) : bytes.readUInt32LE(at));
  const size = is64 ? 64 : 40;
  const tail = is64 ? 0x3c : 0x30;
  const table = word(is64 ? 0x28 : 0x20);
  const header = (index) => table + size * index;
  const offsetOf = (index) => word(header(index) + (is64 ? 24 : 16));
  const sizeOf = (index) => word(header(index) + (is64 ? 32 : 20));
  const names = offsetOf(bytes.readUInt16LE(tail + 2));
  const sections = [];
  for (let index = 1; index < bytes.readUInt16LE(tail); index++) {
    const name = bytes.toString('latin1', names + bytes.readUInt32LE(header(index)));
    if (/^\.(rela?\.)?debug_/.test(name) && sizeOf(index) > 0) {
      sections.push({ name: name.split('\0')[0], offset: offsetOf(index), size: sizeOf(index) });
    }
  }
  return sections;
}

/** `count` damaged copies of the files in turn, each with 1 to 16 changed bytes, most in DIEs and abbreviations. */
export function* mutations(files, count) {
  const next = numbersFrom(SEED);
  const usable = files.map((file) => ({ ...file, sections: debugSections(file.bytes) }));
  const withSections = usable.filter((file) => file.sections.length > 0);
  for (let index = 0; index < count; index++) {
    const { path, bytes, sections } = withSections[index % withSections.length];
    const copy = Buffer.from(bytes);
    const core = sections.filter(({ name }) => name === '.debug_info' || name === '.debug_abbrev');
    for (let changes = 1 << next(5); changes > 0; changes--) {
      const from = next(5) === 0 ? sections : core;
      const { offset, size } = from[next(from.length)];
      const at = offset + next(size);
      copy[at] = [next(256), copy[at] ^ (1 << next(8)), 0, 0xff, 0x80][next(5)];
    }
    yield { name: `${path.split('/').pop()} #${index}`, bytes: copy };
  }
}
