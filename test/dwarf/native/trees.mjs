/** Trees of DIEs that no compiler at hand writes, and what dump must say of them. Expectations as in cases.mjs. */

import {
  die,
  expression,
  FORM,
  form,
  negative,
  number,
  ref,
  refAddr,
  TAG,
  text,
  unit,
} from './synthetic.mjs';

const INT = die(TAG.baseType, { name: text('int'), byteSize: number(4), encoding: number(5) }, [], {
  label: 'int',
});
const INT_ALIAS = die(TAG.typedef, { name: text('alias'), type: ref('int') }, [], { label: 'alias' });

const struct = (name, children, attributes = {}) =>
  die(TAG.structureType, { name: text(name), byteSize: number(8), ...attributes }, children, { label: name });
const member = (name, attributes) => die(TAG.member, { name: text(name), type: ref('int'), ...attributes });
const array = (bounds) => die(TAG.arrayType, { type: ref('int') }, [die(TAG.subrangeType, bounds)]);

/** A struct whose bitfields are given as DWARF 2 does: in storage units, from the most significant bit. */
const OLD_BITFIELDS = struct('old', [
  member('own', {
    byteSize: number(4),
    bitSize: number(5),
    bitOffset: number(3),
    dataMemberLocation: number(0),
  }),
  member('fromType', {
    type: ref('alias'),
    bitSize: number(5),
    bitOffset: number(27),
    dataMemberLocation: number(4),
  }),
  member('plain', { bitSize: number(5), dataMemberLocation: number(4) }),
  member('before', {
    byteSize: number(4),
    bitSize: number(8),
    bitOffset: negative(-8),
    dataMemberLocation: number(0),
  }),
]);

const DW_OP_DUP = 0x12;
const DW_OP_PLUS_UCONST = 0x23;
const NESTING = 3000;

function nested(depth) {
  let tree = struct('innermost', []);
  for (let level = 0; level < depth; level++) tree = struct('level', [tree], {});
  return tree;
}

/** DIEs that each claim to contain the rest and name the one after the next as sibling. */
function overlapping(count) {
  const dies = [];
  for (let index = 0; index < count; index++) {
    const sibling = index + 2 < count ? { sibling: ref(`o${index + 2}`) } : {};
    dies.push(
      die(TAG.structureType, { ...sibling, name: text('o') }, [], { label: `o${index}`, isOpen: true }),
    );
  }
  return dies;
}

const DW_OP_ADDR = 0x03;
const DW_OP_LIT0 = 0x30;
const DW_OP_REG0 = 0x50;
const DW_OP_FBREG = 0x91;
const DW_OP_PIECE = 0x93;
const DW_OP_STACK_VALUE = 0x9f;
const DW_OP_ENTRY_VALUE = 0xa3;
const DW_OP_BREG0 = 0x70;
/** DWARF's numbers of the registers of x86-64 that hold parameters. */
const [RDI, RSI, RDX, RCX, R8, R9] = [5, 4, 1, 2, 8, 9];
const DW_CC_NOCALL = 3;

const inRegister = (reg) => ({ location: expression(DW_OP_REG0 + reg) });
const LONG = die(TAG.baseType, { name: text('long'), byteSize: number(8), encoding: number(5) }, [], {
  label: 'long',
});
const PAIR = die(
  TAG.structureType,
  { name: text('pair'), byteSize: number(16) },
  [
    die(TAG.member, { name: text('x'), type: ref('long'), dataMemberLocation: number(0) }),
    die(TAG.member, { name: text('y'), type: ref('long'), dataMemberLocation: number(8) }),
  ],
  { label: 'pair' },
);
const parameter = (name, attributes, type = 'long') =>
  die(TAG.formalParameter, { name: text(name), type: ref(type), ...attributes }, [], { label: `p-${name}` });
const subprogram = (name, parameters, attributes = {}) =>
  die(TAG.subprogram, { name: text(name), ...attributes }, parameters, { label: `p-${name}` });
const clangUnit = (children) =>
  unit([LONG, PAIR, ...children], { name: text('unit.c'), producer: text('clang version 21') });
