/** `-R` and `-P`: what prints structs with their members moved. Loaded only when it is asked for. */

import { TspaholeError } from '../../index.ts';
import type { RendererMaker } from './renderer.ts';
import { CompatReorganizer } from './reorganize-compat.ts';

/** Makes the renderer of `-R` and `-P`. Throws `unsupported` outside of pahole's mode. */
export const newReorganizer: RendererMaker = (settings, streams) => {
  if (settings.compat) return new CompatReorganizer(settings, streams);
  throw new TspaholeError('unsupported', '--reorganize and --packable need --compat in this version');
};
