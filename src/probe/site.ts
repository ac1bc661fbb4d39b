/** Where a probe stands: what can be named there, and by which words the target reads it. */

import type { TypeFacts } from '../layout/type-facts.ts';
import type { FuncProtoType } from '../model/types.ts';
import type { Architecture } from './architectures.ts';
import { type AbiRule, assignParameters, type Passing } from './calling-convention.ts';
import type { ProbeKind } from './definition.ts';
import { passedType } from './passed-type.ts';
import type { Location, Value, WordForm } from './place.ts';
import type { RefusalWord } from './refusal.ts';
import type { Target } from './targets.ts';
import type { Warning, WarningCode } from './warning.ts';

/** A parameter that a probe can name. */
export interface SiteParameter {
  readonly name: string;
  readonly value: Value;
}

/** What an argument is resolved against. */
export interface Site {
  readonly facts: TypeFacts;
  readonly architecture: Architecture;
  readonly form: WordForm;
  readonly target: Target;
  readonly rule: AbiRule;
  /** Whether parameters are read from registers by name instead of by `$argN`. */
  readonly useRegisters: boolean;
  readonly kind: ProbeKind;
  readonly isReturn: boolean;
  /** Name of the function, tracepoint or event, for messages. */
  readonly what: string;
  /** The parameters, or why there are none to be named. */
  readonly parameters: readonly SiteParameter[] | { readonly refusal: RefusalWord; readonly why: string };
  /** What the function returns; undefined for void and where it is not known. */
  readonly returned: Value | undefined;
  readonly returnsVoid: boolean;
  readonly warnings: Warning[];
}

/** Notes a warning once. */
export function warn(site: Pick<Site, 'warnings'>, code: WarningCode, text: string): void {
  if (!site.warnings.some((warning) => warning.code === code && warning.text === text)) {
    site.warnings.push({ code, text });
  }
}

/** What places of parameters depend on. */
export type Reach = Pick<
  Site,
  'facts' | 'architecture' | 'form' | 'rule' | 'useRegisters' | 'kind' | 'isReturn'
>;

/** What a prototype gives at a site. */
export interface Places {
  readonly parameters: readonly SiteParameter[];
  readonly passings: readonly Passing[];
  readonly returned: Value | undefined;
}

/** Finds the parameters and the returned value of a prototype; `hidden` leading parameters are not numbered. */
export function placesOf(reach: Reach, proto: FuncProtoType, hidden: number): Places {
  const { facts, architecture } = reach;
  const types = proto.parameters.map(({ typeId }) => passedType(facts, typeId));
  const hasReturn = facts.table.kind(proto.returnTypeId) !== 0;
  const returnedType = hasReturn ? passedType(facts, proto.returnTypeId) : undefined;
  const assignment = assignParameters(architecture, types, returnedType, reach.rule);
  const parameters = proto.parameters.map(({ name, typeId }, index) => {
    const passing = assignment.parameters[index] as Passing;
    const at = locationOf({ ...reach, hidden }, passing, typeId);
    return {
      name: name === '' ? `arg${index + 1 - hidden}` : name,
      value: { typeId, bitSize: undefined, at },
    };
  });
  const throughPointer = assignment.returnsThroughPointer && reach.rule === 'slots';
  const returned = hasReturn
    ? { typeId: proto.returnTypeId, bitSize: undefined, at: returnLocation(reach, proto, throughPointer) }
    : undefined;
  return { parameters: parameters.slice(hidden), passings: assignment.parameters.slice(hidden), returned };
}

function returnLocation(reach: Reach, { returnTypeId }: FuncProtoType, throughPointer: boolean): Location {
  const { facts, architecture, kind } = reach;
  if (throughPointer) return { kind: 'memory', base: '$retval', bitOffset: 0, user: kind === 'uprobe' };
  const second = kind === 'fprobe' ? [] : [`%${architecture.returned[1]}`];
  return { kind: 'words', words: ['$retval', ...second], bitOffset: 0, byteSize: facts.sizeOf(returnTypeId) };
}

type Numbered = Reach & { readonly hidden: number };

function locationOf(reach: Numbered, passing: Passing, typeId: number): Location {
  const byteSize = reach.facts.sizeOf(typeId);
  switch (passing.kind) {
    case 'float':
      return {
        kind: 'nowhere',
        why: 'it is passed in a register of floating point, which probes cannot read',
      };
    case 'reference':
      return { kind: 'memory', base: pointerText(reach, passing.pointer), bitOffset: 0, user: false };
    case 'registers':
      return { kind: 'words', words: wordTexts(reach, passing), bitOffset: 0, byteSize };
    case 'stack':
      return stackLocation(reach, passing, typeId);
  }
}

function pointerText(reach: Numbered, passing: Passing): string {
  if (passing.kind === 'registers') return registerText(reach, passing.first);
  return stackText(reach, passing.kind === 'stack' ? passing.word : 0);
}

function wordTexts(
  reach: Numbered,
  { first, count, onStack }: Extract<Passing, { kind: 'registers' }>,
): string[] {
  const { architecture } = reach;
  const stackStart = architecture.shadows === true ? architecture.registers.length : 0;
  return [
    ...Array.from({ length: count }, (_, index) => registerText(reach, first + index)),
    ...Array.from({ length: onStack }, (_, index) => stackText(reach, stackStart + index)),
  ];
}

function registerText({ architecture, useRegisters, hidden }: Numbered, index: number): string {
  return useRegisters ? `%${architecture.registers[index]}` : `$arg${index + 1 - hidden}`;
}

/** A word of the parameters on the stack, as a value. */
function stackText({ architecture, useRegisters, hidden }: Numbered, word: number): string {
  const { argNOnStack, shadows, registers, stackOffset, wordSize } = architecture;
  if (!argNOnStack || useRegisters) return `$stack${stackOffset / wordSize + word}`;
  return `$arg${word + 1 - hidden + (shadows === true ? 0 : registers.length)}`;
}

function stackLocation(
  reach: Numbered,
  { word, count }: Extract<Passing, { kind: 'stack' }>,
  typeId: number,
): Location {
  const { architecture, facts, form, useRegisters } = reach;
  const { stackOffset, wordSize, argNOnStack } = architecture;
  const byteSize = facts.sizeOf(typeId);
  const { isComposite } = passedType(facts, typeId);
  if (count === 1 && !isComposite && argNOnStack && !useRegisters) {
    return { kind: 'words', words: [stackText(reach, word)], bitOffset: 0, byteSize };
  }
  const skipped = form.bigEndian && !isComposite ? Math.max(0, wordSize - byteSize) : 0;
  const bitOffset = 8 * (stackOffset + wordSize * word + skipped);
  return { kind: 'memory', base: '$stack', bitOffset, user: false };
}
