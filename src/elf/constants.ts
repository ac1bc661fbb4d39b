/**
 * Numbers of the ELF format in their standard spelling: System V gABI ("Object Files"), and the GNU
 * extensions as in glibc's elf.h. Only what this package reads or tells apart is listed.
 */

/** Index of the class (1: 32 bit, 2: 64 bit) in `e_ident`. */
export const EI_CLASS = 4;
/** Index of the byte order (1: little, 2: big) in `e_ident`. */
export const EI_DATA = 5;
/** Index of the format's version in `e_ident`. */
export const EI_VERSION = 6;
/** Index of the operating system and ABI in `e_ident`. */
export const EI_OSABI = 7;
/** Bytes in `e_ident`. */
export const EI_NIDENT = 16;

export const ELFCLASS32 = 1;
export const ELFCLASS64 = 2;
export const ELFDATA2LSB = 1;
export const ELFDATA2MSB = 2;
/** The only version of the format. */
export const EV_CURRENT = 1;

// File types, e_type.
export const ET_REL = 1;
export const ET_EXEC = 2;
export const ET_DYN = 3;
export const ET_CORE = 4;

// Machines, e_machine.
export const EM_386 = 3;
export const EM_MIPS = 8;
export const EM_PPC = 20;
export const EM_PPC64 = 21;
export const EM_S390 = 22;
export const EM_ARM = 40;
export const EM_SPARCV9 = 43;
export const EM_X86_64 = 62;
export const EM_AARCH64 = 183;
export const EM_RISCV = 243;
export const EM_BPF = 247;
export const EM_LOONGARCH = 258;

// Section types, sh_type.
export const SHT_NULL = 0;
export const SHT_PROGBITS = 1;
export const SHT_SYMTAB = 2;
export const SHT_STRTAB = 3;
export const SHT_RELA = 4;
export const SHT_NOTE = 7;
export const SHT_NOBITS = 8;
export const SHT_REL = 9;
export const SHT_DYNSYM = 11;
export const SHT_SYMTAB_SHNDX = 18;

// Section flags, sh_flags.
export const SHF_WRITE = 0x1;
export const SHF_ALLOC = 0x2;
export const SHF_EXECINSTR = 0x4;
export const SHF_COMPRESSED = 0x800;

// Section indexes with a meaning of their own.
export const SHN_UNDEF = 0;
export const SHN_LORESERVE = 0xff00;
export const SHN_ABS = 0xfff1;
export const SHN_COMMON = 0xfff2;
/** The index does not fit into 16 bits and lies elsewhere. */
export const SHN_XINDEX = 0xffff;

/** In `e_phnum`: the number of segments is section 0's `sh_info`. */
export const PN_XNUM = 0xffff;
export const PT_LOAD = 1;
export const PT_NOTE = 4;

// Symbol types and bindings, the two halves of st_info.
export const STT_NOTYPE = 0;
export const STT_OBJECT = 1;
export const STT_FUNC = 2;
export const STT_SECTION = 3;
export const STT_FILE = 4;
export const STT_COMMON = 5;
export const STT_TLS = 6;
export const STT_GNU_IFUNC = 10;
export const STB_LOCAL = 0;
export const STB_GLOBAL = 1;
export const STB_WEAK = 2;

/** Type of the note with the name `GNU` that holds the build ID. */
export const NT_GNU_BUILD_ID = 3;

// Compression of a section with SHF_COMPRESSED, ch_type.
export const ELFCOMPRESS_ZLIB = 1;
export const ELFCOMPRESS_ZSTD = 2;
