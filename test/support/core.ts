/** What libbpf says about CO-RE relocations in its debug log, and what this project says in the same words. */

import { readFileSync } from 'node:fs';
import { formatAccess } from '../../src/core/access.ts';
import { type BpfObject, readBpfObject } from '../../src/core/object.ts';
import { type CoreResolution, resolveRelocations } from '../../src/core/resolve.ts';
import { CoreTarget } from '../../src/core/target.ts';
import { parseElf } from '../../src/elf/file.ts';
import { loadSync } from '../../src/load.ts';

export function readObject(path: string): BpfObject {
  return readBpfObject(parseElf(readFileSync(path)));
}

export function targetOf(path: string): CoreTarget {
  return new CoreTarget({ name: 'vmlinux', table: loadSync(path, { formats: ['btf'] }).table() });
}

/** The accesses that a log tells: in the object, and those that match in the target. */
export function logged(log: string): string[] {
  return log.split('\n').flatMap((line) => {
    const found = /^libbpf: prog '.*': relo #\d+: (matching candidate #\d+ )?(<.*)$/.exec(line);
    return found === null ? [] : [`${found[1] === undefined ? '' : '  '}${found[2]}`];
  });
}

/** The same lines of our own. */
export function resolvedLines(object: BpfObject, target: CoreTarget): string[] {
  return accessLines(resolveRelocations(object.relocations, { local: object.table, target }));
}

/** What a log tells of these: up to the first failure, as libbpf goes no further. */
export function accessLines(resolutions: readonly CoreResolution[]): string[] {
  const failure = resolutions.findIndex(({ outcome }) => outcome.status === 'failed');
  return resolutions.slice(0, failure < 0 ? undefined : failure + 1).flatMap(linesOf);
}

function linesOf({ spec, trials }: CoreResolution): string[] {
  if (spec === undefined) return [];
  const matching = trials.flatMap(({ found }) => ('spec' in found ? [`  ${formatAccess(found.spec)}`] : []));
  return [formatAccess(spec), ...matching];
}
