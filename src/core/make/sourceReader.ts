import path from 'node:path';
import type { ClassColor } from '../model/color';
import { ExportError } from '../model/exportError';
import type { LabelImage, Plane, SampleType } from '../model/image';
import { keyOfSource, type PlannedItem, type PlannedSource } from '../model/plan';
import { isNumeric, isPlainColor, type NumericLimits, type Recipe } from '../model/recipe';
import { fileBytes } from '../read/describeFile';
import { loadFont } from '../read/loadFont';
import type { ReadOptions } from '../read/imageFile';
import { withImage } from '../read/openImage';
import { PlaneMemory } from '../read/planeMemory';
import { readLabels } from '../read/readLabels';
import type { RenderInput } from '../render/prepareLayers';
import type { TileCell } from '../render/seamContacts';
import { scanOf } from '../select/orderStatistics';
import type { CellsSource } from '../job/cellSnapshot';
import { type ColoredCells, type ColoredMask, MaskColors } from './maskColors';
import { resolveLimits } from '../plan/resolveContrastLimits';

/** A channel as it is on disk. */
export interface UnrenderedChannel {
  readonly name: string;
  readonly plane: Plane;
  readonly sampleType: SampleType;
}

/** Which cells of a slide are parts of one, across the seams of its tiles. */
export interface SlideJoins {
  /** By positions in the tiles that meet another one, in the slide's order. */
  readonly groups: readonly (readonly TileCell[])[];
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
}

/**
 * Reads what the items of one recipe are made of. Planes, masks, annotations and cells of the FOV in hand, and what was
 * found out about them, are kept until the next FOV begins, so that items of one FOV share one decode.
 */
export class SourceReader {
  private fov: string | undefined;
  private readonly memory = new PlaneMemory();
  private planes = new Map<string, Omit<UnrenderedChannel, 'name'>>();
  private labels = new Map<string, LabelImage>();
  /** Of the FOV in hand: what many crops of it would find anew. */
  private limits = new Map<string, Promise<{ limits: NumericLimits[]; notes: string[] }>>();
  private readonly colors: MaskColors;
  private readonly sizes = new Map<string, Promise<number | undefined>>();

  /** Where colours by the cell table come from, for what pictures say of themselves. */
  readonly cellTableFile: string | undefined;
  private readonly frozenBytes: KnownSources['frozenBytes'];
  readonly joins: Map<string, SlideJoins>;

