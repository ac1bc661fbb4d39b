import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/cli/argp.ts';
import { keepsBtf, parseLanguages } from '../../src/cli/languages.ts';
import { atoi } from '../../src/cli/numbers.ts';
import { type ListSettings, toSettings } from '../../src/cli/settings.ts';

function settings(line: string, { compat = false, env = {} } = {}): ListSettings {
  const parsed = parseArguments(line === '' ? [] : line.split(' '), compat);
  expect(parsed.error).toBeUndefined();
  return toSettings(parsed, { compat, env });
}

const paholes = (line: string): ListSettings => settings(line, { compat: true });

/** What a line changes in the settings of an empty line. */
function changes(line: string): Partial<ListSettings> {
  const plain: Record<string, unknown> = { ...settings('') };
  return Object.fromEntries(
    Object.entries(settings(line)).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(plain[key]),
    ),
  );
}

function usage(message: string): object {
  return expect.objectContaining({ code: 'usage', message });
}

describe('each option sets its field', () => {
  it.each<[string, Partial<ListSettings>]>([
    ['--skip_missing', { skipMissing: true }],
    ['-E', { expandTypes: true }],
    ['-p', { expandPointers: true }],
    ['-r', { relOffset: true }],
    ['-q', { quiet: true }],
    ['-M', { onlyDataMembers: true }],
    ['-l', { showFirstBiggest: true }],
    ['-d', { recursive: true }],
    ['-a', { anonInclude: true }],
    ['-A', { nestedAnonInclude: true }],
    ['-V', { verbose: true }],
    ['-s', { listing: 'sizes' }],
    ['-n', { listing: 'members' }],
    ['-N', { listing: 'nameLength' }],
    ['-T', { listing: 'definitions' }],
    ['-m', { listing: 'methods' }],
    ['-u', { definedIn: true }],
    ['--debuginfod', { debuginfod: true }],
    ['--no-progress', { progress: false }],
    ['-z 8', { listing: 'name', holeSizeMin: 8 }],
    ['-H 2', { holesMin: 2 }],
    ['-B 3', { bitHolesMin: 3 }],
    ['-c 32', { cachelineSize: 32 }],
    ['-w 4', { wordSize: 4 }],
    ['-t ;', { separator: ';' }],
    ['-x bpf_', { exclude: 'bpf_' }],
    ['-y bpf_', { prefixFilter: 'bpf_' }],
    ['-C a', { classNames: ['a'] }],
    ['-i a', { contains: ['a'] }],
    ['-f a', { findPointersTo: ['a'] }],
    ['-j4 --hashbits=12', { jobs: 4 }],
    ['-I', { showDeclInfo: true }],
    ['-X drivers -D include', { unitExclude: 'drivers', declExclude: 'include' }],
    ['--show_private_classes', { showPrivate: true, onlyDataMembers: true }],
    ['--first_obj_only --kabi_prefix=__kabi', { firstUnitOnly: true, kabiPrefix: '__kabi' }],
    ['-F btf,dwarf', { formatPath: ['btf', 'dwarf'], formatText: 'btf,dwarf' }],
    ['--btf_base=vmlinux', { btfBase: 'vmlinux', formatPath: ['btf'], formatText: 'btf' }],
    ['--contains_enumerator=E', { containsEnumerator: 'E' }],
    ['--padding_ge=4', { paddingMin: 4 }],
    ['--padding=0', { padding: 0 }],
    ['--structs', { structsOnly: true }],
    ['--unions', { unionsOnly: true }],
    ['--packed', { structsOnly: true, packedOnly: true }],
    ['--with_flexible_array', { flexibleArray: true }],
    ['--with_embedded_flexible_array', { structsOnly: true, embeddedFlexibleArray: true }],
    ['--sort', { sort: true }],
    ['--hex', { hex: true }],
    ['--json', { json: true }],
    ['--flat_arrays', { flatArrays: true }],
    ['--classes_as_structs', { classesAsStructs: true }],
    ['--suppress_aligned_attribute', { suppressAligned: true }],
    ['--suppress_force_paddings', { suppressForcePaddings: true }],
    ['--suppress_packed', { suppressPacked: true }],
    ['--fixup_silly_bitfields', { fixupSillyBitfields: true }],
    ['--lang=C', { languages: { names: ['c'], exclude: false } }],
    ['--lang_exclude=rust,c++11', { languages: { names: ['rust', 'c++11'], exclude: true } }],
    ['a b', { files: ['a', 'b'] }],
  ])('%s', (line, expected) => {
    expect(changes(line)).toEqual(expected);
  });
});

