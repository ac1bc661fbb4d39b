/** The options of `tspahole functions`, and its help. */

import type { CommandOption } from '../../command.ts';

/** In the order of the help. */
export const FUNCTION_OPTIONS: readonly CommandOption[] = [
  { name: 'prototypes', short: 'P', help: 'print prototypes' },
  { name: 'all', short: 'A', help: 'print the prototype of every definition, in the order of the file' },
  { name: 'function', short: 'f', metavar: 'NAME', help: 'only the function NAME; with -A all of that name' },
  { name: 'addr', short: 'a', metavar: 'ADDRESS', help: 'only the function whose code is at ADDRESS' },
  {
    name: 'class',
    short: 'c',
    metavar: 'STRUCT',
    help: 'only functions with a parameter that points to STRUCT',
  },
  { name: 'externals', short: 'E', help: 'only functions that other units can call' },
  { name: 'cc-inlined', short: 'H', help: 'only functions that were inlined unasked' },
  { name: 'cc-uninlined', short: 'G', help: 'only functions that were declared inline and not inlined' },
  {
    name: 'expand-types',
    short: 'b',
    help: 'print the types that prototypes need before them',
  },
  {
    name: 'compile',
    metavar: 'NAME',
    optional: true,
    help: 'as -b, and each function with a body, to be compiled; only the function NAME if given',
  },
  { name: 'no-parm-names', help: 'leave out the names of parameters' },
  { name: 'decl-info', short: 'l', help: 'print where functions are declared' },
  { name: 'sizes', short: 's', help: 'print names and sizes of code in bytes' },
  { name: 'nr-parms', short: 'p', help: 'print names and numbers of parameters' },
  { name: 'nr-variables', short: 'S', help: 'print names and numbers of variables' },
  { name: 'goto-labels', short: 'g', help: 'print names and numbers of labels' },
  { name: 'function-name-len', short: 'N', help: 'print names and their lengths' },
  { name: 'inline-expansions', short: 'i', help: 'print what was inlined into each function' },
  {
    name: 'inline-expansions-stats',
    short: 'I',
    help: 'print how many functions were inlined into each, and their bytes',
  },
  { name: 'total-inline-stats', short: 't', help: 'print how often each function was inlined' },
  { name: 'variables', short: 'T', help: 'with -V or -f: print what the body contains' },
  { name: 'verbose', short: 'V', help: 'print prototypes and how many definitions there are' },
  { name: 'format-path', short: 'F', metavar: 'LIST', help: 'formats to look for, in order: dwarf, btf' },
  { name: 'json', help: 'print JSON; with -i what was inlined too' },
  { name: 'compat', help: 'print exactly what pfunct 1.31 prints, its mistakes included' },
];

/** What stands below the options. */
export const FUNCTION_NOTES = `Without FILE: the functions of the running kernel. NAME alone is one of these.

Exit status: 0 found, 1 not found or not readable, 2 wrong usage.

Examples:
  tspahole functions -P vmlinux               all prototypes
  tspahole functions -f vfs_read              a function of the running kernel
  tspahole functions -s libc.so.6             sizes
  tspahole functions -c file -F btf vmlinux   functions that take a struct file *
  tspahole functions -f main -i a.out         what was inlined into main
  tspahole functions -b -f main a.out         main and the types that it needs
  tspahole functions -E --json libc.so.6      exported functions as JSON
`;
