/**
 * What is encoded of a kernel and of its modules against what pahole 1.31 encodes: the same lines of types, with
 * several sets of features. The kernel is a vmlinux of Linux 6.1 with its modules, see ../support/kernel-61.ts.
 */

import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeRawType } from '../../src/emit/raw/raw.ts';
import { RawText } from '../../src/emit/raw/text.ts';
import { INITIAL_FEATURES } from '../../src/encode/features.ts';
import {
  DEFAULT_FEATURES,
  decodeBtf,
  type EncodeFeatures,
  encodeFile,
  loadSync,
  type TypeTable,
} from '../../src/index.ts';
import { loadBinding } from '../../src/native/binding.ts';
import { modules61, NO_MODULES_61, NO_VMLINUX_61, vmlinux61 } from '../support/kernel-61.ts';
import { firstDifference, hasPeer, paholeVersion, runPeer } from '../support/peer.ts';

const TIMEOUT = 600_000;
const MODULE_COUNT = 100;
const DISTILLED_COUNT = 10;

const FEATURES: readonly (readonly [option: string, features: EncodeFeatures])[] = [
  ['--btf_features=default', DEFAULT_FEATURES],
  ['', INITIAL_FEATURES],
  ['--btf_features=+global_var', { ...DEFAULT_FEATURES, globalVar: true }],
  ['--btf_features=+attributes', { ...DEFAULT_FEATURES, attributes: true }],
  ['--btf_features=+true_signature', { ...DEFAULT_FEATURES, trueSignature: true }],
];

const hasAddon = loadBinding('tspahole_dwarf') !== undefined;
const hasObjcopy = spawnSync('objcopy', ['--version']).status === 0;
const modules = modules61(MODULE_COUNT);

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tspahole-encode-'));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function dump(table: TypeTable): Buffer {
  const pieces: string[] = [];
  const output = new RawText((piece) => pieces.push(piece));
  for (let id = table.firstId; id < table.end; id++) writeRawType(table, id, output);
  output.flush();
  return Buffer.from(pieces.join(''), 'latin1');
}

/** What pahole encodes of a file. */
function encodedByPeer(path: string, options: readonly string[], base?: TypeTable): TypeTable {
  const output = join(folder, 'peer.btf');
  const { code } = runPeer(['-J', ...options, `--btf_encode_detached=${output}`, path], { timeout: TIMEOUT });
  expect(code).toBe(0);
  return decodeBtf(readFileSync(output), { base });
}

function expectSame(peer: TypeTable, own: TypeTable): void {
  expect(firstDifference(dump(peer), dump(own))).toBe('');
}

const witnesses = `pahole 1.31 (here: ${paholeVersion}), ${vmlinux61 ?? NO_VMLINUX_61}`;

describe.skipIf(!hasAddon || !hasPeer || vmlinux61 === undefined)(`a kernel; takes ${witnesses}`, () => {
  const path = vmlinux61 as string;

  it.each(FEATURES)(
    '%s',
    (option, features) => {
      const peer = encodedByPeer(path, option === '' ? [] : [option]);
      expectSame(peer, encodeFile(path, { features }).table);
    },
    TIMEOUT,
  );

  describe.skipIf(modules.length === 0)(`its modules; takes ${NO_MODULES_61}`, () => {
    let base: TypeTable;
    let basePath: string;

    beforeAll(() => {
      basePath = join(folder, 'base.btf');
      const { code } = runPeer(['-J', '--btf_features=default', `--btf_encode_detached=${basePath}`, path], {
        timeout: TIMEOUT,
      });
      expect(code).toBe(0);
      base = loadSync(basePath).table();
    }, TIMEOUT);

    it.each(FEATURES)(
      '%s',
      (option, features) => {
        for (const module of modules) {
          const options = ['--btf_base', basePath, ...(option === '' ? [] : [option])];
          expectSame(encodedByPeer(module, options, base), encodeFile(module, { features, base }).table);
        }
      },
      TIMEOUT,
    );

    it.skipIf(!hasObjcopy)(
      '--btf_features=+distilled_base (takes objcopy)',
      () => {
        const features = { ...DEFAULT_FEATURES, distilledBase: true };
        for (const module of modules.slice(0, DISTILLED_COUNT)) {
          const copy = join(folder, 'module.ko');
          copyFileSync(module, copy);
          const args = ['--btf_base', basePath, '-J', '--btf_features=+distilled_base', copy];
          expect(runPeer(args, { env: { LLVM_OBJCOPY: 'objcopy' } }).code).toBe(0);
          const peer = loadSync(copy, { formats: ['btf'] }).table();
          const { sections } = encodeFile(module, { features, base });
          const ownBase = decodeBtf(sections.get('.BTF.base') as Uint8Array);
          expectSame(peer.base as TypeTable, ownBase);
          expectSame(peer, decodeBtf(sections.get('.BTF') as Uint8Array, { base: ownBase }));
        }
      },
      TIMEOUT,
    );
  });
});
