import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { exportErrorCodes, isPassing, toErrorData, toExportError } from '../../model/exportError';
import type { WrittenFile } from '../../model/journalLine';
import { type PlannedFile, type PlannedItem, recipeOfItem } from '../../model/plan';
import { StagedSink } from '../../write/stagedSink';
import { dropStaged, type StagedFile } from '../../write/writeFileWhole';
import { type MadeFile, makeFiles, type Making } from '../../make/makeFiles';
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
    const begun: StagedFile[] = [];
    try {
      const made = await stageFiles(task, item, begun, { reader, signal });
      signal.throwIfAborted();
      const files = made.map(({ file }) => file);
      return { line: { item: item.id, outcome: 'written', files }, staged: made.map(({ staged }) => staged) };
    } catch (error) {
      for (const file of begun) await dropStaged(file);
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

/** @param begun gets each file as soon as it is begun */
async function stageFiles(
  { request, owner }: WorkerTask,
  item: PlannedItem,
  begun: StagedFile[],
  making: Omit<Making, 'open'>,
): Promise<{ readonly file: WrittenFile; readonly staged: StagedFile }[]> {
  const sinks = new Map<PlannedFile, StagedSink>();
  const open = (file: PlannedFile): StagedSink => {
    const sink = new StagedSink(path.join(request.outputFolder, file.path), owner);
    sinks.set(file, sink);
    begun.push(sink.staged);
    return sink;
  };
  const files: { file: WrittenFile; staged: StagedFile }[] = [];
  for await (const made of makeFiles(request.recipe, item, { ...making, open })) {
    const sink = sinks.get(made.file)!;
    files.push({ file: toWrittenFile(request, item, made, sink), staged: sink.staged });
  }
  return files;
}

function toWrittenFile(
  { recipe }: WorkerTask['request'],
  item: PlannedItem,
  made: MadeFile,
  sink: StagedSink,
): WrittenFile {
  const { path: name, format, channels } = made.file;
  const notes = [...(item.note === undefined ? [] : [item.note]), ...made.notes];
  return {
    path: name,
    format,
    ...(channels && { channel: channels.map((i) => recipeOfItem(recipe, item).channels[i].channel).join(' + ') }),
    bytes: sink.bytes,
    sha256: sink.end(),
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
