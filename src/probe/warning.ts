/** What may be wrong with a probe although tracefs accepts it. */

/** Kinds of warnings; docs/probe.md describes each. */
export type WarningCode =
  | 'W1'
  | 'W2'
  | 'W3'
  | 'W4'
  | 'W5'
  | 'W6'
  | 'W7'
  | 'W8'
  | 'W9'
  | 'W10'
  | 'W11'
  | 'W12'
  | 'W13';

/** One warning: its kind, and one sentence without a full stop. */
export interface Warning {
  readonly code: WarningCode;
  readonly text: string;
}
