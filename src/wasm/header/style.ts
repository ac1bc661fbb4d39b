/** Whose text is written. */

/** Byte for byte what bpftool 7.8 writes. */
export let isCompat: bool = false;
/** C++: names of types are scoped, and tags are names like others. */
export let isScoped: bool = false;

export function setStyle(compat: bool, scoped: bool): void {
  isCompat = compat;
  isScoped = scoped;
}
