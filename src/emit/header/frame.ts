/** What stands before and behind the types of a header. */

/** A language that a header is read in. */
export type HeaderLanguage = 'c' | 'c++';

/** The macros that prototypes of kfuncs use. */
export const KFUNC_MACROS: string = `#ifndef __ksym
#define __ksym __attribute__((section(".ksyms")))
#endif

#ifndef __weak
#define __weak __attribute__((weak))
#endif

#ifndef __bpf_fastcall
#if __has_attribute(bpf_fastcall)
#define __bpf_fastcall __attribute__((bpf_fastcall))
#else
#define __bpf_fastcall
#endif
#endif

`;

/** The lines before the first type of bpftool 7.8. */
export const BPFTOOL_PROLOGUE: string = `#ifndef __VMLINUX_H__
#define __VMLINUX_H__

#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

${KFUNC_MACROS}`;

/** The lines around the prototypes of kfuncs. */
export const KFUNC_PROLOGUE = `
/* BPF kfuncs */
#ifndef BPF_NO_KFUNC_PROTOTYPES
`;
export const KFUNC_EPILOGUE = '#endif\n\n';

/** The lines behind the last type of bpftool 7.8. */
export const BPFTOOL_EPILOGUE = `#ifndef BPF_NO_PRESERVE_ACCESS_INDEX
#pragma clang attribute pop
#endif

#endif /* __VMLINUX_H__ */
`;

/** What surrounds the types of a header of ours. */
export interface Frame {
  readonly language: HeaderLanguage;
  /** Macro that guards against a second inclusion. */
  readonly guard: string;
  readonly preservesAccessIndex: boolean;
}

/** The lines before the first type of a header of ours. */
export function prologue({ language, guard, preservesAccessIndex }: Frame): string {
  const opening = `#ifndef ${guard}\n#define ${guard}\n\n`;
  const linkage = language === 'c' ? HAS_BOOL : 'extern "C" {\n\n';
  return `${opening}${preservesAccessIndex ? PRESERVE : ''}${TAG_MACROS}${linkage}`;
}

/** The lines behind the last type of a header of ours. */
export function epilogue({ language, guard, preservesAccessIndex }: Frame): string {
  const linkage = language === 'c' ? '' : '}\n\n';
  return `${linkage}${preservesAccessIndex ? PRESERVE_END : ''}#endif /* ${guard} */\n`;
}

const PRESERVE = `#if defined(__bpf__) && defined(__clang__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute push (__attribute__((preserve_access_index)), apply_to = record)
#endif

`;

const PRESERVE_END = `#if defined(__bpf__) && defined(__clang__) && !defined(BPF_NO_PRESERVE_ACCESS_INDEX)
#pragma clang attribute pop
#endif

`;

/** Compilers but clang for BPF know no type tags. */
const TAG_MACROS = `#ifndef __btf_type_tag
#if defined(__clang__) && __has_attribute(btf_type_tag)
#define __btf_type_tag(tag) __attribute__((btf_type_tag(tag)))
#else
#define __btf_type_tag(tag)
#endif
#endif

#ifndef __btf_type_attribute
#if defined(__clang__)
#define __btf_type_attribute(attribute) __attribute__((attribute))
#else
#define __btf_type_attribute(attribute)
#endif
#endif

`;

/** The words bool, false and true are keywords from C23 on, whose drafts some compilers follow. */
const HAS_BOOL = `#if defined(__STDC_VERSION__) && (__STDC_VERSION__ >= 202311L || \\
	(__STDC_VERSION__ > 201710L && (__clang_major__ >= 15 || (!defined(__clang__) && __GNUC__ >= 13))))
#define __VMLINUX_H_HAS_BOOL__
#endif

`;
