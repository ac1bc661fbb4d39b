{
  'variables': {
    # Whether a C++ compiler finds the headers of elfutils' libdw and libdwfl.
    'has_libdw%': '<!(printf "#include <elfutils/libdwfl.h>\\n" | ${CXX:-c++} -E -x c++ - >/dev/null 2>&1 && echo yes || echo no)',
    # Whether the compiler and its linker can optimise all files as one: the walk over DIEs is a tenth faster.
    'has_lto%': '<!(printf "int main() {}" | ${CXX:-c++} -flto -x c++ - -o /dev/null 2>/dev/null && echo yes || echo no)',
  },
  'targets': [
    {
      'target_name': 'tspahole_map',
      'conditions': [
        ['OS=="linux"', {
          'sources': ['src/native/map.c'],
          'defines': ['NAPI_VERSION=8', '_GNU_SOURCE'],
          'cflags': ['-std=c11', '-Wall', '-Wextra', '-fvisibility=hidden'],
          'ldflags': ['-Wl,-z,now', '-s'],
        }, {
          'type': 'none',
        }],
      ],
    },
    {
      'target_name': 'tspahole_bpf',
      'conditions': [
        ['OS=="linux"', {
          'sources': ['src/native/bpf.c'],
          'defines': ['NAPI_VERSION=8', '_GNU_SOURCE'],
          'cflags': ['-std=c11', '-Wall', '-Wextra', '-fvisibility=hidden'],
          'ldflags': ['-Wl,-z,now', '-s'],
        }, {
          'type': 'none',
        }],
      ],
    },
    {
      'target_name': 'tspahole_dwarf',
      'conditions': [
        ['OS=="linux" and has_libdw=="yes"', {
          'sources': [
            'src/dwarf/native/abbreviations.cc',
            'src/dwarf/native/annotations.cc',
            'src/dwarf/native/attributes.cc',
            'src/dwarf/native/batch.cc',
            'src/dwarf/native/binding.cc',
            'src/dwarf/native/contents.cc',
            'src/dwarf/native/dies.cc',
            'src/dwarf/native/entry_places.cc',
            'src/dwarf/native/expressions.cc',
            'src/dwarf/native/file.cc',
            'src/dwarf/native/interrupt.cc',
            'src/dwarf/native/locations.cc',
            'src/dwarf/native/lower_array.cc',
            'src/dwarf/native/lower_body.cc',
            'src/dwarf/native/lower_composite.cc',
            'src/dwarf/native/lower_enum.cc',
            'src/dwarf/native/lower_function.cc',
            'src/dwarf/native/lower_member.cc',
            'src/dwarf/native/lower_signature.cc',
            'src/dwarf/native/lower_simple.cc',
            'src/dwarf/native/lower_unit.cc',
            'src/dwarf/native/lower_variant.cc',
            'src/dwarf/native/lowering.cc',
            'src/dwarf/native/reader.cc',
            'src/dwarf/native/references.cc',
            'src/dwarf/native/signatures.cc',
            'src/dwarf/native/strings.cc',
            'src/dwarf/native/tags.cc',
            'src/dwarf/native/unit.cc',
            'src/dwarf/native/writer.cc',
          ],
          'defines': ['NAPI_VERSION=8'],
          'cflags': ['-Wall', '-Wextra', '-fvisibility=hidden'],
          'cflags_cc!': ['-fno-exceptions', '-fno-rtti'],
          'cflags_cc': ['-std=c++17', '-fexceptions', '-fvisibility-inlines-hidden'],
          'ldflags': ['-Wl,-z,now', '-s'],
          'libraries': ['-ldw', '-lelf', '-lpthread'],
          'conditions': [
            ['has_lto=="yes"', {
              'cflags_cc': ['-flto'],
              'ldflags': ['-flto', '-O3'],
            }],
          ],
        }, {
          'type': 'none',
        }],
      ],
    },
  ],
}