/** What is left of a struct: the register that holds the part at `offset`. */
const onlyPart = (offset, reg) =>
  expression(...(offset === 0 ? [] : [DW_OP_PIECE, offset]), DW_OP_REG0 + reg, DW_OP_PIECE, 8);

/** Functions and variables as they are encoded; pahole's rules for the places of parameters. */
const ENCODING_TREES = [
  {
    name: 'parameters in the registers of the calling convention are all right',
    units: [
      unit([
        LONG,
        subprogram(
          'f',
          [RDI, RSI, RDX, RCX, R8, R9].map((reg, index) => parameter(`a${index}`, inRegister(reg))),
        ),
        subprogram('g', [parameter('b', { location: expression(DW_OP_BREG0 + RDI, 0, DW_OP_STACK_VALUE) })]),
        subprogram('h', [
          parameter('c', { location: expression(DW_OP_ENTRY_VALUE, 1, DW_OP_REG0 + RDI, DW_OP_STACK_VALUE) }),
        ]),
      ]),
    ],
    expect: [
      '[signature] f @ 0 {0} result 0 (a0:*, a1:*, a2:*, a3:*, a4:*, a5:*)',
      '[signature] g @ 0 {0} result 0 (b:*)',
      '[signature] h @ 0 {0} result 0 (c:*)',
    ],
  },
  {
    name: 'a parameter in another register is misplaced, one without a place optimized away',
    units: [
      unit([
        LONG,
        PAIR,
        subprogram('other', [parameter('a', inRegister(RSI))]),
        subprogram('nowhere', [parameter('b')]),
        subprogram('constant', [parameter('c', { constValue: number(1) })]),
        subprogram('computed', [parameter('d', { location: expression(DW_OP_LIT0, DW_OP_STACK_VALUE) })]),
        subprogram('behind', [parameter('e', inRegister(RSI)), parameter('f', inRegister(RDX), 'pair')]),
      ]),
    ],
    expect: [
      '[signature] other @ 0 {2} result 0 (a:*)',
      '[signature] nowhere @ 0 {1} result 0 (b:*)',
      '[signature] constant @ 0 {1} result 0 (c:*)',
      '[signature] computed @ 0 {1} result 0 (d:*)',
      // With a struct nobody knows.
      '[signature] behind @ 0 {0} result 0 (e:*, f:*)',
    ],
  },
  {
    name: 'an instance has names and types of what it is an instance of, and says where its parameters are',
    units: [
      unit([
        LONG,
        subprogram('f', [parameter('a'), parameter('b')], { inline: number(1) }),
        die(TAG.subprogram, { abstractOrigin: ref('p-f') }, [
          die(TAG.formalParameter, { abstractOrigin: ref('p-b'), ...inRegister(RDI) }),
          die(TAG.formalParameter, { abstractOrigin: ref('p-a') }),
        ]),
      ]),
    ],
    expect: ['[signature] f @ 0 {3} result 0 (a:*, b:*)'],
  },
  {
    name: 'clang says where parameters are for debuggers; only in registers of others they are misplaced',
    units: [
      clangUnit([
        subprogram('f', [parameter('a'), parameter('b', inRegister(RSI))]),
        subprogram('second', [parameter('c', inRegister(RSI), 'pair'), parameter('d', inRegister(RDX))]),
        subprogram('other', [parameter('e', inRegister(RDX))]),
      ]),
    ],
    expect: [
      '[signature] f @ 0 {1} result 0 (a:*, b:*)',
      '[signature] second @ 0 {0} result 0 (c:*, d:*)',
      '[signature] other @ 0 {2} result 0 (e:*)',
    ],
  },
  {
    name: 'where clang changed a signature, parameters that are not passed go, and a struct becomes its member',
    units: [
      clangUnit([
        subprogram(
          'f',
          [
            parameter('gone', { location: expression(DW_OP_LIT0, DW_OP_STACK_VALUE) }),
            parameter('s', { location: onlyPart(8, RDI) }, 'pair'),
            parameter('last', inRegister(RSI)),
          ],
          { callingConvention: number(DW_CC_NOCALL) },
        ),
        subprogram('onStack', [parameter('p', { location: expression(DW_OP_FBREG, 0) })], {
          callingConvention: number(DW_CC_NOCALL),
        }),
        subprogram(
          'whole',
          [parameter('q', { location: onlyPart(0, RDI) }, 'pair'), parameter('r', inRegister(RDX))],
          {
            callingConvention: number(DW_CC_NOCALL),
          },
        ),
      ]),
    ],
    expect: [
      '[signature] f @ 0 {9} result 0 (s.y:*, last:*)',
      '[signature] onStack @ 0 {10} result 0 (p:*)',
      '[signature] whole @ 0 {8} result 0 (q:*, r:*)',
    ],
  },
  {
    name: 'functions without the names of all parameters, and declarations, are left out',
    units: [
      unit([
        LONG,
        subprogram('unnamed', [die(TAG.formalParameter, { type: ref('long') })]),
        subprogram('declared', [parameter('a')], { declaration: form(FORM.flagPresent) }),
        subprogram('kept', []),
      ]),
    ],
    expectAll: ["[1] Int 'long' size 8 encoding 0x1000040", '[signature] kept @ 0 {0} result 0 ()'],
  },
  {
    name: 'variables with an address in a section are kept, unless the compiler made them',
    units: [
      unit([
        LONG,
        ...[
          ['kept', {}],
          ['made', { artificial: form(FORM.flagPresent) }],
          ['declared', { declaration: form(FORM.flagPresent) }],
        ].map(([name, attributes]) =>
          die(TAG.variable, {
            name: text(name),
            type: ref('long'),
            location: expression(DW_OP_ADDR, 2, 0, 0, 0, 0, 0, 0, 0),
            ...attributes,
          }),
        ),
        die(TAG.variable, { name: text('inRegister'), type: ref('long'), ...inRegister(RDI) }),
      ]),
    ],
    expectAll: ["[1] Int 'long' size 8 encoding 0x1000040", '[variable] kept section 1 +2 type 1'],
  },
].map((tree) => ({ options: ['--encoding'], ...tree }));

