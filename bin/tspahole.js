#!/usr/bin/env node
// Starts the bundled command line. CommonJS, because an ES module costs 5 ms more at every start.
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const bundle = join(__dirname, '../dist/cli/start.js');
if (existsSync(bundle)) {
  const { start, leave } = require(bundle);
  start().then(leave);
} else {
  console.error('tspahole: the command line is not built; run `npm ci && npm run build` in its directory');
  process.exitCode = 1;
}
