import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Dataset, Entity, Group, Metadata } from 'h5wasm/node';
import { isExportError, messageOf } from '../../../model/exportError';
import { DamagedTable } from '../damagedTable';

/** What lies in an HDF5 file: groups and datasets, by the names of one level. */
export class Hdf5Group {
  /** @param fileBytes the size of the whole file */
  constructor(
    private readonly group: Group,
    private readonly fileBytes: number,
  ) {}

  get names(): readonly string[] {
    return this.group.keys();
  }

  attribute(name: string): unknown {
    return attributeOf(this.group, name);
  }

  /** A group; `undefined` if nothing or something else has this name. Links into other files are not followed. */
  child(name: string): Hdf5Group | undefined {
    const found = entityOf(this.group, name);
    return isOf(found, 'Group') ? new Hdf5Group(found as Group, this.fileBytes) : undefined;
  }

  /** Values; `undefined` if nothing or something else has this name. */
  dataset(name: string): Hdf5Dataset | undefined {
    const found = entityOf(this.group, name);
    return isOf(found, 'Dataset') ? new Hdf5Dataset(name, found as Dataset, this.fileBytes) : undefined;
  }
}

/** So many values, and bytes of them, are read at once at most: what a file claims is no reason to take all memory. */
const maxValues = 2 ** 25;
const maxBytes = 2 ** 30;

/** Deflate makes of a byte at most 1032; what was never written is filled in without a byte, which few files need. */
const maxPacking = 1100;
const alwaysRead = 2 ** 22;

/** Deflate, shuffle, Fletcher's checksum, and two of HDF5's own for integers; others need libraries of their own. */
const ownFilters: ReadonlySet<number> = new Set([1, 2, 3, 5, 6]);

/** A field of each row of a table. */
export interface Hdf5Field {
  readonly name: string;
  /** Its numbers stand for no and yes. */
  readonly isBoolean: boolean;
}

/** Values of one type in a file, in rows and columns. */
export class Hdf5Dataset {
  readonly shape: readonly number[];

  constructor(
    readonly name: string,
    private readonly dataset: Dataset,
    private readonly fileBytes: number,
  ) {
    this.shape = dataset.shape ?? [];
  }

  get rows(): number {
    return this.shape[0] ?? 0;
  }

  attribute(name: string): unknown {
    return attributeOf(this.dataset, name);
  }

  /** The fields of its rows, for a table of them; else `undefined`. */
  get fields(): readonly Hdf5Field[] | undefined {
    const members = this.dataset.metadata.compound_type?.members;
    return members?.map((member) => ({ name: member.name, isBoolean: isBoolean(member) }));
  }

  /** Whether its numbers stand for no and yes. */
  get isBoolean(): boolean {
    return isBoolean(this.dataset.metadata);
  }

  /**
   * Its values where they are a list; of a part of it, from `start` up to `end`.
   * @param what how it is called in errors
   * @throws DamagedTable if it has another shape than a list, or cannot be read exactly
   */
  readList(what: string, part?: readonly [start: number, end: number]): unknown {
    if (this.shape.length !== 1) {
      throw new DamagedTable(`${what} has ${this.shape.join(' × ') || 'no list of'} values, and a column is a list`);
    }
    return this.read(part && [part]);
  }

  /**
   * Its values, row by row; of a part of it, from `start` up to `end` along each axis.
   * @throws DamagedTable if they cannot be read exactly
   */
  read(part?: readonly (readonly [start: number, end: number])[]): unknown {
    const lengths = part ? part.map(([start, end]) => end - start) : this.shape;
    const count = lengths.reduce((product, length) => product * length, 1);
    if (count === 0) return [];
    this.requireCredible(count);
    const filter = this.dataset.filters.find(({ id }) => !ownFilters.has(id));
    if (filter) {
      // Asked before: the library does not survive what it does to texts that it could not read.
      const name = filter.name || `filter ${filter.id}`;
      throw new DamagedTable(`${this.name} is compressed with ${name}; write it with gzip, or without compression`);
    }
    let values: unknown;
    try {
      // Texts of varying length are read whole: of the parts of some of them, the library frees what it must not.
      values = part ? this.dataset.slice(part.map(([start, end]) => [start, end])) : this.dataset.value;
    } catch (error) {
      throw new DamagedTable(`${this.name} cannot be read: ${reasonOf(error)}`);
    }
    const found = Array.isArray(values) || ArrayBuffer.isView(values) ? (values as ArrayLike<unknown>).length : 1;
    if (found === count) return values;
    // What the library has no kind of value for, it gives as bytes.
    throw new DamagedTable(`${this.name} holds neither numbers nor texts`);
  }

