/** The choices between bpftool's text and text that is right. */

import type { HeaderLanguage } from './identifiers.ts';

export interface HeaderStyle {
  readonly language: HeaderLanguage;
  readonly restrict: string;
  /** What stands around the text of a type tag, and of another attribute of a type. */
  readonly typeTag: readonly [string, string];
  readonly attribute: readonly [string, string];
  /** Writes a tagged struct that is an unnamed member with its body: its name alone would declare nothing. */
  readonly inlinesTaggedMembers: boolean;
}

/** Byte for byte what bpftool 7.8 writes. */
export const BPFTOOL_STYLE: HeaderStyle = {
  language: 'c',
  restrict: 'restrict',
  typeTag: [' __attribute__((btf_type_tag("', '")))'],
  attribute: [' __attribute__((', '))'],
  inlinesTaggedMembers: false,
};

/** What every compiler takes. */
export const PORTABLE_STYLE: HeaderStyle = {
  language: 'c',
  restrict: '__restrict',
  typeTag: [' __btf_type_tag("', '")'],
  attribute: [' __btf_type_attribute(', ')'],
  inlinesTaggedMembers: true,
};

export const CPP_STYLE: HeaderStyle = { ...PORTABLE_STYLE, language: 'c++' };

/** Defined by the header where `bool`, `false` and `true` are keywords. */
export const HAS_BOOL_MACRO = '__VMLINUX_H_HAS_BOOL__';
