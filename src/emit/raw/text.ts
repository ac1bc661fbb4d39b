/** bpftool's raw dump as text. */

import type { TypeId } from '../../model/table.ts';
import type { RawOutput } from './raw.ts';

/** Characters that are gathered before they are passed on. */
const CHUNK = 1 << 16;

/** Writes text, each character of which is a byte. Call `flush` at the end. */
export class RawText implements RawOutput {
  readonly extendsEnumerators: boolean = false;
  readonly #sink: (text: string) => void;
  #text = '';
  /** Between an element's tabulator and its first word there is no blank. */
  #blank = '';

  constructor(sink: (text: string) => void) {
    this.#sink = sink;
  }

  begin(id: TypeId, kind: string, name: string): void {
    this.#text += `[${id}] ${kind} '${name}'`;
    this.#blank = ' ';
  }

  number(key: string, value: number | bigint, suffix = ''): void {
    this.#text += `${this.#blank}${key}=${value}${suffix}`;
    this.#blank = ' ';
  }

  word(key: string, value: string): void {
    this.#text += ` ${key}=${value}`;
  }

  beginElements(): void {}

  beginElement(name?: string): void {
    this.#text += name === undefined ? '\n\t' : `\n\t'${name}'`;
    this.#blank = name === undefined ? '' : ' ';
  }

  remark(text: string): void {
    this.#text += ` ${text}`;
  }

  endElement(): void {}

  endElements(): void {}

  end(): void {
    this.#text += '\n';
    if (this.#text.length > CHUNK) this.flush();
  }

  flush(): void {
    if (this.#text !== '') this.#sink(this.#text);
    this.#text = '';
  }
}
