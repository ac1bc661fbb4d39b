/**
 * The kernel as judge: expansions are given to a kernel that runs in qemu. Needs qemu-system-x86, busybox-static
 * and zstd, and images in /boot (Debian: linux-image-cloud-amd64) or in the folder TSPAHOLE_KERNELS.
 */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSync, type TypeTable } from '../../src/index.ts';
import { Kind } from '../../src/model/kinds.ts';
import { findTypeByName } from '../../src/model/queries.ts';
import { underlyingType } from '../../src/model/traverse.ts';
import type { Member } from '../../src/model/types.ts';
import { tracefsLine } from '../../src/probe/format-tracefs.ts';
import { listFunctions } from '../../src/probe/functions.ts';
import { findGuest, type Guest, runInGuest } from '../support/guest.ts';
import { expandLine } from '../support/probe.ts';

/** The types of a guest's kernel, from its image. */
function typesOf(guest: Guest | undefined): TypeTable | undefined {
  return guest && loadSync(guest.vmlinuz).table();
}

/** Every so many functions, so that about `count` are taken. */
function sample(table: TypeTable, count: number): string[] {
  const names = [...new Set([...listFunctions(table, '*')].map(({ name }) => name))];
  const step = Math.max(1, Math.floor(names.length / count));
  return names.filter((_, index) => index % step === step >> 1).slice(0, count);
}

/** Gives each line to dynamic_events, and says what became of it. */
const TRY_EVENTS = `n=0
while read -r line; do
  n=$((n+1))
  echo > error_log
  if echo "$line" >> dynamic_events 2>/dev/null; then echo "R $n ok"; else echo "R $n $(grep error: error_log)"; fi
done < /events
`;

function outcomes(lines: readonly string[]): string[] {
  return lines.flatMap((line) => /^R \d+ (.*)$/.exec(line)?.[1] ?? []);
}

/** What the kernel says of functions that cannot be probed, whatever is fetched. */
const UNPROBEABLE = /^ok$|Failed to register|not unique|Invalid probed address/;

const old = findGuest('6.1');
const oldTypes = typesOf(old);

describe.skipIf(oldTypes === undefined)('Linux 6.1 (image, qemu and busybox at hand)', () => {
  it('accepts expansions but where the function cannot be probed, and shows the right values', {
    timeout: 300_000,
  }, () => {
    const table = oldTypes as TypeTable;
    const names = sample(table, 300);
    const events = names.map((name, index) => tracefsLine(expandLine(`p:t/e${index} ${name} $$args`, table)));
    const read = 'p:v/read vfs_read $$args file->f_pos file->f_path.dentry->d_name.name:string';
    const script = `${TRY_EVENTS}
echo '${tracefsLine(expandLine(read, table))}' >> kprobe_events
echo 1 > events/v/read/enable
dd if=/sample of=/dev/null bs=64 count=1 2>/dev/null
echo 0 > events/v/read/enable
grep dd- trace`;
    const files = { events: `${events.join('\n')}\n`, sample: 'x'.repeat(64) };
    const lines = runInGuest(old as Guest, script, files);
    const results = outcomes(lines);
    expect(results).toHaveLength(events.length);
    expect(results.filter((result) => !UNPROBEABLE.test(result))).toEqual([]);
    expect(results.filter((result) => result === 'ok').length).toBeGreaterThan(200);
    expect(lines.some((line) => /count=64 .*f_pos=0 name="sample"/.test(line))).toBe(true);
  });
});

const recent = findGuest('6.12');
const recentTypes = typesOf(recent);

/** 120 members of a task, and 80 of what its members hold or point to. */
function pathsOfTask(table: TypeTable): string[] {
  const task = findTypeByName(table, 'task_struct') ?? 0;
  const own = membersOf(table, task).slice(0, 120);
  const inner = membersOf(table, task).flatMap(({ name, typeId }) => {
    const id = underlyingType(table, typeId);
    const isPointer = table.kind(id) === Kind.Pointer;
    const held = isPointer ? underlyingType(table, table.sizeOrType(id)) : id;
    const names = membersOf(table, held).map((member) => `p->${name}${isPointer ? '->' : '.'}${member.name}`);
    return names.slice(0, 4);
  });
  return [...own.map(({ name }) => `p->${name}`), ...inner.slice(0, 80)];
}

function membersOf(table: TypeTable, id: number): readonly Member[] {
  const type = table.type(id);
  return type.kind === 'struct' || type.kind === 'union'
    ? type.members.filter(({ name }) => name !== '')
    : [];
}

/** The fields of an event's format, as text without the name of the event and its numbers. */
function fieldsOf(lines: readonly string[], group: string, index: number): string[] {
  const start = lines.indexOf(`F ${group} ${index}`);
  const end = lines.findIndex((line, at) => at > start && line === 'E');
  return lines
    .slice(start + 1, end)
    .filter((line) => line.includes('field:') && !/common_|__probe/.test(line));
}