  constructor(
    readonly datasetFolder: string,
    cells: CellsSource,
    { cellTableFile, frozenBytes, joins = new Map<string, SlideJoins>() }: KnownSources = {},
  ) {
    this.cellTableFile = cellTableFile;
    this.frozenBytes = frozenBytes;
    this.joins = joins;
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

  /** Lets go of all that was read: the next item reads it anew. */
  forget(): void {
    this.fov = undefined;
    this.sizes.clear();
    this.joins.clear();
  }

  /**
   * All that the renderer needs for an item, and what is to be said of it in the manifest. The signal is asked between
   * blocks of pixels. What was given for an item of another FOV is not valid any more: its memory is used again.
   */
  async read(
    recipe: Recipe,
    item: PlannedItem,
    signal?: AbortSignal,
  ): Promise<{ readonly input: RenderInput; readonly notes: readonly string[] }> {
    if (item.fov !== this.fov) {
      this.memory.refill([
        ...Array.from(this.planes.values(), ({ plane }) => plane.samples),
        ...Array.from(this.labels.values(), ({ labels }) => labels),
      ]);
      this.leaveFov();
    }
    const planes = (await this.readChannels(item, signal)).map(({ plane }) => plane);
    const { limits, notes: ofLimits } = await this.limitsOf(recipe, item, planes);
    const notes = [...ofLimits];
    const masks: LabelImage[] = [];
    for (const source of item.masks) masks.push(await this.readLabelImage(source, signal));
    const { label, cellMask, keepClear, roi, shape } = item;
    const isolateBy = recipe.cells?.isolate && cellMask ? await this.readLabelImage(cellMask, signal) : undefined;
    const annotation = item.annotation && (await this.readLabelImage(item.annotation, signal));
    const cellColors: (ReadonlyMap<number, ClassColor> | undefined)[] = [];
    const cellClasses: (ReadonlyMap<number, string> | undefined)[] = [];
    for (const [i, { color }] of recipe.masks.entries()) {
      if (isPlainColor(color)) {
        cellColors.push(undefined);
        cellClasses.push(undefined);
      } else {
        const colored = { color, source: item.masks[i], mask: masks[i] };
        const { colors, classes, notes: found } = await this.colorsOfMask(recipe, item, colored);
        cellColors.push(colors);
        cellClasses.push(recipe.legend.classes ? classes : undefined);
        notes.push(...found);
      }
    }
    const input: RenderInput = {
      fov: item.fov,
      index: item.index ?? 1,
      planes,
      masks,
      cellColors,
      cellClasses,
      ...(annotation && { annotation }),
      contrastLimits: limits,
      ...(label !== undefined && {
        focal: {
          label,
          ...(cellMask && { maskName: cellMask.name }),
          ...(isolateBy && { isolateBy }),
          ...(keepClear && { box: keepClear }),
        },
      }),
      ...(roi && { roi: { ...roi, ...(shape && { shape }) } }),
      ...(item.region && { region: item.region }),
      ...(item.pixelSize && { pixelSizeUm: item.pixelSize.um }),
      font: loadFont(),
    };
    // A mask that two columns colour has one thing to say of itself.
    return { input, notes: [...new Set(notes)] };
  }

  /** The colours of a mask's cells; see `MaskColors`. */
  colorsOfMask(recipe: Recipe, item: PlannedItem, colored: ColoredMask): Promise<ColoredCells> {
    return this.colors.colorsOf(recipe, item, colored);
  }

  private limitsOf(
    recipe: Recipe,
    item: PlannedItem,
    planes: readonly Plane[],
  ): Promise<{ limits: NumericLimits[]; notes: string[] }> {
    const key = JSON.stringify(recipe.channels.map(({ channel, contrastLimits }) => [channel, contrastLimits]));
    const limits = this.limits.get(key) ?? limitsOfFov(recipe, item, planes);
    this.limits.set(key, limits);
    return limits;
  }

  /** The unrendered channels of an item, in its order. */
  async readChannels(item: PlannedItem, signal?: AbortSignal): Promise<readonly UnrenderedChannel[]> {
    if (item.fov !== this.fov) {
      this.leaveFov();
      this.fov = item.fov;
    }
    const missing = item.channels.filter((source) => !this.planes.has(keyOfSource(source)));
    for (const file of new Set(missing.map((source) => source.file))) {
      signal?.throwIfAborted();
      const sources = missing.filter((source) => source.file === file);
      const { plane } = sources[0];
      await withImage({ file: path.resolve(this.datasetFolder, file), ...(plane && { plane }) }, async (image) => {
        const { widthPx, heightPx } = image.describe(plane);
        const sameSize = sources.filter((source) => {
          const header = image.describe(source.plane);
          return header.widthPx === widthPx && header.heightPx === heightPx;
        });
        if (sameSize.length < sources.length) {
          throw new ExportError('SizeMismatch', `Expected channels of one size in ${file}, but found several.`);
        }
        const region = { x: 0, y: 0, widthPx, heightPx };
        const read = await image.read(
          sources.map((source) => source.plane),
          region,
          this.readOptions(signal),
        );
        for (const [i, source] of sources.entries()) {
          this.planes.set(keyOfSource(source), { plane: read[i], sampleType: image.describe(source.plane).sampleType });
        }
      });
    }
    return item.channels.map((source) => ({ name: source.name, ...this.planes.get(keyOfSource(source))! }));
  }

  async readLabelImage(source: PlannedSource, signal?: AbortSignal): Promise<LabelImage> {
    signal?.throwIfAborted();
    const known = this.labels.get(keyOfSource(source));
    if (known) return known;
    const file = path.resolve(this.datasetFolder, source.file);
    const labels = await readLabels({ file, ...(source.plane && { plane: source.plane }) }, this.readOptions(signal));
    this.labels.set(keyOfSource(source), labels);
    return labels;
  }

  /** Lets go of the last FOV before the next one is decoded. */
  private leaveFov(): void {
    this.planes = new Map();
    this.labels = new Map();
    this.limits = new Map();
    this.colors.forget();
    this.fov = undefined;
  }

  private readOptions(signal: AbortSignal | undefined): ReadOptions {
    return { memory: this.memory, ...(signal && { signal }) };
  }
}

/** The limits of a recipe's channels; those that are wanted for each FOV come from its own pixels. */
async function limitsOfFov(
  recipe: Recipe,
  item: PlannedItem,
  planes: readonly Plane[],
): Promise<{ limits: NumericLimits[]; notes: string[] }> {
  const limits: NumericLimits[] = [];
  const notes: string[] = [];
  for (const [i, { channel, contrastLimits }] of recipe.channels.entries()) {
    if (isNumeric(contrastLimits) || recipe.masksOnly) {
      limits.push(contrastLimits as NumericLimits);
      continue;
    }
    const what = `channel ${channel} of FOV ${item.fov}`;
    const resolved = await resolveLimits(what, contrastLimits, scanOf(planes[i].samples));
    limits.push(resolved.limits);
    notes.push(`${channel}: contrast limits ${resolved.limits.join(' and ')}`, ...resolved.notes);
  }
  return { limits, notes };
}
