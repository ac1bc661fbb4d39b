/** What an encoding may be asked for beyond the plain types: the features that pahole 1.31 knows. */

/** Each feature of `--btf_features`, on or off. */
export interface EncodeFeatures {
  /** Leave out variables whose names BTF cannot have, instead of failing. */
  readonly encodeForce: boolean;
  /** Variables of the per-CPU section. */
  readonly var: boolean;
  /** Floating-point types as such, not as integers. */
  readonly float: boolean;
  readonly declTag: boolean;
  readonly typeTag: boolean;
  /** Enumerators of 64 bits. */
  readonly enum64: boolean;
  /** Functions with parameters that are optimized away; changes nothing since 1.31. */
  readonly optimizedFunc: boolean;
  /** Leave out functions that are declared inconsistently. */
  readonly consistentFunc: boolean;
  /** Tag functions that BPF programs may call. */
  readonly declTagKfuncs: boolean;
  /** Tags that are attributes: arena pointers of kfuncs. */
  readonly attributes: boolean;
  /** The output does not depend on threads; it never does. */
  readonly reproducibleBuild: boolean;
  /** Write `.BTF.base` beside split BTF. */
  readonly distilledBase: boolean;
  /** Variables of all sections. */
  readonly globalVar: boolean;
  /** The parameters that functions have after optimization. */
  readonly trueSignature: boolean;
  /** Write the lengths of records beside them. */
  readonly layout: boolean;
}
