/**
 * The features of BTF that an encoder may write, as `--btf_features` of pahole 1.31 names them: which are on
 * without any choice, which are the default set, and how a list of names changes them.
 */

/** What is written besides the types that every reader of BTF knows. */
export interface EncodeFeatures {
  /** `encode_force`: variables with names that BTF does not allow are left out instead of ending the encoding. */
  readonly encodeForce: boolean;
  /** `var`: variables of the section `.data..percpu`. */
  readonly var: boolean;
  /** `float`: floating-point types as such, and not as ints without a sign. */
  readonly float: boolean;
  /** `decl_tag`: the tags of declarations. */
  readonly declTag: boolean;
  /** `type_tag`: the tags of pointed-to types. */
  readonly typeTag: boolean;
  /** `enum64`: enums of 8 bytes with their values whole. */
  readonly enum64: boolean;
  /** `optimized_func`: means nothing any more. */
  readonly optimizedFunc: boolean;
  /** `consistent_func`: functions whose prototypes differ between units are left out. */
  readonly consistentFunc: boolean;
  /** `decl_tag_kfuncs`: functions that BPF programs may call are tagged as such. */
  readonly declTagKfuncs: boolean;
  /** `attributes`: pointers of functions into an arena are tagged by attributes. */
  readonly attributes: boolean;
  /** `reproducible_build`: means nothing, the same input always gives the same bytes. */
  readonly reproducibleBuild: boolean;
  /** `distilled_base`: split BTF is accompanied by what it needs of its base. */
  readonly distilledBase: boolean;
  /** `global_var`: variables of all sections. */
  readonly globalVar: boolean;
  /** `true_signature`: functions that the compiler changed, with the parameters that are left. */
  readonly trueSignature: boolean;
  /** `layout`: the sizes of the kinds, for readers that do not know all of them. */
  readonly layout: boolean;
}

interface Row {
  readonly name: string;
  readonly field: keyof EncodeFeatures;
  /** One of the default set. */
  readonly isDefault: boolean;
  /** On where no list of features is given. */
  readonly isInitial: boolean;
}

/** In the order of pahole's table. */
const ROWS: readonly Row[] = [
  { name: 'encode_force', field: 'encodeForce', isDefault: true, isInitial: false },
  { name: 'var', field: 'var', isDefault: true, isInitial: true },
  { name: 'float', field: 'float', isDefault: true, isInitial: false },
  { name: 'decl_tag', field: 'declTag', isDefault: true, isInitial: true },
  { name: 'type_tag', field: 'typeTag', isDefault: true, isInitial: true },
  { name: 'enum64', field: 'enum64', isDefault: true, isInitial: true },
  { name: 'optimized_func', field: 'optimizedFunc', isDefault: true, isInitial: false },
  { name: 'consistent_func', field: 'consistentFunc', isDefault: true, isInitial: false },
  { name: 'decl_tag_kfuncs', field: 'declTagKfuncs', isDefault: true, isInitial: false },
  { name: 'reproducible_build', field: 'reproducibleBuild', isDefault: false, isInitial: false },
  { name: 'distilled_base', field: 'distilledBase', isDefault: false, isInitial: false },
  { name: 'global_var', field: 'globalVar', isDefault: false, isInitial: false },
  { name: 'attributes', field: 'attributes', isDefault: false, isInitial: false },
  { name: 'true_signature', field: 'trueSignature', isDefault: false, isInitial: false },
  { name: 'layout', field: 'layout', isDefault: false, isInitial: false },
];

/** The names of all features, in the order in which pahole lists them. */
export const FEATURE_NAMES: readonly string[] = ROWS.map(({ name }) => name);

/** No feature at all: what a list of names starts from. */
export const NO_FEATURES: EncodeFeatures = chosen(() => false);

/** What pahole writes without `--btf_features`. */
export const INITIAL_FEATURES: EncodeFeatures = chosen(({ isInitial }) => isInitial);

/** What pahole writes with `--btf_features=default`. */
export const DEFAULT_FEATURES: EncodeFeatures = chosen(({ isDefault }) => isDefault);

function chosen(isOn: (row: Row) => boolean): EncodeFeatures {
  return Object.fromEntries(ROWS.map((row) => [row.field, isOn(row)])) as unknown as EncodeFeatures;
}

/** What {@link addFeatures} found in a list. */
export interface FeatureList {
  readonly features: EncodeFeatures;
  /** Names that are none of {@link FEATURE_NAMES}, in order. */
  readonly unknown: readonly string[];
}

/**
 * `features` and those of a list: names between commas, `default` for the default set; a `+` before the list
 * adds this set, too. Names that mean nothing are left out, so that a list may ask for what later versions know.
 */
export function addFeatures(features: EncodeFeatures, list: string): FeatureList {
  const added: { -readonly [Key in keyof EncodeFeatures]: boolean } = { ...features };
  const unknown: string[] = [];
  const names = list.replace(/^\+/, 'default,').split(',');
  for (const name of names.filter((text) => text !== '')) {
    const rows = ROWS.filter((row) => (name === 'default' ? row.isDefault : row.name === name));
    for (const { field } of rows) added[field] = true;
    if (rows.length === 0) unknown.push(name);
  }
  return { features: added, unknown };
}