describe('the listing', () => {
  it('is that of the last option', () => {
    expect(settings('-s -n').listing).toBe('members');
    expect(settings('-N -z 1').listing).toBe('name');
    expect(settings('-z 1 -s').listing).toBe('sizes');
  });

  it('is not touched by -z after -V, but by -z before it', () => {
    expect(settings('-V -z 1').listing).toBe('layout');
    expect(settings('-V -s -z 1').listing).toBe('sizes');
    expect(settings('-z 1 -V').listing).toBe('name');
  });
});

describe('numbers', () => {
  it('are decimal or hexadecimal', () => {
    expect(settings('-H 010 -c 0x40')).toMatchObject({ holesMin: 10, cachelineSize: 64 });
  });

  it('may be larger than pahole’s counters', () => {
    expect(settings('--padding_ge=100000').paddingMin).toBe(100_000);
  });

  it.each([
    ['-H x', "--holes: 'x' is not a number of 0 or more"],
    ['-H -1', "--holes: '-1' is not a number of 0 or more"],
    ['--holes=', "--holes: '' is not a number of 0 or more"],
    ['-H 1e1', "--holes: '1e1' is not a number of 0 or more"],
    ['-H 99999999999', "--holes: '99999999999' is not a number of 0 or more"],
    ['-c 0', "--cacheline_size: '0' is not a number of 1 or more"],
    ['-jx', "--jobs: 'x' is not a number of 0 or more"],
    ['--hashbits=32', "--hashbits: '32' is not a number from 0 to 31"],
    ['-w 2', "--word_size: '2' is neither 4 nor 8"],
  ])('%s is refused', (line, message) => {
    expect(() => settings(line)).toThrow(usage(message));
  });

  it('are what atoi makes of them in pahole’s mode, cut to its bits', () => {
    expect(paholes('-H x -c 32x -B 65537 --padding_ge=-1')).toMatchObject({
      holesMin: 0,
      cachelineSize: 32,
      bitHolesMin: 1,
      paddingMin: 65_535,
    });
    expect(paholes('-w 260').wordSize).toBe(4);
  });

  it('stand for not given in pahole’s mode where they are 0', () => {
    expect(paholes('-c abc -w 0')).toMatchObject({ cachelineSize: undefined, wordSize: undefined });
  });

  it('of --hashbits are limited in pahole’s mode too', () => {
    expect(() => paholes('--hashbits=40')).toThrow('Invalid --hashbits value (40) should be less than 32');
    expect(() => paholes('--hashbits=256')).not.toThrow();
  });
});

describe('atoi', () => {
  it.each([
    ['12', 12],
    [' \t-7z', -7],
    ['+3', 3],
    ['', 0],
    ['0x10', 0],
    ['- 1', 0],
    ['4294967297', 1],
    ['99999999999999999999', -1],
    ['-99999999999999999999', 0],
  ])('%j is %d', (text, value) => {
    expect(atoi(text)).toBe(value);
  });
});

describe('names of types', () => {
  const directory = mkdtempSync(join(tmpdir(), 'tspahole-names-'));
  const file = join(directory, 'names');
  writeFileSync(file, 'one\r\n\n two \nlast');
  afterAll(() => rmSync(directory, { recursive: true }));

  const names = (list: string, compat = false): readonly string[] =>
    toSettings(parseArguments(['-C', list], compat), { compat, env: {} }).classNames;

  it('stand between commas', () => {
    expect(names('a,b')).toEqual(['a', 'b']);
  });

  it('lose blanks around them and are not empty', () => {
    expect(names(' a, b,,')).toEqual(['a', 'b']);
  });

  it('keep commas in angle brackets', () => {
    expect(names('map<int, pair<a,b>>,c')).toEqual(['map<int, pair<a,b>>', 'c']);
    expect(names('a>,b')).toEqual(['a>', 'b']);
  });

  it('are taken as they are in pahole’s mode', () => {
    expect(names(' a, b,', true)).toEqual([' a', ' b', '']);
    expect(names('', true)).toEqual(['']);
  });

  it('come from the lines of a file', () => {
    expect(names(`a,file://${file},b`)).toEqual(['a', 'one', 'two', 'last', 'b']);
  });

  it('lose the last character of a file without a last newline in pahole’s mode', () => {
    expect(names(`file://${file}`, true)).toEqual(['one\r', '', ' two ', 'las']);
  });

  it('need a file that exists', () => {
    expect(() => names('file:///nonexistent/names')).toThrow(
      expect.objectContaining({
        code: 'io',
        message: '/nonexistent/names: cannot read the type names: no such file',
      }),
    );
  });

  it('may not all be missing', () => {
    expect(() => names(',')).toThrow(usage("--class_name: no name in ','"));
  });

  it('take no arguments in this version', () => {
    expect(() => names('a(type=b)')).toThrow(
      usage("arguments of a type, as in 'a(type=b)', are not supported in this version"),
    );
  });

  it('add up', () => {
    expect(settings('-C a -C b,c').classNames).toEqual(['a', 'b', 'c']);
  });

  it('come from the last of -C, -f and -i in pahole’s mode, where -i decides before -f before -C', () => {
    const given = ({ classNames, contains, findPointersTo }: ListSettings): object => [
      classNames,
      findPointersTo,
      contains,
    ];
    expect(given(paholes('-C a -C b'))).toEqual([['b'], [], []]);
    expect(given(paholes('-C a -f b'))).toEqual([[], ['b'], []]);
    expect(given(paholes('-f a -i b'))).toEqual([[], [], ['b']]);
    expect(given(paholes('-i a -C b'))).toEqual([[], [], ['b']]);
  });
});

