/** `-R` and `-P`: what prints structs with their members moved. Loaded only when it is asked for. */

import type { RendererMaker } from './renderer.ts';
import { CompatReorganizer } from './reorganize-compat.ts';
import { ReorganizeDocument } from './reorganize-json.ts';
import { Reorganizer } from './reorganize-own.ts';
import { parseRequest } from './reorganize-request.ts';

/** Makes the renderer of `-R` and `-P`. Throws `usage` for values of a wrong form. */
export const newReorganizer: RendererMaker = (settings, streams, cachelineSize) => {
  if (settings.compat) return new CompatReorganizer(settings, streams);
  const request = parseRequest(settings.reorganizeOptions);
  const document = settings.json ? new ReorganizeDocument(settings, streams, cachelineSize) : undefined;
  return new Reorganizer(settings, streams, request, document);
};
