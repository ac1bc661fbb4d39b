/** What DWARF says of a class besides its layout, as `--json` prints it. BTF says none of it. */

import { ChildCode, MemberFlag, TypeFlag } from '../../model/side-columns.ts';
import type { TypeId, TypeTable } from '../../model/table.ts';

/** Only what DWARF states: the default of a class or struct is not stated. */
export type JsonAccessibility = 'public' | 'protected' | 'private';

/** What is said of a class. */
export interface JsonClassFacts {
  /** Declared with the keyword `class`. */
  readonly isClass?: true | undefined;
  /** What it declares besides data members and base classes, in the order of the file. */
  readonly declarations?: readonly JsonDeclaration[] | undefined;
}

export interface JsonDeclaration {
  readonly kind: 'type' | 'staticMember' | 'method' | 'templateParameter';
  readonly id: TypeId;
  readonly name: string;
  readonly accessibility?: JsonAccessibility | undefined;
}

/** What is said of a member. */
export interface JsonMemberFacts {
  /** It is a base class, and has no name. */
  readonly isBase?: true | undefined;
  readonly isVirtual?: true | undefined;
  readonly accessibility?: JsonAccessibility | undefined;
}

/** The facts about a struct or union; nothing for BTF. Throws `bad-data` for a name outside of the strings. */
export function classFacts(table: TypeTable, id: TypeId): JsonClassFacts {
  const { side } = table;
  if (side === undefined) return {};
  const declarations = (side.childrenOf(id) ?? []).flatMap(({ code, value, accessibility }) => {
    const kind = KINDS[code];
    if (kind === undefined) return [];
    return [{ kind, id: value, name: table.name(value), accessibility: ACCESSIBILITIES[accessibility] }];
  });
  return {
    isClass: (side.flags(id) & TypeFlag.Class) !== 0 || undefined,
    declarations: declarations.length > 0 ? declarations : undefined,
  };
}

/** The facts about the member of `id` at `index`; nothing for BTF. */
export function memberFacts({ side }: TypeTable, id: TypeId, index: number): JsonMemberFacts {
  if (side === undefined) return {};
  const flags = side.memberFlags(id, index);
  return {
    isBase: (flags & MemberFlag.Inheritance) !== 0 || undefined,
    isVirtual: (flags & MemberFlag.Virtual) !== 0 || undefined,
    accessibility: ACCESSIBILITIES[side.memberAccessibility(id, index)],
  };
}

const KINDS: Readonly<Record<number, JsonDeclaration['kind']>> = {
  [ChildCode.NestedType]: 'type',
  [ChildCode.StaticMember]: 'staticMember',
  [ChildCode.Method]: 'method',
  [ChildCode.TemplateParameter]: 'templateParameter',
};

/** By DW_ACCESS; 0 is not stated. */
const ACCESSIBILITIES = [undefined, 'public', 'protected', 'private'] as const;
