import { cellsOfSnapshot } from '../../job/cellSnapshot';
import type { JobRequest } from '../../job/readJobRequest';
import { SourceReader } from '../../make/sourceReader';

/** A reader of what a job's items are made of: pixels as they are, all else as it was when the job was made. */
export function readerOfJob(request: Omit<JobRequest, 'items'>): SourceReader {
  const { datasetFolder, cellsFile, cellTableFile, sources } = request;
  const bytes = new Map(sources.map((source) => [source.file, source.bytes]));
  return new SourceReader(datasetFolder, cellsOfSnapshot(cellsFile), { cellTableFile, frozenBytes: bytes });
}
