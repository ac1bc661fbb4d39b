/** bpftool's raw dump as JSON, in one line or indented. */

import type { TypeId } from '../../model/table.ts';
import type { RawOutput } from './raw.ts';

const CHUNK = 1 << 16;

/**
 * Writes one object with all types, each character of which is a byte: names are not valid UTF-8 where
 * those of the file are not. Control characters other than white space stand as they are, as in bpftool.
 * Call `finish` at the end.
 */
export class RawJson implements RawOutput {
  readonly extendsEnumerators: boolean = true;
  readonly #sink: (text: string) => void;
  readonly #isPretty: boolean;
  #text = '';
  #depth = 0;
  #separator = '';

  constructor(sink: (text: string) => void, isPretty = false) {
    this.#sink = sink;
    this.#isPretty = isPretty;
    this.#open('{');
    this.beginElements('types');
  }

  begin(id: TypeId, kind: string, name: string): void {
    this.#open('{');
    this.number('id', id);
    this.word('kind', kind);
    this.word('name', name);
  }

  number(key: string, value: number | bigint): void {
    this.#key(key);
    this.#text += value;
    this.#separator = ',';
  }

  word(key: string, value: string): void {
    this.#key(key);
    this.#text += quoted(value);
    this.#separator = ',';
  }

  beginElements(key: string): void {
    this.#key(key);
    this.#open('[');
  }

  beginElement(name?: string): void {
    this.#open('{');
    if (name !== undefined) this.word('name', name);
  }

  remark(): void {}

  endElement(): void {
    this.#close('}');
  }

  endElements(): void {
    this.#close(']');
  }

  end(): void {
    this.#close('}');
    if (this.#text.length > CHUNK) this.#flush();
  }

  finish(): void {
    this.#close(']');
    this.#close('}');
    this.#text += '\n';
    this.#flush();
  }

  #flush(): void {
    this.#sink(this.#text);
    this.#text = '';
  }

  #open(bracket: string): void {
    this.#text += this.#separator + bracket;
    this.#separator = '';
    this.#depth++;
  }

  #close(bracket: string): void {
    this.#depth--;
    if (this.#separator !== '') this.#newLine();
    this.#text += bracket;
    this.#separator = ',';
  }

  #key(key: string): void {
    this.#text += this.#separator;
    this.#newLine();
    this.#text += this.#isPretty ? `"${key}": ` : `"${key}":`;
    this.#separator = '';
  }

  #newLine(): void {
    if (this.#isPretty) this.#text += `\n${'    '.repeat(this.#depth)}`;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\f': '\\f',
  '\b': '\\b',
  '\\': '\\\\',
  '"': '\\"',
};

function quoted(text: string): string {
  return `"${text.replaceAll(/[\t\n\r\f\b\\"]/g, (character) => ESCAPES[character] as string)}"`;
}
