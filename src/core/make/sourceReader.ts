import path from 'node:path';
import type { ImageHeader, LabelImage, PictureSize, Plane, Region } from '../model/image';
import type { ScanLabels } from '../model/labelScan';
import { mapEntry } from '../model/mapEntry';
import { keyOfSource, type PlannedItem, type PlannedSource } from '../model/plan';
import { isNumeric, type NumericLimits, type Recipe } from '../model/recipe';
import { fileBytes } from '../read/describeFile';
import { ImageParts, type LevelSource } from '../read/imageParts';
import { scanSamples } from '../read/openImage';
import { scanOfMask, toLabelImage } from '../read/scanLabels';
import type { TileCell } from '../render/seamContacts';
import type { ScanPlanes } from '../select/orderStatistics';
import type { CellsSource } from '../job/cellSnapshot';
import { type ColoredCells, type ColoredMask, MaskColors } from './maskColors';
import { resolveLimits } from '../plan/resolveContrastLimits';

/** The parts of a cell that goes on across seams. */
export type JoinedCell = readonly TileCell[];

/** Which cells of a slide are parts of one, across the seams of its tiles. */
export interface SlideJoins {
  /** The parts of such cells that each tile has one of; by positions in the tiles that meet another one, in the slide's order. */
  readonly ofTile: ReadonlyMap<number, readonly JoinedCell[]>;
  /** What the manifest should say. */
  readonly note?: string;
}

/** What is known of a dataset's files besides where they are. */
export interface KnownSources {
  /** Where colours by the cell table come from, for what pictures say of themselves. */
  readonly cellTableFile?: string | undefined;
  /** The sizes of files, by their names in the dataset, as they were when a job was made; absent: as they are. */
  readonly frozenBytes?: ReadonlyMap<string, number | undefined>;
  /** What was found out about the seams of slides, by their tiles' masks. */
  readonly joins?: Map<string, SlideJoins>;
  /** What may be kept of images beside what an item needs, in bytes; absent: plenty. */
  readonly keptBytes?: number;
  /** For a draft: the levels of pyramids that sources are read at, by `keyOfSource`; of others, full resolution. */
  readonly levels?: ReadonlyMap<string, number>;
}

/**
 * Reads what the items of one recipe are made of: of each image the part that is shown. Decoded blocks of the FOV in hand, and
 * what was found out about it, are kept until the next FOV begins, so that its items share them.
 */
export class SourceReader {
  private fov: string | undefined;
  private readonly parts: ImageParts;
  /** Of the FOV in hand: what many crops of it would find anew. */
  private limits = new Map<string, Promise<{ limits: NumericLimits[]; notes: string[] }>>();
  /** The labels of planes that were looked through: the same one is handed out for many crops. */
  private labels = new WeakMap<Plane, LabelImage>();
  private readonly colors: MaskColors;
  private readonly sizes = new Map<string, Promise<number | undefined>>();

  /** Where colours by the cell table come from, for what pictures say of themselves. */
  readonly cellTableFile: string | undefined;
  private readonly frozenBytes: KnownSources['frozenBytes'];
  readonly joins: Map<string, SlideJoins>;
  private readonly levels: KnownSources['levels'];

  constructor(
    readonly datasetFolder: string,
    cells: CellsSource,
    { cellTableFile, frozenBytes, joins = new Map<string, SlideJoins>(), keptBytes, levels }: KnownSources = {},
  ) {
    this.parts = new ImageParts(keptBytes);
    this.cellTableFile = cellTableFile;
    this.frozenBytes = frozenBytes;
    this.joins = joins;
    this.levels = levels;
    this.colors = new MaskColors(cells, cellTableFile);
  }

  /** The size of a file, by its name in the dataset; absent if it is not there. Looked up once, for thousands of crops. */
  readonly bytesOf = (name: string): Promise<number | undefined> => {
    const posix = name.split(path.sep).join('/');
    if (this.frozenBytes?.has(posix)) return Promise.resolve(this.frozenBytes.get(posix));
    const known = this.sizes.get(name) ?? fileBytes(path.resolve(this.datasetFolder, name));
    this.sizes.set(name, known);
    return known;
  };

  /** Leaves the FOV in hand and closes its files; they are opened again by whoever reads on. */
  async close(): Promise<void> {
    this.fov = undefined;
    this.limits = new Map();
    this.labels = new WeakMap();
    this.colors.forget();
    await this.parts.leave();
  }

  /** Lets go of all that was read: the next item reads it anew. */
  async forget(): Promise<void> {
    await this.close();
    this.sizes.clear();
    this.joins.clear();
  }

  /** What was read so far may be let go of from now on, and is not valid any more: its memory is used again. */
  begin(): void {
    this.parts.begin();
  }

  /** Lets go of the last FOV before the next one is decoded: what was handed out is not valid any more. */
  async enterFov(fov: string): Promise<void> {
    if (fov === this.fov) return;
    await this.close();
    this.fov = fov;
  }