describe('options that contradict one another', () => {
  it.each([
    ['-C a -i b', '--contains and --class_name exclude one another'],
    ['-f a -i b', '--contains and --find_pointers_to exclude one another'],
  ])('%s: %s', (line, message) => {
    expect(() => settings(line)).toThrow(usage(message));
  });

  it.each(['--structs', '--packed', '--with_embedded_flexible_array'])('%s and --unions', (option) => {
    expect(() => settings(`${option} --unions`)).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('are taken in pahole’s mode', () => {
    expect(paholes('--structs --unions')).toMatchObject({ structsOnly: true, unionsOnly: true });
  });
});

describe('--format_path', () => {
  it('refuses an unknown format', () => {
    expect(() => settings('-F btf,foo')).toThrow(usage("--format_path: 'foo' is none of dwarf, btf, ctf"));
  });

  it('ends before an unknown format in pahole’s mode, with the text kept', () => {
    expect(paholes('-F btf,foo,ctf')).toMatchObject({ formatPath: ['btf'], formatText: 'btf,foo,ctf' });
    expect(paholes('-F foo')).toMatchObject({ formatPath: [], formatText: 'foo' });
  });
});

describe('--separator', () => {
  it('is the whole text, which may not be empty', () => {
    expect(settings('-t ab').separator).toBe('ab');
    expect(() => settings('--separator=')).toThrow(usage('--separator: the text is empty'));
  });

  it('is one character in pahole’s mode, NUL for an empty text', () => {
    expect(paholes('-t ab').separator).toBe('a');
    expect(paholes('--separator=').separator).toBe('\0');
  });
});

describe('languages', () => {
  it('come from PAHOLE_LANG_EXCLUDE where no option gives them', () => {
    const env = { PAHOLE_LANG_EXCLUDE: 'rust' };
    expect(settings('', { env }).languages).toEqual({ names: ['rust'], exclude: true });
    expect(settings('--lang=c', { env }).languages).toEqual({ names: ['c'], exclude: false });
    expect(settings('', { env: { PAHOLE_LANG_EXCLUDE: '' } }).languages).toBeUndefined();
  });

  it('keep excluding once --lang_exclude was given', () => {
    expect(settings('--lang_exclude=rust --lang=c').languages).toEqual({ names: ['c'], exclude: true });
  });

  it('are known by name', () => {
    expect(() => settings('--lang=c,nope,d')).toThrow(usage('unknown language "nope,d"'));
  });

  it.each([
    ['c', false, true, true],
    ['rust', false, false, false],
    ['c', true, false, false],
    ['rust', true, true, true],
    ['c99', false, true, false],
    ['c99', true, true, true],
  ])('%s, exclude %s: BTF is kept %s, by pahole %s', (list, exclude, kept, keptByPahole) => {
    const filter = parseLanguages(list, exclude);
    expect([keepsBtf(filter, false), keepsBtf(filter, true)]).toEqual([kept, keptByPahole]);
  });
});

describe('counts over all units', () => {
  it('exclude names of types', () => {
    expect(() => settings('-T -C a')).toThrow(usage(expect.stringContaining('--defined_in')));
    expect(() => settings('-m -i a')).toThrow(
      usage('--nr_methods counts for all types and excludes names of types'),
    );
    expect(() => paholes('-m -C a')).toThrow(
      usage(expect.stringMatching(/^-m\/nr_methods doesn't work with/)),
    );
  });

  it('are the last of what is printed for a type; -m cannot be undone in pahole’s mode', () => {
    expect(settings('-m -s').listing).toBe('sizes');
    expect(settings('-s -T').listing).toBe('definitions');
    expect(paholes('-m -s').listing).toBe('methods');
    expect(paholes('-m -z 8').listing).toBe('methods');
    expect(paholes('-m -T').listing).toBe('definitions');
  });
});
