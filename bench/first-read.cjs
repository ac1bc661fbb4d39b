/**
 * Preloaded (`node --require`) into a start of the program: prints on stderr how many milliseconds pass
 * before it first opens, reads or maps the file named by BENCH_FIRST_READ, and ends the process there.
 * Counting begins where node has started and turns to the program, as it would turn to `-e 0`.
 */
'use strict';

const fs = require('node:fs');

const input = process.env.BENCH_FIRST_READ;
let start = 0;

function watch(holder, name) {
  const original = holder[name];
  holder[name] = function watched(...args) {
    if (args.includes(input)) end();
    return Reflect.apply(original, this, args);
  };
}

function end() {
  const ms = performance.now() - start;
  fs.writeSync(2, `${ms}\n`);
  process.exit(0);
}

watch(fs, 'openSync');
watch(fs, 'readFileSync');

// The functions of an addon are not known beforehand, and its object may not be writable.
const { dlopen } = process;
process.dlopen = (module, ...args) => {
  dlopen.call(process, module, ...args);
  module.exports = { ...module.exports };
  for (const name of Object.keys(module.exports)) watch(module.exports, name);
};

start = performance.now();
