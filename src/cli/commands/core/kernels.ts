/** The kernels that the `core` commands look at: files with BTF, and folders of them. */

import { type Dirent, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { CoreTarget, loadSync, type NamedTable, TspaholeError, type TypeTable } from '../../../index.ts';
import { emptyTable } from '../../../internal.ts';
import { readBtf } from '../btf/input.ts';

/** A kernel under the name that the user knows it by. */
export interface Kernel {
  readonly path: string;
  readonly target: CoreTarget;
}

/** Where the running kernel and its modules offer their types. */
export const RUNNING_KERNEL = '/sys/kernel/btf';

/** A place that may hold a kernel. */
export interface KernelFile {
  readonly path: string;
  /** Reads the kernel; undefined for a file in a folder that holds no types. Throws as `loadSync` does. */
  load(): Kernel | undefined;
}

/**
 * The kernels of a path: a file is one; a folder that holds a `vmlinux` is one with the other files as its modules;
 * any other folder holds kernels, each a file or such a folder. The files and folders `modules` belong to each of them.
 * Throws `io` for a folder that cannot be read.
 */
export function findKernels(path: string, modules: readonly string[] = []): KernelFile[] {
  if (!isFolder(path) || hasVmlinux(path)) return [{ path, load: () => loadKernel(path, modules) }];
  return entriesOf(path)
    .map(({ name }) => join(path, name))
    .filter((each) => !isFolder(each) || hasVmlinux(each))
    .map((each) => ({ path: each, load: () => loadIfAny(each, modules) }));
}

/** The one kernel of a path. Throws `usage` for a folder of several, and as `loadSync` does. */
export function onlyKernel(path: string, modules: readonly string[] = []): Kernel {
  if (isFolder(path) && !hasVmlinux(path)) throw new TspaholeError('usage', `${path} holds no vmlinux`);
  return loadKernel(path, modules);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function entriesOf(folder: string): Dirent[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.sort((left, right) => (left.name < right.name ? -1 : 1));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new TspaholeError('io', `cannot read: ${code}`, { file: folder }, error);
  }
}

function hasVmlinux(folder: string): boolean {
  return statSync(join(folder, 'vmlinux'), { throwIfNoEntry: false })?.isFile() === true;
}

function loadIfAny(path: string, modules: readonly string[]): Kernel | undefined {
  try {
    return loadKernel(path, modules);
  } catch (error) {
    if (error instanceof TspaholeError && error.code === 'not-found') return undefined;
    throw error;
  }
}

function loadKernel(path: string, modules: readonly string[]): Kernel {
  if (!isFolder(path)) return kernelOf(path, path, modules);
  const others = entriesOf(path).filter((entry) => entry.name !== 'vmlinux' && !entry.isDirectory());
  const own = others.map(({ name }) => join(path, name));
  return kernelOf(path, join(path, 'vmlinux'), [...own, ...modules]);
}

function kernelOf(path: string, file: string, modules: readonly string[]): Kernel {
  const table = loadSync(file, { formats: ['btf'] }).table();
  const files = modules.flatMap(moduleFiles);
  const target = new CoreTarget(
    { name: basename(file), table },
    files.map((each) => new Module(each, table)),
  );
  return { path, target };
}

/** A file, or the files of modules below a folder. */
function moduleFiles(path: string): string[] {
  if (!isFolder(path)) return [path];
  const names = readdirSync(path, { recursive: true }).map(String);
  return names
    .filter((name) => /\.(ko|btf)$/.test(name))
    .sort()
    .map((name) => join(path, name));
}

/** A module, whose types are read when they are first needed. */
class Module implements NamedTable {
  readonly name: string;
  readonly #path: string;
  readonly #base: TypeTable;
  #table: TypeTable | undefined;

  constructor(path: string, base: TypeTable) {
    this.name = basename(path).replace(/\.(ko|btf)$/, '');
    this.#path = path;
    this.#base = base;
  }

  get table(): TypeTable {
    this.#table ??= this.#read();
    return this.#table;
  }

  /** A file without types, which a folder may hold, is a module without types. */
  #read(): TypeTable {
    try {
      return readBtf(this.#path, this.#base).table;
    } catch (error) {
      if (error instanceof TspaholeError && error.code === 'not-found') return emptyTable();
      throw error;
    }
  }
}
