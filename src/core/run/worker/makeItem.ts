import { createHash } from 'node:crypto';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { exportErrorCodes, isPassing, toErrorData, toExportError } from '../../model/exportError';
import type { WrittenFile } from '../../model/journalLine';
import { type PlannedItem, recipeOfItem } from '../../model/plan';
import { dropStaged, type StagedFile, stageFileSync } from '../../write/writeFileWhole';
import { type MadeFile, makeFiles } from '../../make/makeFiles';
import type { SourceReader } from '../../make/sourceReader';
import type { MadeItem, WorkerTask } from './workerMessages';

/** The pause before the first new try; each further one is four times as long, up to the longest. */
const firstPauseMs = 250;
const longestPauseMs = 30_000;

/**
 * Makes the files of one item under temporary names, all or none.
 * @param options.onPause called before each pause with its length
 * @returns `undefined` if the signal was raised; nothing is left then
 * @throws what ends the whole job
 */
export async function makeItem(
  task: WorkerTask,
  item: PlannedItem,
  reader: SourceReader,
  { signal, onPause }: { readonly signal: AbortSignal; readonly onPause: (pauseMs: number) => void },
): Promise<MadeItem | undefined> {
  for (let attempt = 0; ; attempt++) {
    const staged: StagedFile[] = [];
    try {
      const made = makeFiles(task.request.recipe, item, reader, signal);
      const files = await stageFiles(task, item, made, staged);
      signal.throwIfAborted();
      return { line: { item: item.id, outcome: 'written', files }, staged };
    } catch (error) {
      for (const file of staged) await dropStaged(file);
      if (signal.aborted) return undefined;
      const { code } = toExportError(error);
      // Only errors of the disk end the job here: bad requests were refused while planning, so anything else is this item's.
      const isLast = !isPassing(error) || attempt >= task.retries;
      if (exportErrorCodes[code].exitCode === 3 && isLast) throw error;
      if (isLast) {
        const data = toErrorData(error, foldersOf(task, item));
        const tries = attempt === 0 ? {} : { message: `${data.message} Tried ${attempt + 1} times.` };
        return { line: { item: item.id, outcome: 'failed', error: { ...data, ...tries } }, staged: [] };
      }
      await reader.forget();
      const pauseMs = Math.min(firstPauseMs * 4 ** attempt, longestPauseMs);
      onPause(pauseMs);
      await pause(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return undefined;
    }
  }
}

async function stageFiles(
  { request, owner }: WorkerTask,
  item: PlannedItem,
  files: AsyncIterable<MadeFile>,
  staged: StagedFile[],
): Promise<WrittenFile[]> {
  const written: WrittenFile[] = [];
  for await (const made of files) {
    staged.push(stageFileSync(path.join(request.outputFolder, made.file.path), made.content, owner));
    written.push(toWrittenFile(request, item, made));
  }
  return written;
}

function toWrittenFile({ recipe }: WorkerTask['request'], item: PlannedItem, made: MadeFile): WrittenFile {
  const { path: name, format, channels } = made.file;
  const notes = [...(item.note === undefined ? [] : [item.note]), ...made.notes];
  const hash = createHash('sha256');
  for (const piece of made.content) hash.update(piece);
  return {
    path: name,
    format,
    ...(channels && { channel: channels.map((i) => recipeOfItem(recipe, item).channels[i].channel).join(' + ') }),
    bytes: made.content.reduce((sum, piece) => sum + piece.length, 0),
    sha256: hash.digest('hex'),
    region: item.region!,
    downsample: made.downsample,
    ...(item.pixelSize && { pixelSizeUm: item.pixelSize.um }),
    ...(made.scaleBar && { scaleBar: made.scaleBar }),
    ...(made.text && { altText: made.text.alt, caption: made.text.caption }),
    ...(notes.length > 0 && { note: notes.join('; ') }),
  };
}

/** The folders that a message may name, and a manifest must not. */
function foldersOf({ request }: WorkerTask, item: PlannedItem): string[] {
  const overlays = [...item.masks, ...(item.annotation ? [item.annotation] : [])].map((source) =>
    path.dirname(path.resolve(request.datasetFolder, source.file)),
  );
  return [request.datasetFolder, request.outputFolder, ...overlays];
}
