import { parentPort, workerData } from 'node:worker_threads';
import { toErrorData } from '../../../model/exportError';
import { readWithin } from './readWithin';

/** What a worker is asked for. */
export interface H5adRequest {
  readonly file: string;
  readonly names: readonly string[];
}

// The library computes without a pause, and a damaged file may keep it at that for ever: whoever asked can end a thread.
const { file, names } = workerData as H5adRequest;
readWithin(file, names).then(
  (content) => {
    parentPort!.postMessage({ content });
  },
  (error: unknown) => {
    parentPort!.postMessage({ error: toErrorData(error) });
  },
);
