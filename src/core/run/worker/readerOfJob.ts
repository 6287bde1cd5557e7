import { cellsOfSnapshot } from '../../job/cellSnapshot';
import { SourceReader } from '../../make/sourceReader';
import type { WorkerTask } from './workerMessages';

/** A reader of what a job's items are made of: pixels as they are, all else as it was when the job was made. */
export function readerOfJob({ request, keptBytes }: Pick<WorkerTask, 'request' | 'keptBytes'>): SourceReader {
  const { datasetFolder, cellsFile, cellTableFile, sources } = request;
  const bytes = new Map(sources.map((source) => [source.file, source.bytes]));
  return new SourceReader(datasetFolder, cellsOfSnapshot(cellsFile), { cellTableFile, frozenBytes: bytes, keptBytes });
}
