/** What the parts of an encoding share. */

import type { Deduplicator } from '../btf/dedup.ts';
import type { TypeFeatures } from './fates.ts';
import type { EncodeFeatures } from './features.ts';

/** What the types of units are encoded with. */
export interface TypeContext {
  readonly target: Deduplicator;
  readonly features: TypeFeatures;
  /** Is told what is left out, or becomes something else. */
  readonly remark: (text: string) => void;
}

/** What all is encoded with. */
export interface EncodeContext extends TypeContext {
  readonly features: EncodeFeatures;
  /** Takes a line that pahole prints with `-V`; undefined where nobody wants it. */
  readonly log: ((line: string) => void) | undefined;
}
