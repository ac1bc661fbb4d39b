/**
 * The kernels that a definition is for: what their tracefs understands, by version (linux kernel/trace, and
 * Documentation/trace/kprobetrace.rst of each release) or by what tracefs says of itself in its README.
 */

import { TspaholeError } from '../model/errors.ts';

/** Something that not every kernel understands. */
export type Feature =
  | 'argN'
  | 'userMemory'
  | 'immediate'
  | 'returnSuffix'
  | 'eprobe'
  | 'eprobeFilter'
  | 'symstr'
  | 'char'
  | 'fprobe'
  | 'tracepoint'
  | 'returnArguments'
  | 'dentryTypes'
  | 'typecast';

/** The first release that has each feature. */
const SINCE: Readonly<Record<Feature, readonly [major: number, minor: number]>> = {
  argN: [4, 20],
  userMemory: [5, 3],
  immediate: [5, 4],
  returnSuffix: [5, 10],
  eprobe: [5, 15],
  eprobeFilter: [6, 1],
  symstr: [6, 2],
  char: [6, 3],
  fprobe: [6, 5],
  tracepoint: [6, 5],
  returnArguments: [6, 9],
  dentryTypes: [6, 10],
  typecast: [7, 3],
};

/** A text in tracefs' README that shows each feature. */
const README_TEXT: Readonly<Record<Feature, string>> = {
  argN: '$arg<N>',
  userMemory: '[u]<offset>',
  immediate: 'imm-value',
  returnSuffix: '%return',
  eprobe: 'e[:[<group>/]',
  eprobeFilter: '[if <filter>]',
  symstr: 'symstr',
  char: ' char, string',
  fprobe: 'f[:[<group>/]',
  tracepoint: 't[:[<group>/]',
  returnArguments: 'kernel return probes support:',
  dentryTypes: '%pd/%pD',
  typecast: '[(structname[,field])]',
};

/** A kernel as far as definitions depend on it. */
export interface Target {
  /** What to call it in messages. */
  readonly name: string;
  readonly features: ReadonlySet<Feature>;
  /** Longest text of one argument behind its name, type included, in characters. */
  readonly maxBody: number;
  /** Deepest nesting of `+N(`. */
  readonly maxNesting: number;
}

const FEATURES = Object.keys(SINCE) as Feature[];
const SHORT_BODY = 63;
const LONG_BODY = 255;
const MAX_OPERATIONS = 14;
const NEW_MAX_NESTING = 8;

/**
 * A kernel of which nothing is known: every feature may be used where it is asked for, but limits are those
 * that all kernels keep.
 */
export const ANY_TARGET: Target = {
  name: 'any kernel',
  features: new Set(FEATURES),
  maxBody: SHORT_BODY,
  maxNesting: MAX_OPERATIONS,
};

/** What tracers that do without tracefs need of a kernel: nothing of all this. */
export const NO_TRACEFS: Target = {
  ...ANY_TARGET,
  maxBody: Number.POSITIVE_INFINITY,
  maxNesting: Number.POSITIVE_INFINITY,
};

/** The kernel of a release such as `6.1` or `6.1.0-50-cloud-amd64`. Throws `usage` for other texts. */
export function targetOfVersion(text: string): Target {
  const found = /^v?(\d{1,3})\.(\d{1,3})(?:[.\-+~].*)?$/.exec(text);
  if (found === null)
    throw new TspaholeError('usage', `target '${text}' is neither a version as 6.1 nor running`);
  const version = [Number(found[1]), Number(found[2])] as const;
  const features = new Set(FEATURES.filter((feature) => !isBefore(version, SINCE[feature])));
  return { name: `Linux ${version.join('.')}`, features, ...limitsOf(features) };
}

/** The kernel that wrote this README of tracefs. */
export function targetOfReadme(readme: string, name: string): Target {
  const features = new Set(FEATURES.filter((feature) => readme.includes(README_TEXT[feature])));
  return { name, features, ...limitsOf(features) };
}

function limitsOf(features: ReadonlySet<Feature>): Pick<Target, 'maxBody' | 'maxNesting'> {
  // The three came with the same merge.
  const isNew = features.has('typecast');
  return isNew
    ? { maxBody: LONG_BODY, maxNesting: NEW_MAX_NESTING }
    : { maxBody: SHORT_BODY, maxNesting: MAX_OPERATIONS };
}

function isBefore(version: readonly [number, number], since: readonly [number, number]): boolean {
  return version[0] < since[0] || (version[0] === since[0] && version[1] < since[1]);
}

/** The release that has a feature first, as `6.5`. */
export function sinceText(feature: Feature): string {
  return SINCE[feature].join('.');
}
