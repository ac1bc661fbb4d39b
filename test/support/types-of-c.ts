/** Types of every kind of BTF as a C program would have them, which every kernel since 6.9 takes. */

import { BtfBuilder } from '../../src/btf/builder.ts';

/** A builder that they were added to. */
export function typesOfC(): BtfBuilder {
  const builder = new BtfBuilder();
  const int = builder.addInt('int', 4, { encoding: 'signed' });
  const unsigned = builder.addInt('unsigned int', 4);
  const char = builder.addInt('char', 1, { encoding: 'signed' });
  builder.addInt('_Bool', 1, { encoding: 'bool' });
  const double = builder.addFloat('double', 8);
  const text = builder.addPointer(builder.addConst(char));
  const array = builder.addArray(int, unsigned, 4);
  const forward = builder.addPointer(builder.addForward('elsewhere'));
  const other = builder.addPointer(builder.addForward('other', 'union'));
  const small = builder.addEnum('small', [{ name: 'NONE', value: 0 }], { byteSize: 1 });
  const signed = builder.addEnum('signed_enum', [{ name: 'MINUS', value: -1 }]);
  const wide = builder.addEnum64('wide', [{ name: 'FAR', value: 1n << 40n }]);
  const list = builder.addStruct('list', 16, [
    { name: 'next', typeId: builder.nextId + 1, bitOffset: 0 },
    { name: 'flags', typeId: unsigned, bitOffset: 64, bitSize: 3 },
    { name: 'kind', typeId: signed, bitOffset: 67, bitSize: 5 },
  ]);
  const next = builder.addPointer(list);
  const value = builder.addUnion('value', 16, [
    { name: 'number', typeId: double, bitOffset: 0 },
    { name: 'wide', typeId: wide, bitOffset: 0 },
    { name: 'numbers', typeId: array, bitOffset: 0 },
    { name: 'small', typeId: small, bitOffset: 0 },
  ]);
  const alias = builder.addTypedef('value_t', builder.addVolatile(value));
  builder.addDeclTag('tagged', list);
  builder.addDeclTag('a member', list, 1);
  builder.addPointer(builder.addTypeTag('user', int));
  const proto = builder.addFuncProto(
    int,
    [
      { name: 'format', typeId: builder.addRestrict(text) },
      { name: 'from', typeId: forward },
      { name: 'to', typeId: other },
      { name: 'all', typeId: next },
    ],
    { isVariadic: true },
  );
  builder.addFunc('print', proto, 'global');
  const local = builder.addFunc('helper', builder.addFuncProto(0, [{ name: 'of', typeId: next }]));
  builder.addDeclTag('nonnull', local, 0);
  const [first, second] = [builder.addVar('first', alias, 'global'), builder.addVar('second', int)];
  builder.addDatasec('.data', 24, [
    { varId: first, byteOffset: 0, byteSize: 16 },
    { varId: second, byteOffset: 16, byteSize: 4 },
  ]);
  builder.addDatasec('?.optional', 8, [
    { varId: builder.addVar('third', next, 'global'), byteOffset: 0, byteSize: 8 },
  ]);
  return builder;
}