/** A DIE whose label is one of its unit. */
const of = (unitName, label, tag, attributes, children = []) =>
  die(tag, attributes, children, { label: unitName + label });
/** What a header declares: a struct that refers to itself, and what refers to that. */
const header = (name) => [
  of(name, 'int', TAG.baseType, { name: text('int'), byteSize: number(4), encoding: number(5) }),
  of(name, 'list', TAG.structureType, { name: text('list'), byteSize: number(8) }, [
    member('next', { type: ref(`${name}toList`), dataMemberLocation: number(0) }),
  ]),
  of(name, 'toList', TAG.pointerType, { type: ref(`${name}list`) }),
  die(TAG.typedef, { name: text('list_t'), type: ref(`${name}list`) }),
];

/** Types that earlier units have. */
const REPEATS = [
  {
    name: 'types that an earlier unit has are left out but for their kinds',
    units: [unit(header('a')), unit([struct('own', []), ...header('b')])],
    expectAll: [
      "[1] Int 'int' size 4 encoding 0x1000020 #1",
      "[2] Struct 'list' size 8, next:3@0 #2",
      "[3] Pointer '' type 2 #3",
      "[4] Typedef 'list_t' type 2 #4",
      "[1] Struct 'own' size 8 #5",
      '[2] Int repeats #1',
      '[3] Struct repeats #2',
      '[4] Pointer repeats #3',
      '[5] Typedef repeats #4',
    ],
  },
  {
    name: 'types of one unit are all kept',
    units: [unit([INT, ...['x', 'y'].map(() => die(TAG.pointerType, { type: ref('int') }))])],
    expectAll: [
      "[1] Int 'int' size 4 encoding 0x1000020 #1",
      "[2] Pointer '' type 1 #2",
      "[3] Pointer '' type 1 #2",
    ],
  },
  {
    name: 'what refers to itself without a name on the way is kept',
    units: ['a', 'b'].map((name) =>
      unit([
        of(name, 'first', TAG.pointerType, { type: ref(`${name}second`) }),
        of(name, 'second', TAG.pointerType, { type: ref(`${name}first`) }),
      ]),
    ),
    expectAll: [
      "[1] Pointer '' type 2 #0",
      "[2] Pointer '' type 1 #0",
      "[1] Pointer '' type 2 #0",
      "[2] Pointer '' type 1 #0",
    ],
  },
  {
    name: 'what refers to a name that the unit gives to several types is kept',
    units: ['a', 'b'].map((name) =>
      unit([
        of(name, 's', TAG.structureType, { name: text('s'), byteSize: number(8) }),
        die(TAG.pointerType, { type: ref(`${name}s`) }),
        die(TAG.structureType, { name: text('s'), byteSize: number(16) }),
      ]),
    ),
    expectAll: [
      "[1] Struct 's' size 8 #1",
      "[2] Pointer '' type 1 #0",
      "[3] Struct 's' size 16 #2",
      '[1] Struct repeats #1',
      "[2] Pointer '' type 1 #0",
      '[3] Struct repeats #2',
    ],
  },
  {
    name: 'types of variables and what lies in them are kept, so that their sizes are known',
    units: [
      unit(header('a')),
      unit([
        ...header('b'),
        die(TAG.variable, {
          name: text('head'),
          type: ref('blist'),
          location: expression(DW_OP_ADDR, 2, 0, 0, 0, 0, 0, 0, 0),
        }),
      ]),
    ],
    expectAll: [
      "[1] Int 'int' size 4 encoding 0x1000020 #1",
      "[2] Struct 'list' size 8, next:3@0 #2",
      "[3] Pointer '' type 2 #3",
      "[4] Typedef 'list_t' type 2 #4",
      '[1] Int repeats #1',
      "[2] Struct 'list' size 8, next:3@0 #2",
      "[3] Pointer '' type 2 #3",
      '[4] Typedef repeats #4',
      '[variable] head section 1 +2 type 2',
    ],
  },
].map((tree) => ({ options: ['--repeats'], ...tree }));

