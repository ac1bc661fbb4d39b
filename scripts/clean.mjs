/** Removes the directories named by the arguments, which may be missing. */

import { rmSync } from 'node:fs';

for (const directory of process.argv.slice(2)) rmSync(directory, { recursive: true, force: true });
