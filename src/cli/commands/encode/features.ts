/** The features that a command line asks for, and what it says about those that it does not know. */

import { addFeatures, type EncodeFeatures, NO_FEATURES } from '../../../index.ts';
import { FEATURE_NAMES, INITIAL_FEATURES } from '../../../internal.ts';
import type { ParsedArguments, ParsedOption } from '../../argp.ts';
import type { OptionName } from '../../options.ts';
import { type Output, writeText } from '../../output.ts';

/** Prints the names of all features in a line, as pahole does. */
export function printFeatures(out: Output): void {
  writeText(out, `${FEATURE_NAMES.join(',')}\n`);
}

/**
 * Reports the first name of a `--btf_features_strict` that is no feature, in pahole's words, and gives whether there
 * is one.
 */
export function reportUnknownFeature({ options }: ParsedArguments, err: Output): boolean {
  for (const { option, value = '' } of options) {
    if (option.name !== 'btf_features_strict') continue;
    const [name] = addFeatures(NO_FEATURES, value).unknown;
    if (name === undefined) continue;
    const list = value.replace(/^\+/, '');
    writeText(err, `Feature '${name}' in '${list}' is not supported.  Supported BTF features are:\n`);
    printFeatures(err);
    return true;
  }
  return false;
}

/** The names in `--btf_features` that are no features, and are passed over. */
export function unknownFeatures({ options }: ParsedArguments): readonly string[] {
  return options.flatMap(({ option, value = '' }) =>
    option.name === 'btf_features' ? addFeatures(NO_FEATURES, value).unknown : [],
  );
}

/** The features after all options, in the order in which they stand. */
export function featuresOf({ options }: ParsedArguments, compat: boolean): EncodeFeatures {
  let features = INITIAL_FEATURES;
  let isListed = false;
  for (const given of options) {
    const list = listOf(given, compat);
    if (list === undefined) features = { ...features, ...SWITCHES[given.option.name] };
    else features = addFeatures(isListed ? features : NO_FEATURES, list).features;
    isListed ||= list !== undefined;
  }
  return features;
}

/** The features that an option lists; the first list starts from none. */
function listOf({ option, value = '' }: ParsedOption, compat: boolean): string | undefined {
  if (option.name === 'btf_features' || option.name === 'btf_features_strict') return value;
  // pahole asks for a feature of this name, which it has no longer, and so turns all others off.
  if (option.name === 'btf_gen_all') return compat ? 'all' : 'default';
  return undefined;
}

/** What options turn on or off by themselves. */
const SWITCHES: Partial<Record<OptionName, Partial<EncodeFeatures>>> = {
  btf_attributes: { attributes: true },
  btf_encode_force: { encodeForce: true },
  btf_gen_floats: { float: true },
  btf_gen_optimized: { optimizedFunc: true },
  reproducible_build: { reproducibleBuild: true },
  skip_encoding_btf_decl_tag: { declTag: false },
  skip_encoding_btf_enum64: { enum64: false },
  skip_encoding_btf_inconsistent_proto: { consistentFunc: true },
  skip_encoding_btf_type_tag: { typeTag: false },
  skip_encoding_btf_vars: { var: false },
};
