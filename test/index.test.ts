/** The public interface: exactly these values, and what their types promise. */

import { describe, expect, expectTypeOf, it } from 'vitest';
import * as tspahole from '../src/index.ts';

describe('the values that are exported', () => {
  it('are these and no others', () => {
    expect(Object.keys(tspahole).sort()).toEqual([
      'BtfBuilder',
      'CORE_KIND_NAMES',
      'CoreKind',
      'CoreTarget',
      'DEFAULT_FEATURES',
      'Deduplicator',
      'KIND_MISSING',
      'Kind',
      'Layouts',
      'NO_FEATURES',
      'NO_QUIRKS',
      'PAHOLE_QUIRKS',
      'POISON_CALL',
      'PaholeEmitter',
      'RUNNING_KERNEL_BTF',
      'StringTable',
      'TspaholeError',
      'TypeTable',
      'UnclearRepeats',
      'accessPath',
      'accessValue',
      'addFeatures',
      'completeTypes',
      'decodeBtf',
      'decodeBtfExt',
      'dedup',
      'distill',
      'encode',
      'encodeBtf',
      'encodeFile',
      'essentialName',
      'explainDuplicates',
      'findAccess',
      'findTypeByName',
      'findTypeByQualifiedName',
      'forEachTypeRef',
      'formatAccess',
      'formatProblem',
      'isBtf',
      'isElf',
      'kernelFeatures',
      'layoutOf',
      'lineFinder',
      'load',
      'loadSync',
      'memorySource',
      'minimize',
      'openFileSource',
      'parseAccess',
      'parseElf',
      'patchInsn',
      'poisonInsn',
      'qualifiedName',
      'reachFinder',
      'readBpfObject',
      'relocate',
      'relocateCode',
      'relocateObject',
      'relocatedFile',
      'resolveMemberPath',
      'resolveRelocations',
      'sanitizeFor',
      'skipQualifiers',
      'typeRefs',
      'underlyingType',
      'verifyBtf',
      'walkTypes',
    ]);
  });
});

// Checked by `npm run typecheck`: at run time these say nothing.
describe('the types', () => {
  it('of loading', () => {
    expectTypeOf(tspahole.loadSync).returns.toEqualTypeOf<tspahole.TypeSource>();
    expectTypeOf(tspahole.load).returns.resolves.toEqualTypeOf<tspahole.TypeSource>();
    expectTypeOf<tspahole.TypeSource['table']>().returns.toEqualTypeOf<tspahole.TypeTable>();
    expectTypeOf(tspahole.decodeBtf).toEqualTypeOf<
      (bytes: Uint8Array, options?: tspahole.DecodeBtfOptions) => tspahole.TypeTable
    >();
    expectTypeOf<tspahole.LoadOptions['base']>().toEqualTypeOf<tspahole.TypeTable | undefined>();
  });

  it('of types: a union on kind', () => {
    expectTypeOf<tspahole.TypeId>().toEqualTypeOf<number>();
    expectTypeOf<tspahole.TypeTable['type']>().returns.toEqualTypeOf<tspahole.Type>();
    expectTypeOf<tspahole.Type['kind']>().toEqualTypeOf<
      | 'void'
      | 'int'
      | 'float'
      | 'pointer'
      | 'array'
      | 'struct'
      | 'union'
      | 'enum'
      | 'forward'
      | 'typedef'
      | 'const'
      | 'volatile'
      | 'restrict'
      | 'func'
      | 'funcProto'
      | 'var'
      | 'datasec'
      | 'declTag'
      | 'typeTag'
      | 'reference'
      | 'rvalueReference'
      | 'memberPointer'
      | 'atomic'
      | 'complex'
      | 'charString'
      | 'subrange'
      | 'templateParameter'
      | 'unspecified'
      | 'namespace'
      | 'variantPart'
      | 'unknown'
    >();
    expectTypeOf<Extract<tspahole.Type, { kind: 'struct' }>>().toEqualTypeOf<tspahole.StructType>();
    expectTypeOf<tspahole.StructType['members']>().toEqualTypeOf<readonly tspahole.Member[]>();
    expectTypeOf<tspahole.Enumerator['value']>().toEqualTypeOf<bigint>();
  });

  it('of layout', () => {
    expectTypeOf(tspahole.layoutOf).toEqualTypeOf<
      (layouts: tspahole.Layouts, id: tspahole.TypeId) => tspahole.Layout
    >();
    expectTypeOf<tspahole.Layout['items']>().toEqualTypeOf<readonly tspahole.LayoutItem[]>();
    expectTypeOf<tspahole.LayoutItem['kind']>().toEqualTypeOf<
      'member' | 'hole' | 'padding' | 'bitHole' | 'bitPadding' | 'cachelineBoundary'
    >();
    expectTypeOf<tspahole.LayoutSummary[keyof tspahole.LayoutSummary]>().toEqualTypeOf<number>();
    expectTypeOf(tspahole.resolveMemberPath).toEqualTypeOf<
      (layouts: tspahole.Layouts, path: string) => tspahole.MemberPath
    >();
  });

  it('of making BTF', () => {
    expectTypeOf<tspahole.BtfBuilder['build']>().returns.toEqualTypeOf<tspahole.BuiltBtf>();
    expectTypeOf<tspahole.BtfBuilder['addPointer']>().returns.toEqualTypeOf<tspahole.TypeId>();
    expectTypeOf<keyof tspahole.BuildBtfOptions>().toEqualTypeOf<
      'dedup' | 'base' | 'distill' | 'endian' | 'layout' | 'headerSize'
    >();
    expectTypeOf(tspahole.sanitizeFor).toEqualTypeOf<
      (table: tspahole.TypeTable, features: Partial<tspahole.KernelFeatures>) => tspahole.TypeTable
    >();
  });

  it('of verification and ELF', () => {
    expectTypeOf(tspahole.verifyBtf).returns.toEqualTypeOf<tspahole.BtfProblem[]>();
    expectTypeOf(tspahole.formatProblem).parameter(0).toEqualTypeOf<tspahole.BtfProblem>();
    expectTypeOf(tspahole.parseElf).returns.toEqualTypeOf<tspahole.ElfFile>();
    expectTypeOf<tspahole.ElfFile['section']>().returns.toEqualTypeOf<tspahole.ElfSection | undefined>();
  });

  it('of CO-RE: outcomes are a union on status', () => {
    expectTypeOf<tspahole.CoreOutcome['status']>().toEqualTypeOf<'resolved' | 'poisoned' | 'failed'>();
    expectTypeOf<tspahole.CoreMode>().toEqualTypeOf<'libbpf' | 'consistent'>();
    expectTypeOf(tspahole.readBpfObject).toEqualTypeOf<(elf: tspahole.ElfFile) => tspahole.BpfObject>();
    expectTypeOf(tspahole.relocateObject).returns.toEqualTypeOf<tspahole.RelocatedObject>();
    expectTypeOf<tspahole.RelocatedObject['code']>().toEqualTypeOf<ReadonlyMap<string, Uint8Array>>();
  });

  it('of errors: a closed list of codes', () => {
    expectTypeOf<tspahole.TspaholeError['code']>().toEqualTypeOf<tspahole.ErrorCode>();
    expectTypeOf<tspahole.ErrorCode>().toEqualTypeOf<
      'bad-data' | 'not-found' | 'ambiguous' | 'unsupported' | 'usage' | 'io'
    >();
    expectTypeOf<tspahole.TspaholeError>().toExtend<Error>();
  });
});
