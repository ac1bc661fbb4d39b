/**
 * From argv to an exit code: sub-commands, the options that end the program at once, and the listing.
 *
 * Everything that a listing of one type does not need is behind an `import()`, since parsing a line of
 * JavaScript that is not run costs time at every start.
 */

import { asksForCompat, type ParsedArguments, type ParsedOption, parseArguments } from './argp.ts';
import { BrokenPipe, type Output, writeText } from './output.ts';
import { printQuickly } from './quick.ts';
import { toSettings } from './settings.ts';

/** What the command line touches of the process. */
export interface Streams {
  readonly out: Output;
  readonly err: Output;
  /** The environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Exit codes: docs/cli.md, "Exit status". */
const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;
const EXIT_BROKEN_PIPE = 141;

/** The version of pahole whose options and text are followed. The kernel's build reads both forms. */
export const PAHOLE_VERSION = 'v1.31';
const PAHOLE_NUMERIC_VERSION = '131';

/**
 * Carries out one command line. `argv` is that of the process: node, the path that the program was
 * started by, arguments. Gives the exit code; never throws.
 */
export async function run(argv: readonly string[], streams: Streams): Promise<number> {
  const args = argv.slice(2);
  const program = argv[1] ?? '';
  const invocation = { program, args, ...modeOf(program, args), streams };
  try {
    return await dispatch(invocation);
  } catch (error) {
    if (error instanceof BrokenPipe) return EXIT_BROKEN_PIPE;
    const { reportFailure } = await import('./failure.ts');
    return reportFailure(error, invocation);
  }
}

/** One start of the program. */
export interface Invocation {
  /** The path that the program was started by. */
  readonly program: string;
  readonly args: readonly string[];
  /** Started under the name `pahole`: there are no sub-commands. */
  readonly asPahole: boolean;
  /** Pahole's mode: `asPahole`, or `--compat`. */
  readonly compat: boolean;
  readonly streams: Streams;
}

/** Node leaves a symbolic link in argv[1] as it was called. */
function modeOf(program: string, args: readonly string[]): { asPahole: boolean; compat: boolean } {
  const asPahole = /(^|[/\\])pahole$/.test(program);
  // The errors of a sub-command are never pahole's.
  const isListing = !SUBCOMMANDS.includes(args[0] ?? '');
  return { asPahole, compat: asPahole || (isListing && asksForCompat(args)) };
}

async function dispatch(invocation: Invocation): Promise<number> {
  const { args, asPahole, compat, streams } = invocation;
  const word = args[0];
  if (!asPahole && word !== undefined && SUBCOMMANDS.includes(word)) {
    const { runSubcommand } = await import('./commands/subcommand.ts');
    return runSubcommand(word, args.slice(1), streams);
  }

  const parsed = parseArguments(args, compat);
  const last = parsed.options.find(({ option }) => ENDING.includes(option.name));
  if (last !== undefined) return end(last, streams);
  if (parsed.error !== undefined) {
    const { reportArgumentError } = await import('./failure.ts');
    return reportArgumentError(parsed.error, invocation);
  }
  const planned = parsed.options.find(({ option }) => option.status === 'planned');
  if (planned !== undefined) return refuse(planned, streams);
  return list(parsed, invocation);
}

/** What pahole does not do. Each is recognised as the exact first word only. */
const SUBCOMMANDS: readonly string[] = ['version', 'header', 'functions', 'btf', 'probe', 'core'];

/** As in argp, these end the program where they stand: errors to their right are not seen. */
const ENDING: readonly string[] = ['help', 'usage', 'version', 'supported_btf_features'];

async function end({ option }: ParsedOption, { out }: Streams): Promise<number> {
  if (option.name === 'version') {
    writeText(out, `${PAHOLE_VERSION}\n`);
    return 0;
  }
  if (option.name === 'supported_btf_features') {
    const { printFeatures } = await import('./commands/encode/features.ts');
    printFeatures(out);
    return 0;
  }
  const { formatHelp, formatUsage } = await import('./help.ts');
  writeText(out, option.name === 'help' ? formatHelp() : formatUsage());
  return 0;
}

function refuse({ option }: ParsedOption, { err }: Streams): number {
  writeText(err, `tspahole: --${option.name} is not supported in this version\n`);
  return EXIT_USAGE;
}

async function list(parsed: ParsedArguments, invocation: Invocation): Promise<number> {
  const { compat, streams } = invocation;
  const has = (name: string): boolean => parsed.options.some(({ option }) => option.name === name);
  if (has('btf_features_strict')) {
    const { reportUnknownFeature } = await import('./commands/encode/features.ts');
    if (reportUnknownFeature(parsed, streams.err)) return EXIT_FAILURE;
  }
  if (has('running_kernel_vmlinux')) {
    const { printRunningVmlinux } = await import('./commands/running-kernel.ts');
    return printRunningVmlinux(streams, compat);
  }
  if (has('numeric_version')) {
    writeText(streams.out, `${PAHOLE_NUMERIC_VERSION}\n`);
    return 0;
  }
  if (has('btf_encode') || has('btf_encode_detached')) {
    const { runEncode } = await import('./commands/encode/encode.ts');
    return runEncode(parsed, invocation);
  }
  const settings = toSettings(parsed, { compat, env: streams.env });
  if (printQuickly(parsed, settings, streams)) return 0;
  const { runList } = await import('./commands/list.ts');
  return runList(settings, streams);
}