  /** The colours of a mask's cells; see `MaskColors`. */
  colorsOfMask(
    recipe: Recipe,
    item: Pick<PlannedItem, 'fov' | 'pixelSize' | 'decodedBytes'>,
    { signal, ...colored }: Omit<ColoredMask, 'scan'> & { readonly signal: AbortSignal | undefined },
  ): Promise<ColoredCells> {
    const { source } = colored;
    const scan: ScanLabels = this.isKept(item)
      ? async (visit) => {
          visit({ ...(await this.readLabels(source, undefined, signal)), x: 0, y: 0 });
        }
      : scanOfMask(this.absolute(source), signal);
    return this.colors.colorsOf(recipe, item, { ...colored, scan });
  }

  /** Whether all of a FOV's images are kept for its crops: what is gone through is not decoded again then. */
  private isKept({ decodedBytes = Infinity }: Pick<PlannedItem, 'decodedBytes'>): boolean {
    return decodedBytes <= this.parts.keptBytes;
  }

  /** The limits of an item's channels, and what is to be said of them; those for each FOV come from all of its pixels. */
  limitsOf(
    recipe: Recipe,
    item: PlannedItem,
    signal: AbortSignal | undefined,
  ): Promise<{ limits: NumericLimits[]; notes: string[] }> {
    const key = JSON.stringify(recipe.channels.map(({ channel, contrastLimits }) => [channel, contrastLimits]));
    const isKept = this.isKept(item);
    const scan = (channel: number): ScanPlanes => {
      const source = this.absolute(item.channels[channel]);
      if (!isKept) return (visit) => scanSamples(source, visit, signal);
      return async (visit) => {
        const [{ samples }] = await this.parts.read([source], undefined, signal);
        visit(samples);
      };
    };
    return mapEntry(this.limits, key, () => limitsOfFov(recipe, item, scan));
  }

  /**
   * Samples of channels of the FOV or slide in hand, in the given order, values as on disk.
   * @param region inside the image, or inside the level that they are read at; absent: all of it
   */
  async readChannels(
    sources: readonly PlannedSource[],
    region?: Region,
    signal?: AbortSignal,
  ): Promise<readonly Plane[]> {
    const planes = new Map<PlannedSource, Plane>();
    for (const file of new Set(sources.map((source) => source.file))) {
      const here = sources.filter((source) => source.file === file);
      const read = await this.parts.read(
        here.map((source) => this.absolute(source)),
        region,
        signal,
      );
      for (const [i, source] of here.entries()) planes.set(source, read[i]);
    }
    return sources.map((source) => planes.get(source)!);
  }

  /**
   * The labels of a mask or an annotation of the FOV in hand.
   * @param region inside the image, or inside the level that it is read at; absent: all of it
   */
  async readLabels(source: PlannedSource, region?: Region, signal?: AbortSignal): Promise<LabelImage> {
    const absolute = this.absolute(source);
    const [plane] = await this.parts.read([absolute], region, signal);
    const known = this.labels.get(plane);
    if (known) return known;
    const labels = toLabelImage(absolute.file, plane, region);
    this.labels.set(plane, labels);
    return labels;
  }

  /** Samples that were decoded so far, for the benchmark. */
  get decodedPx(): number {
    return this.parts.decodedPx;
  }

  /** What a source of the FOV in hand says about itself, whatever level it is read at. */
  headerOf(source: PlannedSource): Promise<ImageHeader> {
    return this.parts.describe(this.absolute(source));
  }

  /** The size of the level that a source is read at; `undefined` at full resolution. */
  async levelSizeOf(source: PlannedSource): Promise<PictureSize | undefined> {
    const level = this.levels?.get(keyOfSource(source));
    return level === undefined ? undefined : (await this.headerOf(source)).levels[level];
  }

  private absolute(source: PlannedSource): LevelSource {
    const { file, plane } = source;
    const level = this.levels?.get(keyOfSource(source));
    return {
      file: path.resolve(this.datasetFolder, file),
      ...(plane && { plane }),
      ...(level !== undefined && { level }),
    };
  }
}

/** The limits of a recipe's channels; those that are wanted for each FOV come from its own pixels. */
async function limitsOfFov(
  recipe: Recipe,
  item: PlannedItem,
  scan: (channel: number) => ScanPlanes,
): Promise<{ limits: NumericLimits[]; notes: string[] }> {
  const limits: NumericLimits[] = [];
  const notes: string[] = [];
  for (const [i, { channel, contrastLimits }] of recipe.channels.entries()) {
    if (isNumeric(contrastLimits) || recipe.masksOnly) {
      limits.push(contrastLimits as NumericLimits);
      continue;
    }
    const what = `channel ${channel} of FOV ${item.fov}`;
    const resolved = await resolveLimits(what, contrastLimits, scan(i));
    limits.push(resolved.limits);
    notes.push(`${channel}: contrast limits ${resolved.limits.join(' and ')}`, ...resolved.notes);
  }
  return { limits, notes };
}