export const TREES = [
  {
    name: 'old bitfields count from the most significant bit of a little-endian storage unit',
    units: [unit([INT, INT_ALIAS, OLD_BITFIELDS])],
    expect: ["Struct 'old' size 8, own:*@24:5, fromType:*@32:5, plain:*@32:5, before:*@32:8"],
  },
  {
    name: 'old bitfields of big endian count as they are',
    isBigEndian: true,
    units: [unit([INT, INT_ALIAS, OLD_BITFIELDS])],
    expect: ["Struct 'old' size 8, own:*@3:5, fromType:*@59:5, plain:*@32:5, before:*"],
  },
  {
    name: 'a member may be placed by an expression with a constant',
    units: [
      unit([
        INT,
        struct('s', [
          member('a', { dataMemberLocation: expression(DW_OP_PLUS_UCONST, 0x84, 0x01) }),
          member('b', { dataMemberLocation: expression(DW_OP_DUP) }),
          member('c', { dataMemberLocation: expression(DW_OP_PLUS_UCONST, 0x84) }),
          member('d', { dataMemberLocation: expression() }),
        ]),
      ]),
    ],
    expect: ["Struct 's' size 8, a:*@1056, b:*@?{64}, c:*@?{64}, d:*@?{64}"],
    notes: ['a member without a constant offset'],
  },
  {
    name: 'a member without a place is static',
    units: [unit([INT, struct('s', [member('a', { dataMemberLocation: number(0) }), member('st', {})])])],
    expect: ["Var 'st' type * linkage 0 in *", "Struct 's' size 8, a:*@0"],
  },
  {
    name: 'what a value word has no room for is in the flags',
    units: [
      unit([
        INT,
        struct('s', [member('a', { dataMemberLocation: form(FORM.data8, 0xffff_fffe) })]),
        struct('b', [
          member('a', { dataBitOffset: number(0x0100_0000), bitSize: number(3) }),
          member('b', { dataBitOffset: form(FORM.data8, 0x7_ffff_fff7), bitSize: number(3) }),
        ]),
      ]),
    ],
    expect: ["Struct 's' size 8, a:*@34359738352", "Struct 'b' size 8, a:*@16777216:3, b:*@34359738359:3"],
  },
  {
    name: 'members and sizes beyond 4 GiB are not read',
    units: [
      unit([
        INT,
        struct('s', [
          member('a', { dataMemberLocation: form(FORM.data8, 0xffff_ffff) }),
          member('b', { dataMemberLocation: negative(-2) }),
          member('c', { dataBitOffset: form(FORM.data8, 0x7_ffff_fff8) }),
        ]),
        die(TAG.structureType, { name: text('t'), byteSize: form(FORM.data8, 0xffff_ffff) }, [
          member('a', { dataMemberLocation: number(0) }),
        ]),
      ]),
    ],
    expect: ["Struct 's' size 8, a:*@?{64}, b:*@?{64}, c:*@?{64}", "Forward 't' struct {2}"],
    notes: [
      'a member lies 4 GiB or more behind the start of its type',
      'it has 4 GiB or more; only its name is read',
    ],
  },
  {
    name: 'array lengths',
    units: [
      unit([
        INT,
        array({ upperBound: number(9) }),
        array({ upperBound: number(9), lowerBound: number(3) }),
        array({ lowerBound: number(9), upperBound: number(3) }),
        array({ upperBound: form(FORM.data4, 0xffffffff) }),
        array({ upperBound: negative(-1) }),
        array({ count: number(0x1_0000_0000) }),
        array({ upperBound: expression(DW_OP_DUP) }),
        array({}),
        die(TAG.arrayType, { type: ref('int') }),
      ]),
    ],
    expect: [
      "Array '' of * index 0 count 10",
      "Array '' of * index 0 count 7",
      "Array '' of * index 0 count 0",
      "Array '' of * index 0 count 0",
      "Array '' of * index 0 count 0",
      "Array '' of * index 0 count 0 {16}",
      "Array '' of * index 0 count 0 {16}",
      "Array '' of * index 0 count 0",
      "Array '' of * index 0 count 0",
    ],
    notes: [
      'an array has more elements than 32 bits count; their number is left out',
      'an array without dimensions',
    ],
  },
  {
    name: 'references that lead nowhere are missing, those to other DIEs are void',
    units: [
      unit([
        INT,
        die(TAG.typedef, { name: text('outside'), type: ref(0x7000_0000) }),
        die(TAG.typedef, { name: text('far'), type: refAddr(0x7000_0000) }),
        die(TAG.typedef, { name: text('header'), type: ref(0) }),
        die(TAG.typedef, { name: text('unknown'), type: form(FORM.refSig8, 5) }),
        die(TAG.typedef, { name: text('number'), type: number(1) }),
        die(TAG.typedef, { name: text('member'), type: ref('m') }),
        struct('s', [die(TAG.member, { dataMemberLocation: number(0) }, [], { label: 'm' })]),
      ]),
    ],
    expect: [
      "Typedef 'outside' type 4294967295",
      "Typedef 'far' type 4294967295",
      "Typedef 'header' type 4294967295",
      "Typedef 'unknown' type 4294967295",
      "Typedef 'number' type 4294967295",
      "Typedef 'member' type 0",
    ],
    notes: ['a reference to a DIE that is no type'],
  },
  {
    name: 'loops of references end',
    units: [
      unit([
        die(TAG.typedef, { name: text('self'), type: ref('self') }, [], { label: 'self' }),
        die(TAG.structureType, { specification: ref('y') }, [], { label: 'x' }),
        die(TAG.structureType, { specification: ref('x') }, [], { label: 'y' }),
        struct('s', [
          member('a', {
            type: ref('self'),
            bitSize: number(3),
            bitOffset: number(1),
            dataMemberLocation: number(0),
          }),
        ]),
        die(TAG.enumerationType, { name: text('e'), type: ref('self') }, []),
        die(TAG.pointerType, { gnuAnnotation: ref('tag') }, []),
        die(
          TAG.gnuAnnotation,
          { name: text('btf_type_tag'), constValue: text('t'), gnuAnnotation: ref('tag') },
          [],
          {
            label: 'tag',
          },
        ),
      ]),
    ],
    expect: ["Typedef 'self' type 1", "Enum 'e' size 4"],
    notes: ['a bitfield whose storage unit has no size'],
  },
  {
    name: 'chains of tags as gcc writes them begin with the inner tag',
    units: [
      unit([
        INT,
        die(TAG.gnuAnnotation, { name: text('btf_type_tag'), constValue: text('outer') }, [], {
          label: 'outer',
        }),
        die(
          TAG.gnuAnnotation,
          { name: text('btf_type_tag'), constValue: text('inner'), gnuAnnotation: ref('outer') },
          [],
          { label: 'inner' },
        ),
        die(TAG.pointerType, { type: ref('int'), gnuAnnotation: ref('inner') }),
      ]),
    ],
    expectAll: [
      "[1] Int 'int' size 4 encoding 0x1000020",
      "[2] TypeTag 'inner' type 3 {4}",
      "[3] TypeTag 'outer' type 1 {4}",
      "[4] Pointer '' type 2",
    ],
  },
  {
    name: 'values of enumerators',
    units: [
      unit([
        die(TAG.enumerationType, { name: text('unsigned'), byteSize: number(4) }, [
          die(TAG.enumerator, { name: text('a'), constValue: form(FORM.data1, 0xff) }),
          die(TAG.enumerator, { name: text('b'), constValue: form(FORM.data4, 0xffffffff) }),
        ]),
        die(TAG.enumerationType, { name: text('wide'), byteSize: number(4) }, [
          die(TAG.enumerator, { name: text('a'), constValue: form(FORM.data8, 0x1_0000_0000) }),
        ]),
        die(TAG.enumerationType, { name: text('none') }, [die(TAG.enumerator, { name: text('a') })]),
      ]),
    ],
    expect: [
      "Enum 'unsigned' size 4, a=255, b=4294967295",
      "Enum64 'wide' size 4, a=4294967296",
      "Enum 'none' size 4, a=0",
    ],
    notes: ['an enumerator without a constant value'],
  },
  {
    name: 'types of partial units are lowered into the units that import or refer to them',
    units: [
      unit(
        [INT, struct('imported', [member('a', { dataMemberLocation: number(0) })])],
        {},
        TAG.partialUnit,
        'partial',
      ),
      unit([
        die(TAG.importedUnit, { import: refAddr('partial') }),
        die(TAG.importedUnit, { import: refAddr('partial') }),
        die(TAG.pointerType, { type: refAddr('imported') }),
      ]),
      unit([die(TAG.pointerType, { type: refAddr('imported') })]),
    ],
    expectAll: [
      "[1] Int 'int' size 4 encoding 0x1000020",
      "[2] Struct 'imported' size 8, a:1@0",
      "[3] Pointer '' type 2",
      "[1] Pointer '' type 2",
      "[2] Struct 'imported' size 8, a:3@0",
      "[3] Int 'int' size 4 encoding 0x1000020",
    ],
  },
  {
    name: 'deep nesting is cut',
    units: [unit([nested(NESTING), INT])],
    expect: ["Struct 'level' size 8", "Int 'int' size 4 encoding 0x1000020"],
    notes: ['nested too deeply; what it contains is left out'],
  },
  {
    name: 'siblings that go back end the list',
    units: [
      unit([
        die(TAG.typedef, { name: text('t') }, [], { label: 't' }),
        die(TAG.structureType, { sibling: ref('t'), name: text('s') }),
        INT,
      ]),
    ],
    expect: ["Typedef 't' type 0", "Struct 's' size 0"],
    notes: ['the list of its children is damaged'],
  },
  { name: 'DIEs that overlap are read once', units: [unit(overlapping(400))], expect: [] },
  {
    name: 'a list of children without an end',
    units: [
      unit([die(TAG.structureType, { name: text('s') }, [member('a', { type: ref(0) })], { isOpen: true })]),
    ],
    expect: ["Struct 's' size 0"],
  },
  {
    name: 'a DIE without an abbreviation ends the list',
    units: [unit([INT, { raw: [0x7f, 1, 2, 3] }])],
    expect: ["Int 'int' size 4 encoding 0x1000020"],
    notes: ['the list of its children is damaged'],
  },
  {
    name: 'names outside of their section, or without an end, are empty',
    sections: { '.debug_str': Buffer.from('abc') },
    units: [
      unit([
        die(TAG.typedef, { name: form(FORM.strp, 0x7000) }),
        die(TAG.typedef, { name: form(FORM.strp, 3) }),
        die(TAG.typedef, { name: number(1) }),
      ]),
    ],
    expect: ["Typedef '' type 0", "Typedef '' type 0", "Typedef '' type 0"],
  },
  ...ENCODING_TREES,
  ...REPEATS,
];
