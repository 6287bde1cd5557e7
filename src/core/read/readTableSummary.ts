import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import Papa from 'papaparse';
import type { Problem, TableSummary } from '../model/dataset';

/**
 * The columns of a CSV table and how many rows it has, streamed, so that a million rows cost no memory.
 * @returns `undefined` if there is no such file; a table that cannot be read is a warning and not a failure
 */
export async function readTableSummary(file: string, warnings: Problem[]): Promise<TableSummary | undefined> {
  if (!(await stat(file).catch(() => undefined))?.isFile()) return undefined;
  const stream = createReadStream(file, 'utf8');
  const parser = stream.pipe(Papa.parse(Papa.NODE_STREAM_INPUT, { skipEmptyLines: true }));
  let columns: readonly string[] | undefined;
  let rows = 0;
  try {
    stream.on('error', (error) => parser.destroy(error));
    for await (const row of parser as AsyncIterable<string[]>) {
      if (columns) rows++;
      else columns = row.map((name, i) => (i === 0 ? name.replace(/^\uFEFF/, '') : name));
    }
    return { file, rows, columns: columns ?? [] };
  } catch (error) {
    warnings.push({
      code: 'DatasetInvalid',
      message: `Expected a CSV table in ${file}, but it cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
    });
    return undefined;
  }
}
