/** The summary of a layout has the very numbers that are printed below the struct. */

import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PaholeEmitter } from '../../src/emit/pahole.ts';
import { type LayoutSummary, layoutOf } from '../../src/layout/layout-of.ts';
import { Layouts } from '../../src/layout/layouts.ts';
import { loadSync } from '../../src/load.ts';
import { Kind } from '../../src/model/kinds.ts';
import type { TypeId, TypeTable } from '../../src/model/table.ts';
import { RUNNING_KERNEL_BTF } from '../../src/native/map.ts';
import { fixtureFiles, fixtureTable } from '../support/fixtures.ts';

/** The lines below a struct that a summary stands for. */
function footer(summary: LayoutSummary): string[] {
  const { byteSize, cachelines, memberCount, padding, bitPadding, lastCachelineBytes } = summary;
  return [
    `size: ${byteSize}, cachelines: ${cachelines}, members: ${memberCount}`,
    ...sums(summary),
    padding > 0 ? `padding: ${padding}` : '',
    memberTypes(summary),
    counted('paddings', summary.memberTypesWithPadding, 'sum paddings', summary.memberTypePadding),
    bitPadding > 0 ? `bit_padding: ${bitPadding} bits` : '',
    forced(summary),
    flexible(summary),
    lastCachelineBytes > 0 ? `last cacheline: ${lastCachelineBytes} bytes` : '',
  ].filter((line) => line !== '');
}

function counted(what: string, count: number, total: string, value: number): string {
  return count > 0 ? `${what}: ${count}, ${total}: ${value}` : '';
}

function joined(label: string, ...parts: string[]): string {
  const present = parts.filter((part) => part !== '');
  return present.length === 0 ? '' : label + present.join(', ');
}

function sums(summary: LayoutSummary): string[] {
  const { memberBytes, memberBits, holeCount, holeBytes, bitHoleCount, bitHoleBits } = summary;
  if (holeBytes === 0 && bitHoleBits === 0) return [];
  const holes = counted('holes', holeCount, 'sum holes', holeBytes);
  const bitHoles = bitHoleBits > 0 ? `, bit holes: ${bitHoleCount}, sum bit holes: ${bitHoleBits} bits` : '';
  const bytes = ` (${Math.floor(memberBits / 8)} bytes)`;
  return [
    memberBytes > 0 ? joined('', `sum members: ${memberBytes}`, holes) : '',
    memberBits > 0 ? `sum bitfield members: ${memberBits} bits${bitHoles || bytes}` : '',
  ];
}

function memberTypes(summary: LayoutSummary): string {
  const { memberTypesWithBitPadding, memberTypeBitPadding } = summary;
  const bits = memberTypeBitPadding > 1 ? ' bits' : ' bit';
  const paddings = counted('bit paddings', memberTypesWithBitPadding, 'total', memberTypeBitPadding);
  return joined(
    'member types with ',
    counted('holes', summary.memberTypesWithHoles, 'total', summary.memberTypeHoles),
    counted('bit holes', summary.memberTypesWithBitHoles, 'total', summary.memberTypeBitHoles),
    paddings && paddings + bits,
  );
}

function forced({ forcedAlignments, forcedHoleCount, forcedHoleBytes }: LayoutSummary): string {
  if (forcedAlignments === 0) return '';
  const holes = counted('forced holes', forcedHoleCount, 'sum forced holes', forcedHoleBytes);
  return joined('', `forced alignments: ${forcedAlignments}`, holes);
}

function flexible({ flexibleArrays, embeddedFlexibleArrays }: LayoutSummary): string {
  return joined(
    'flexible array members: ',
    flexibleArrays > 0 ? `end: ${flexibleArrays}` : '',
    embeddedFlexibleArrays > 0 ? `middle: ${embeddedFlexibleArrays}` : '',
  );
}

/** The lines below each of these structs that are printed. */
function footers(layouts: Layouts, ids: readonly TypeId[]): string[][] {
  const emitter = new PaholeEmitter(layouts);
  for (const id of ids) emitter.emit(id);
  const blocks = emitter.text().matchAll(/^\t\/\* size: [^}]*(?=^})/gm);
  return [...blocks].map(([block]) =>
    block
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^\t\/\* | \*\/$/g, '')),
  );
}

/** Structs whose text differs, as name, text and what the summary says. */
function differences(table: TypeTable): unknown[] {
  const layouts = new Layouts(table);
  const all = Array.from({ length: table.end }, (_, id) => id);
  const structs = all.filter((id) => table.kind(id) === Kind.Struct);
  const texts = footers(layouts, structs);
  expect(texts).toHaveLength(structs.length);
  return structs.flatMap((id, index) => {
    const { name, summary } = layoutOf(layouts, id);
    const [text, expected] = [texts[index], footer(summary)];
    // Overlaps have a line of their own.
    return summary.overlapBits > 0 || text?.join('\n') === expected.join('\n')
      ? []
      : [[name, text, expected]];
  });
}

describe('the summary agrees with the text', () => {
  it.each(fixtureFiles)('in %s', (file) => {
    expect(differences(fixtureTable(file))).toEqual([]);
  });

  it.skipIf(!existsSync(RUNNING_KERNEL_BTF))('in the running kernel (skipped: it offers no BTF)', () => {
    expect(differences(loadSync().table())).toEqual([]);
  });
});
