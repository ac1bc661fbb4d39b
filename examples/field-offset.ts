/**
 * Where a member lies, through structs and pointers: what a program that reads another one's memory,
 * or a probe in the kernel, must add at each step.
 *
 *     field-offset task_struct.mm.mmap_base [FILE]
 *
 * FILE is raw BTF or an ELF file with a .BTF section; without it the types are the running kernel's.
 */

import { Layouts, loadSync, type PathSegment, resolveMemberPath, TspaholeError } from 'tspahole';

/** One line for each object that has to be read: its members, and how far into it the last one lies. */
function printReads(segments: readonly PathSegment[]): void {
  for (const [index, segment] of segments.entries()) {
    const next = segments[index + 1];
    // Steps inside of one object add up; only the last of them is read.
    if (next !== undefined && next.derefs === segment.derefs) continue;
    const { bitSize, bitOffset, byteSize } = segment;
    const byteOffset = Math.floor(bitOffset / 8);
    const bits = bitSize === undefined ? '' : `, width ${bitSize} at bit ${bitOffset % 8}`;
    const arrow = '-> '.repeat(segment.derefs);
    console.log(`${arrow}${segment.name}: offset ${byteOffset}, size ${byteSize}${bits}`);
  }
}

const [path, file] = process.argv.slice(2);
if (path === undefined) {
  console.error('usage: field-offset TYPE.MEMBER... [FILE]');
  process.exit(2);
}
try {
  const layouts = new Layouts(loadSync(file).table());
  printReads(resolveMemberPath(layouts, path).segments);
} catch (error) {
  if (!(error instanceof TspaholeError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
