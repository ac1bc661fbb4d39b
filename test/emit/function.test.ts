/** Functions: the rules in which pfunct is wrong about one of them. */

import { expect, it } from 'vitest';
import { FunctionEmitter } from '../../src/emit/function.ts';
import { NO_FUNCTION_QUIRKS } from '../../src/emit/function-quirks.ts';
import { decodeBtf, Layouts } from '../../src/index.ts';
import { btf, declTag, func, funcProto } from '../support/btf-writer.ts';
import { BASICS, INT } from '../support/print.ts';

it('sharedTags: the tags of a parameter are those of its function', () => {
  const records = [funcProto(0, [['p', INT]]), func('f', 4), func('g', 4), declTag('rcu', 5, 0)];
  const layouts = new Layouts(decodeBtf(btf([...BASICS, ...records])));
  const texts = [true, false].map((sharedTags) => {
    const functionQuirks = { ...NO_FUNCTION_QUIRKS, sharedTags };
    const emitter = new FunctionEmitter(layouts, { functionQuirks });
    emitter.emit(5);
    emitter.emit(6);
    return emitter.context.out.text();
  });
  expect(texts).toEqual(['void f(rcu int p);void g(rcu int p);', 'void f(rcu int p);void g(int p);']);
});
