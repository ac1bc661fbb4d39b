/** How a struct or union is written. */

/** As C lays it out, with padding where members are further away. */
export const NATURAL: i32 = 0;
/** With the attribute `packed`, and padding. */
export const PACKED: i32 = 1;
/** Packed, with every gap filled by fields of its very width. */
export const EXACT: i32 = 2;
