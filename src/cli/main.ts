/** Entry of the bundle that bin/tspahole.js loads: runs the command line of this process. */

import { descriptorOutput } from './output.ts';
import { run } from './run.ts';

void run(process.argv, {
  out: descriptorOutput(1, 'standard output'),
  err: descriptorOutput(2, 'standard error'),
  env: process.env,
}).then((code) => {
  process.exitCode = code;
});
