import type { CellColumn } from '../../model/cellColumn';
import { versionOf } from '../describeFile';
import { readColumns } from './readColumns';

type TextColumn = Extract<CellColumn, { kind: 'text' }>;

export interface CellTableColumns {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, CellColumn>;
  /** Columns as they are written, whatever they hold. */
  readonly asWritten: ReadonlyMap<string, TextColumn>;
}

/** Columns of one table, kept while it stays as it is: a filter that is typed key by key scans the file once. */
export class CellTable {
  private readonly columns = new Map<string, CellColumn>();
  private readonly asWritten = new Map<string, TextColumn>();
  private rows = 0;
  private version: string | undefined;
  private reading: Promise<unknown> = Promise.resolve();

  constructor(readonly file: string) {}

  /**
   * The columns of these names; fails as `readColumns` does.
   * @param asWritten columns to be kept as they are written, such as FOVs that are named 007
   */
  async read(names: Iterable<string>, asWritten: readonly string[], signal?: AbortSignal): Promise<CellTableColumns> {
    const wanted = [...new Set(names)];
    // One after the other: the next may ask for what this one reads.
    const mine = this.reading.then(() => this.load(wanted, asWritten, signal));
    this.reading = mine.catch(() => undefined);
    await mine;
    return { rows: this.rows, columns: this.columns, asWritten: this.asWritten };
  }

  private async load(wanted: readonly string[], asWritten: readonly string[], signal?: AbortSignal): Promise<void> {
    const version = await versionOf(this.file);
    if (version !== this.version) {
      this.columns.clear();
      this.asWritten.clear();
      this.version = version;
    }
    const missing = wanted.filter((name) => !this.columns.has(name));
    const unwritten = asWritten.filter((name) => !this.asWritten.has(name));
    if (missing.length + unwritten.length === 0) return;
    const found = await readColumns(this.file, missing, signal, unwritten);
    this.rows = found.rows;
    for (const [name, column] of found.columns) this.columns.set(name, column);
    for (const [name, column] of found.asWritten) this.asWritten.set(name, column);
  }
}
