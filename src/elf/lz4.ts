/**
 * LZ4 in its legacy frame, as `lz4 -l` writes it and kernels are packed: a magic number, then blocks, each behind its
 * size (lz4 doc/lz4_Frame_format.md "Legacy frame", doc/lz4_Block_format.md). Neither Node nor every machine has a
 * program for it.
 */

import { TspaholeError } from '../model/errors.ts';

/** What a block expands to at most. */
const MAX_BLOCK_BYTES = 8 << 20;

const MAGIC_BYTES = 4;
const MIN_MATCH = 4;
/** A length that says that more bytes of it follow. */
const LONG_LENGTH = 15;

/**
 * The contents of a legacy frame, of at most `maxBytes` bytes. Ends where four bytes or fewer are left, which the
 * kernel's build appends. Throws `bad-data` for a malformed block and for more than `maxBytes`.
 */
export function decompressLz4(packed: Uint8Array, maxBytes: number): Uint8Array {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const blocks: Uint8Array[] = [];
  let total = 0;
  let at = MAGIC_BYTES;
  while (at + 4 < packed.length) {
    const size = view.getUint32(at, true);
    at += 4;
    if (size > packed.length - at) throw malformed('a block reaches past the end');
    const block = decompressBlock(packed.subarray(at, at + size));
    at += size;
    total += block.length;
    if (total > maxBytes) throw malformed(`expands to more than 0x${maxBytes.toString(16)} bytes`);
    blocks.push(block);
  }
  return Buffer.concat(blocks, total);
}

/** Sequences of a token, literals, and a copy of what came before; the last has no copy. */
function decompressBlock(packed: Uint8Array): Uint8Array {
  let output = new Uint8Array(Math.min(MAX_BLOCK_BYTES, packed.length * 4 + 64));
  let from = 0;
  let to = 0;
  const length = (short: number): number => {
    if (short < LONG_LENGTH) return short;
    let sum = short;
    for (let more = 255; more === 255; sum += more) {
      if (from >= packed.length) throw malformed('a length has no end');
      more = packed[from++] as number;
    }
    return sum;
  };
  const reserve = (more: number): void => {
    if (to + more > MAX_BLOCK_BYTES) throw malformed('a block expands to more than 8 MiB');
    if (to + more <= output.length) return;
    const larger = new Uint8Array(Math.min(MAX_BLOCK_BYTES, Math.max(2 * output.length, to + more)));
    larger.set(output);
    output = larger;
  };
  while (from < packed.length) {
    const token = packed[from++] as number;
    const literals = length(token >> 4);
    if (literals > packed.length - from) throw malformed('literals reach past the block');
    reserve(literals);
    output.set(packed.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from === packed.length) break;
    if (packed.length - from < 2) throw malformed('a copy has no offset');
    const distance = (packed[from] as number) | ((packed[from + 1] as number) << 8);
    from += 2;
    if (distance === 0 || distance > to) throw malformed('a copy reaches before the block');
    const count = length(token & LONG_LENGTH) + MIN_MATCH;
    reserve(count);
    to = copyMatch(output, { to, distance, count });
  }
  return output.subarray(0, to);
}

interface Match {
  readonly to: number;
  readonly distance: number;
  readonly count: number;
}

/** Copies what may overlap what it writes, as a run of one byte does. */
function copyMatch(output: Uint8Array, { to, distance, count }: Match): number {
  if (distance >= count) {
    output.copyWithin(to, to - distance, to - distance + count);
  } else {
    for (let index = to; index < to + count; index++) output[index] = output[index - distance] as number;
  }
  return to + count;
}

function malformed(what: string): TspaholeError {
  return new TspaholeError('bad-data', `lz4 data is malformed: ${what}`);
}
