/**
 * The ten structs that waste most bytes in holes and padding.
 *
 *     most-wasted [FILE]
 *
 * FILE is raw BTF or an ELF file with a .BTF section; without it the types are the running kernel's.
 */

import { Kind, type Layout, Layouts, layoutOf, loadSync, TspaholeError } from 'tspahole';

function wastedBytes({ summary }: Layout): number {
  const bits = summary.bitHoleBits + summary.bitPadding;
  return summary.holeBytes + summary.padding + bits / 8;
}

function mostWasted(layouts: Layouts, count: number): Layout[] {
  const { table } = layouts;
  const found: Layout[] = [];
  for (let id = 1; id < table.end; id++) {
    if (table.kind(id) !== Kind.Struct || table.name(id) === '') continue;
    const layout = layoutOf(layouts, id);
    if (wastedBytes(layout) > 0) found.push(layout);
  }
  return found.sort((a, b) => wastedBytes(b) - wastedBytes(a)).slice(0, count);
}

try {
  const layouts = new Layouts(loadSync(process.argv[2]).table());
  const structs = mostWasted(layouts, 10);
  if (structs.length === 0) throw new TspaholeError('not-found', 'no struct wastes anything');
  console.log('  wasted     size  holes  padding  name');
  for (const layout of structs) {
    const { byteSize, holeCount, padding } = layout.summary;
    const columns = [
      wastedBytes(layout).toFixed(1).padStart(8),
      String(byteSize).padStart(9),
      String(holeCount).padStart(7),
      String(padding).padStart(9),
    ];
    console.log(`${columns.join('')}  ${layout.name}`);
  }
} catch (error) {
  if (!(error instanceof TspaholeError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