describe.skipIf(recentTypes === undefined)('Linux 6.12 (image, qemu and busybox at hand)', () => {
  it('records what its own $arg* records, but for values that take several words', {
    timeout: 300_000,
  }, () => {
    const table = recentTypes as TypeTable;
    const names = sample(table, 250);
    const own = names.map((name, index) =>
      expandLine(`p:w/e${index} ${name} $$args`, table, { rule: 'kernel' }),
    );
    const events = own.flatMap((probe, index) => [`p:k/e${index} ${names[index]} $arg*`, tracefsLine(probe)]);
    const script = `${TRY_EVENTS}
for g in k w; do for d in events/$g/*/; do
  n=\${d%/}; n=\${n##*/e}; echo "F $g $n"; cat $d/format; echo E
done; done`;
    const lines = runInGuest(recent as Guest, script, { events: `${events.join('\n')}\n` });
    const results = outcomes(lines);
    let compared = 0;
    const differing: string[] = [];
    for (const [index, name] of names.entries()) {
      const [kernel, ours] = [results[2 * index], results[2 * index + 1]];
      // Without parameters, and with some that the kernel cannot name, there is nothing to compare with.
      if (kernel !== 'ok' || ours !== 'ok') {
        if (ours !== 'ok' && !UNPROBEABLE.test(ours ?? '')) differing.push(`${name}: ${ours}`);
        continue;
      }
      compared++;
      if (fieldsOf(lines, 'k', index).join('\n') !== fieldsOf(lines, 'w', index).join('\n'))
        differing.push(name);
    }
    expect(differing).toEqual([]);
    expect(compared).toBeGreaterThan(150);
  });

  it('fetches the same values for paths of members', { timeout: 300_000 }, () => {
    const table = recentTypes as TypeTable;
    const paths = pathsOfTask(table);
    expect(paths).toHaveLength(200);
    const events = paths.map((path, index) => {
      const ours = tracefsLine(
        expandLine(`p:m/e${index} wake_up_new_task u=${path}`, table, { rule: 'kernel' }),
      );
      return `${ours} k=${path}`;
    });
    const script = `${TRY_EVENTS}
echo 1 > events/m/enable
(true) & wait
(true) & wait
echo 0 > events/m/enable
grep ' u=' trace`;
    const lines = runInGuest(recent as Guest, script, { events: `${events.join('\n')}\n` });
    expect(outcomes(lines)).toEqual(events.map(() => 'ok'));
    const hits = lines.flatMap((line) => {
      const found = / u=(\S+) k=(\S+)/.exec(line);
      return found === null ? [] : [[found[1], found[2]] as const];
    });
    expect(hits.length).toBeGreaterThanOrEqual(paths.length);
    expect(hits.filter(([ours, kernel]) => ours !== kernel)).toEqual([]);
  });

  it('shows the right values behind structures by value, where its own $arg* does not', {
    timeout: 300_000,
  }, ({ skip }) => {
    const table = recentTypes as TypeTable;
    const program = compileTrigger();
    if (program === undefined) return skip('gcc makes no static program');
    const lines = ['sk_setsockopt', 'do_pages_move'].flatMap((name, index) => [
      tracefsLine(expandLine(`p:u/e${index} ${name} $$args`, table)),
      `p:k/e${index} ${name} $arg*`,
    ]);
    const script = `${TRY_EVENTS}
echo 1 > events/u/enable
echo 1 > events/k/enable
base64 -d /trigger > /run-trigger; chmod +x /run-trigger; /run-trigger
grep -E ' e[01]: ' trace`;
    const files = { events: `${lines.join('\n')}\n`, trigger: program.toString('base64') };
    const shown = runInGuest(recent as Guest, script, files);
    expect(outcomes(shown)).toEqual(['ok', 'ok', 'ok', 'ok']);
    const values = (field: string): string[] =>
      shown.flatMap((line) => new RegExp(` ${field}=(\\S+)`).exec(line)?.[1] ?? []);
    expect(values('optlen').sort()).toEqual(['0', '4']);
    expect(values('nr_pages')).toHaveLength(2);
    expect(values('nr_pages')).toContain('1');
  });
});

/** A program that sets a socket option of four bytes and moves one page; undefined without a compiler. */
function compileTrigger(): Buffer | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'tspahole-trigger-'));
  try {
    writeFileSync(join(folder, 'trigger.c'), TRIGGER);
    const args = ['-static', '-O1', '-o', 'trigger', 'trigger.c'];
    const { status } = spawnSync('gcc', args, { cwd: folder });
    return status === 0 ? readFileSync(join(folder, 'trigger')) : undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const TRIGGER = `#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void)
{
	int one = 1, node = 0, status = 0;
	void *page = &one;

	setsockopt(socket(AF_UNIX, SOCK_STREAM, 0), SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	syscall(SYS_move_pages, 0, 1L, &page, &node, &status, 2);
	return 0;
}
`;
