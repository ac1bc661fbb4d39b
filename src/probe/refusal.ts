/**
 * Refusals: why a probe definition would not be accepted. Each has the word and the text of the kernel's
 * own error (linux kernel/trace/trace_probe.h), since these are what the user meets elsewhere.
 */

import { type ErrorCode, TspaholeError } from '../model/errors.ts';

/** The kernel's text of each error, by its word. */
const KERNEL_TEXT = {
  ARGIDX_2BIG: '$argN index is too big',
  ARG_NAME_TOO_LONG: 'Argument name is too long',
  ARG_TOO_LONG: 'Argument expression is too long',
  ARRAY_NO_CLOSE: 'Array is not closed',
  ARRAY_TOO_BIG: 'Array number is too big',
  BAD_ADDR_SUFFIX: 'Invalid probed address suffix',
  BAD_ARG_NAME: 'Argument name must follow the same rules as C identifiers',
  BAD_ARG_NUM: 'Invalid argument number',
  BAD_ARRAY_NUM: 'Invalid array size',
  BAD_ARRAY_SUFFIX: 'Array has wrong suffix',
  BAD_ATTACH_EVENT: 'Attached event does not exist',
  BAD_BITFIELD: 'Invalid bitfield',
  BAD_BTF_TID: 'Failed to get BTF type info.',
  BAD_DEREF_OFFS: 'Invalid dereference offset',
  BAD_EVENT_NAME: 'Event name must follow the same rules as C identifiers',
  BAD_FETCH_ARG: 'Invalid fetch argument',
  BAD_FILE_OFFS: 'Invalid file offset value',
  BAD_GROUP_NAME: 'Group name must follow the same rules as C identifiers',
  BAD_HYPHEN: "Failed to parse single hyphen. Forgot '>'?",
  BAD_IMM: 'Invalid immediate value',
  BAD_MAXACT: 'Invalid maxactive number',
  BAD_MAXACT_TYPE: 'Maxactive is only for function exit',
  BAD_MEM_ADDR: 'Invalid memory address',
  BAD_PROBE_ADDR: 'Invalid probed address or symbol',
  BAD_REG_NAME: 'Invalid register name',
  BAD_RETPROBE: 'Retprobe address must be an function entry',
  BAD_STACK_NUM: 'Invalid stack number',
  BAD_STRING: 'String accepts only memory argument',
  BAD_TYPE: 'Unknown type is specified',
  BAD_TYPE4STR: 'This type does not fit for string.',
  BAD_UPROBE_OFFS: 'Invalid uprobe offset',
  BAD_VAR: 'Invalid $-variable specified',
  COMM_CANT_DEREF: '$comm can not be dereferenced',
  DEREF_NEED_BRACE: 'Dereference needs a brace',
  DEREF_OPEN_BRACE: 'Dereference brace is not closed',
  DOUBLE_ARGS: '$arg* can be used only once in the parameters',
  EVENT_TOO_LONG: 'Event name is too long',
  FILE_ON_KPROBE: 'File offset is not available with kprobe',
  GROUP_TOO_LONG: 'Group name is too long',
  IMMSTR_NO_CLOSE: `String is not closed with '"'`,
  MAXACT_TOO_BIG: 'Maxactive is too big',
  NEED_STRING_TYPE: '$comm and immediate-string only accepts string type',
  NOFENTRY_ARGS: '$arg* can be used only on function entry or exit',
  NON_UNIQ_SYMBOL: 'The symbol is not unique',
  NOSUP_BTFARG: 'BTF is not available or not supported',
  NOSUP_DAT_ARG: 'Non pointer structure/union argument is not supported.',
  NOSUP_PERCPU: 'Per-cpu variable access is not supported',
  NO_ARG_BODY: 'No argument expression',
  NO_ARG_NAME: 'Argument name is not specified',
  NO_BTFARG: 'This variable is not found at this probe point',
  NO_BTF_ENTRY: 'No BTF entry for this probe point',
  NO_BTF_FIELD: 'This field is not found.',
  NO_EP_FILTER: "No filter expression after 'if'",
  NO_GROUP_NAME: 'Group name is not specified',
  NO_PTR_STRCT: 'This is not a pointer to union/structure.',
  NO_RETVAL: "This function returns 'void' type",
  RETVAL_ON_PROBE: '$retval is not available on probe',
  SYM_ON_UPROBE: 'Symbol is not available with uprobe',
  TOO_MANY_ARGS: 'Too many arguments are specified',
  TOO_MANY_NESTED: 'Too many nested dereferences or typecasts',
  TOO_MANY_OPS: 'Dereference is too much nested',
  TYPECAST_BAD_ARROW: 'Typecast field must be reached without ->',
  TYPECAST_NOT_ALIGNED: 'Typecast field does not start at a byte',
  TYPECAST_REQ_FIELD: 'Typecast requires a field access',
  USED_ARG_NAME: 'This argument name is already used',
} as const;

/** Word of an error of the kernel. */
export type RefusalWord = keyof typeof KERNEL_TEXT;

const NOT_FOUND: readonly string[] = ['NO_BTFARG', 'NO_BTF_FIELD', 'NO_BTF_ENTRY'] satisfies RefusalWord[];

/**
 * The error for what the kernel refuses: its word, its text, and in our words what is meant. `not-found` for
 * functions, parameters and fields that there are not, else `usage`.
 */
export function refusal(word: RefusalWord, what: string): TspaholeError {
  const code: ErrorCode = NOT_FOUND.includes(word) ? 'not-found' : 'usage';
  return new TspaholeError(code, `${word} (${KERNEL_TEXT[word]}): ${what}`);
}
