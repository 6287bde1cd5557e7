import path from 'node:path';
import {
  chooseMarkerSet,
  createJobFolder,
  type Dataset,
  type DatasetOptions,
  estimateJob,
  ExportError,
  openDataset,
  planJob,
  type Recipe,
  resolveContrastLimits,
  runJob,
  selectFovs,
} from '../core/index';
import { exitCodeOf } from './exitCode';
import {
  type Flag,
  type ParsedFlags,
  parseFlags,
  requireOnePositional,
  requireChoice,
  requireInteger,
  requirePositive,
} from './flags';
import { parseChannel } from './parseChannel';
import { parseMask } from './parseMask';
import { Reporter } from './reporter';

export const datasetFlags: readonly Flag[] = [
  {
    name: 'masks',
    value: 'DIR',
    group: 'Dataset',
    help: 'folder of label masks',
    default: 'DATASET/masks, DATASET/segmentation',
  },
  {
    name: 'marker-sets',
    value: 'FILE',
    group: 'Dataset',
    help: 'saved marker sets',
    default: "DATASET/.batch-export/marker-sets.json, then UELer's",
  },
  {
    name: 'pixel-size',
    value: 'UM',
    group: 'Dataset',
    help: 'µm per full-resolution pixel',
    default: 'what the files or the dataset state',
  },
];

const lookFlags: readonly Flag[] = [
  {
    name: 'fov',
    value: 'NAME',
    group: 'What',
    repeatable: true,
    help: 'FOVs to export, by name or glob',
    default: 'all',
  },
  {
    name: 'marker-set',
    value: 'NAME',
    group: 'What it looks like',
    help: 'a saved marker set',
    default: 'the only one there is',
  },
  {
    name: 'channel',
    value: 'NAME=COLOR:LOW:HIGH',
    group: 'What it looks like',
    repeatable: true,
    help: 'channels in place of a marker set; LOW and HIGH in image units, or percentiles of all selected FOVs such as p99.8',
  },
  {
    name: 'mask',
    value: 'NAME[,color=COLOR][,alpha=A][,width=Npx]',
    group: 'What it looks like',
    repeatable: true,
    help: 'outline the cells of a label mask',
    default: 'white, 1, 1px',
  },
  {
    name: 'downsample',
    value: 'N',
    group: 'What it looks like',
    help: 'full-resolution pixels per output pixel',
    default: '1',
  },
  {
    name: 'resample',
    value: 'mean|nearest',
    group: 'What it looks like',
    help: 'how intensities are downsampled; labels are always nearest',
    default: 'mean',
  },
  {
    name: 'scale-bar',
    value: 'auto|off',
    group: 'What it looks like',
    help: 'a bar of a round length (1, 2, 5 × 10ⁿ)',
    default: 'auto',
  },
  {
    name: 'scale-bar-max',
    value: 'PERCENT',
    group: 'What it looks like',
    help: "the bar's greatest length, in percent of the picture's width",
    default: '10',
  },
];

export const runFlags: readonly Flag[] = [
  { name: 'json', group: 'How it runs', help: 'events as NDJSON on stdout' },
  { name: 'quiet', group: 'How it runs', help: 'say nothing but errors' },
];

export const overwriteFlag: Flag = {
  name: 'overwrite',
  value: 'never|always',
  group: 'Where it goes',
  help: 'whether pictures of the same name may be replaced',
  default: 'never',
};

export const fovsFlags: readonly Flag[] = [
  ...lookFlags,
  ...datasetFlags,
  { name: 'out', value: 'DIR', group: 'Where it goes', help: 'output folder', default: 'DATASET/exports' },
  overwriteFlag,
  { name: 'dry-run', group: 'How it runs', help: 'say what would be made, and write nothing' },
  ...runFlags,
];

/** The flags that say which picture to make. */
export const pictureFlags: readonly Flag[] = [...lookFlags, ...datasetFlags];

/** Where the user says that the dataset's parts are, as absolute paths. */
export function readDatasetOptions(flags: ParsedFlags): DatasetOptions {
  const masks = flags.text('masks');
  const markerSets = flags.text('marker-sets');
  return {
    ...(masks !== undefined && { masksFolder: path.resolve(masks) }),
    ...(markerSets !== undefined && { markerSetFile: path.resolve(markerSets) }),
  };
}

/** The recipe that the flags describe; reads pixels only for percentiles. */
export async function readRecipe(
  flags: ParsedFlags,
  dataset: Dataset,
  signal: AbortSignal,
): Promise<{ recipe: Recipe; note?: string }> {
  const fovs = flags.texts('fov');
  const requests = flags.texts('channel').map(parseChannel);
  if (requests.length > 0 && flags.text('marker-set') !== undefined) {
    throw new ExportError(
      'Usage',
      'Expected --marker-set or --channel, but found both; channels stand in place of a marker set.',
    );
  }
  const markerSet = requests.length > 0 ? undefined : chooseMarkerSet(dataset, flags.text('marker-set'));
  const resolved = markerSet
    ? { channels: markerSet.channels, notes: [] }
    : await resolveContrastLimits(requests, selectFovs(fovs, dataset), signal);
  const pixelSize = flags.text('pixel-size');
  const recipe: Recipe = {
    version: 1,
    mode: 'fovs',
    fovs: [...fovs],
    ...(markerSet && { markerSet: markerSet.name }),
    channels: [...resolved.channels],
    masks: flags.texts('mask').map(parseMask),
    downsample: requireInteger(flags.text('downsample') ?? '1', '--downsample', 1, 1024),
    resample: requireChoice(flags.text('resample') ?? 'mean', '--resample', ['mean', 'nearest']),
    scaleBar: {
      length: requireChoice(flags.text('scale-bar') ?? 'auto', '--scale-bar', ['auto', 'off']),
      maxPercent: requirePositive(flags.text('scale-bar-max') ?? '10', '--scale-bar-max', 'percent', 100),
    },
    ...(pixelSize !== undefined && { pixelSizeUm: requirePositive(pixelSize, '--pixel-size', 'µm', 1e6) }),
    format: 'png',
    overwrite: requireChoice(flags.text('overwrite') ?? 'never', '--overwrite', ['never', 'always']),
  };
  return { recipe, ...(resolved.notes.length > 0 && { note: resolved.notes.join('; ') }) };
}

/** `batch-export fovs DATASET`: one picture per FOV. Returns the exit code. */
export async function fovs(args: readonly string[], signal: AbortSignal): Promise<number> {
  const flags = parseFlags('fovs', fovsFlags, args);
  const folder = requireOnePositional(flags, 'fovs', 'DATASET');
  const dataset = await openDataset(path.resolve(folder), readDatasetOptions(flags));
  const { recipe, note } = await readRecipe(flags, dataset, signal);
  const out = path.resolve(flags.text('out') ?? path.join(folder, 'exports'));
  const plan = await planJob(recipe, dataset, out, note);
  const reporter = new Reporter(flags);
  if (flags.on('dry-run')) {
    reporter.dryRun(plan, await estimateJob(plan, signal));
    return 0;
  }
  const job = await createJobFolder(plan);
  reporter.planned(job, plan);
  const status = await runJob(job, {
    signal,
    onItem: (line, progress) => {
      reporter.item(line, progress);
    },
  });
  reporter.ended(status, out);
  return exitCodeOf(status);
}
