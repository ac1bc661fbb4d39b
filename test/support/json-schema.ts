/** Checks documents of `--json` against docs/tspahole.schema.json. */

import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';

const SCHEMA: object = JSON.parse(
  readFileSync(new URL('../../docs/tspahole.schema.json', import.meta.url), 'utf8'),
) as object;

const validate = new Ajv2020({ strict: true, allowUnionTypes: false }).compile(SCHEMA);

/** What is wrong with a document, one line each. What the document lacks of a header is filled in. */
export function validateDocument(document: object): string[] {
  const header = { schemaVersion: 1, tool: 'tspahole', toolVersion: '0.0.0', cachelineSize: 64 };
  return validateWhole({ ...header, ...document });
}

/** What is wrong with a document, one line each. */
export function validateWhole(document: unknown): string[] {
  if (validate(document)) return [];
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}
