/**
 * Constants of the BTF header, spelled as in linux uapi/linux/btf.h. Kinds are in model/kinds.ts, the
 * shape of records in model/records.ts.
 */

export const BTF_MAGIC = 0xeb9f;
export const BTF_VERSION = 1;

/** Bytes of the header that every version has. */
export const BTF_HEADER_SIZE = 24;

/** Bytes of the header with the kind layout fields. */
export const BTF_HEADER_SIZE_LAYOUT = 32;

/** Bytes of a record of the kind layout section: `u8 info_sz; u8 elem_sz; u16 flags`. */
export const BTF_LAYOUT_RECORD_SIZE = 4;

/** Bytes that every type record starts with. */
export const BTF_TYPE_SIZE = 12;
