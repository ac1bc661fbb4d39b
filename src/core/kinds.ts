/** What a CO-RE relocation asks for (linux uapi/linux/bpf.h `enum bpf_core_relo_kind`). */

export const CoreKind = {
  /** Bytes from the start of the root type to the field, or to the load that covers a bitfield. */
  FieldByteOffset: 0,
  /** Bytes of the field, or of the load that covers a bitfield. */
  FieldByteSize: 1,
  FieldExists: 2,
  FieldSigned: 3,
  /** By how much a 64-bit value is shifted left, and then right, to leave the field. */
  FieldLeftShift: 4,
  FieldRightShift: 5,
  /** The id of the type in the object. */
  TypeIdLocal: 6,
  /** The id of the type in the target. */
  TypeIdTarget: 7,
  TypeExists: 8,
  TypeSize: 9,
  EnumeratorExists: 10,
  EnumeratorValue: 11,
  TypeMatches: 12,
} as const;

/** A number of {@link CoreKind}. Relocations of other kinds fail. */
export type CoreKind = (typeof CoreKind)[keyof typeof CoreKind];

/** What libbpf calls the kinds, by number. */
export const CORE_KIND_NAMES: readonly string[] = [
  'byte_off',
  'byte_sz',
  'field_exists',
  'signed',
  'lshift_u64',
  'rshift_u64',
  'local_type_id',
  'target_type_id',
  'type_exists',
  'type_size',
  'enumval_exists',
  'enumval_value',
  'type_matches',
];

/** What a kind looks at: a field, a type as a whole, or an enumerator; undefined for an unknown kind. */
export function subjectOf(kind: number): 'field' | 'type' | 'enumerator' | undefined {
  if (kind <= CoreKind.FieldRightShift) return 'field';
  if (kind === CoreKind.EnumeratorExists || kind === CoreKind.EnumeratorValue) return 'enumerator';
  return kind <= CoreKind.TypeMatches ? 'type' : undefined;
}

/** Whether a kind asks if something is there, and so has an answer, 0, where it is not. */
export function asksForExistence(kind: number): boolean {
  return (
    kind === CoreKind.FieldExists ||
    kind === CoreKind.TypeExists ||
    kind === CoreKind.TypeMatches ||
    kind === CoreKind.EnumeratorExists
  );
}