  private requireCredible(count: number): void {
    const bytes = count * this.dataset.metadata.size;
    const claim = `${this.name} claims ${count} values`;
    if (!(count <= maxValues && bytes <= maxBytes)) throw new DamagedTable(`${claim}, more than are read at once`);
    if (bytes <= alwaysRead || bytes <= this.fileBytes * maxPacking) return;
    throw new DamagedTable(`${claim}, more than a file of ${this.fileBytes} bytes can hold`);
  }
}

/**
 * Gives the root of an HDF5 file to `use` and closes the file. The library reads what it is asked for, not the whole file.
 * @throws DamagedTable if the file is no HDF5, or damaged where it is read
 */
export async function withHdf5<T>(file: string, use: (root: Hdf5Group) => T): Promise<T> {
  const h5wasm = await import('h5wasm/node');
  const library = await h5wasm.ready;
  // Without it, what cannot be read is left as whatever lay in memory.
  library.activate_throwing_error_handler();
  const files = library.FS as unknown as OpenableFiles;
  const { size: bytes } = await stat(file);
  const guard = keepToFile(files, file, library.get_plugin_search_paths());
  let opened: InstanceType<typeof h5wasm.File> | undefined;
  try {
    opened = new h5wasm.File(file, 'r');
    const found = use(new Hdf5Group(opened, bytes));
    // The values of a virtual dataset whose file cannot be opened are zeros, without an error.
    guard.requireOwn();
    return found;
  } catch (error) {
    guard.requireOwn();
    if (error instanceof DamagedTable || isExportError(error)) throw error;
    throw new DamagedTable(opened ? reasonOf(error) : `it is no HDF5 file that can be opened: ${reasonOf(error)}`);
  } finally {
    opened?.close();
    guard.release();
  }
}

/** What of the library's file system matters here. */
interface OpenableFiles {
  open: (file: string, flags?: number, ...rest: unknown[]) => unknown;
  readonly ErrnoError: new (errno: number) => Error;
}

/** Files that are made anew, in which the library collects what it says of an error. */
const createFlag = 0o100;
const noSuchFile = 2;

/**
 * Keeps the library from opening any file but this one. Links, virtual datasets and datasets with raw data elsewhere could
 * otherwise show any file of this machine as values of the table.
 * @param pluginFolders where HDF5 looks for code that it could load
 */
function keepToFile(
  files: OpenableFiles,
  file: string,
  pluginFolders: readonly string[],
): { requireOwn: () => void; release: () => void } {
  const own = path.resolve(file);
  const { open } = files;
  let foreign: string | undefined;
  files.open = (wanted, flags, ...rest) => {
    if (path.resolve(wanted) === own || ((flags ?? 0) & createFlag) !== 0) return open(wanted, flags, ...rest);
    // Plugins are looked for whenever HDF5 does not know a format; none is loaded, and no table is to blame.
    if (!pluginFolders.some((folder) => wanted.startsWith(folder))) foreign ??= wanted;
    throw new files.ErrnoError(noSuchFile);
  };
  return {
    requireOwn: () => {
      if (foreign === undefined) return;
      throw new DamagedTable(
        `part of it is in another file, ${path.basename(foreign)}, and only the file itself is read`,
      );
    },
    release: () => {
      files.open = open;
    },
  };
}

function isBoolean({ enum_type }: Metadata): boolean {
  const names = Object.keys(enum_type?.members ?? {});
  return names.length === 2 && names.includes('FALSE') && names.includes('TRUE');
}

function entityOf(group: Group, name: string): Entity | undefined {
  if (!group.keys().includes(name)) return undefined;
  return group.get(name) ?? undefined;
}

function isOf(entity: Entity | undefined, type: 'Dataset' | 'Group'): boolean {
  const found: string | undefined = entity && 'type' in entity ? entity.type : undefined;
  return found === type;
}

function attributeOf(owner: Group | Dataset, name: string): unknown {
  return Object.hasOwn(owner.attrs, name) ? owner.attrs[name].value : undefined;
}

/** HDF5's own account goes from the outermost call to the innermost, which knows the reason. */
function reasonOf(error: unknown): string {
  const account = messageOf(error);
  // Compiled C code that is at its end says so in words of its own; the next file is read as if nothing was.
  if (/^Aborted|^unreachable|out of bounds|signature mismatch/.test(account))
    return 'it is damaged: HDF5 gave up on it';
  const causes = [...account.matchAll(/#\d+: .*?: (.+)/g)].map(([, cause]) => cause);
  return (causes.at(-1) ?? account).split('\n')[0].slice(0, 200);
}
