import { ExportError } from '../model/exportError';
import type { ImageHeader, PictureSize, Plane, PlaneAddress, Region, SampleArray } from '../model/image';
import { bytesPerSample } from './tiff/decodeSamples';
import type { ImageFile } from './imageFile';
import { requireMemory } from './memoryLimit';
import { openImage, type PlaneSource } from './openImage';
import { PlaneMemory } from './planeMemory';

/** What is kept of images where memory is plenty: many crops show the same blocks. */
export const plentyBytes = 2 ** 27;

/** Files that are kept open, at most. */
const mostOpen = 64;

/** Smaller blocks are read several at once: strips more of them, which crops lie across. */
const leastSamples = { strips: 2 ** 18, tiles: 2 ** 16 };

/** A plane, at a level of its pyramid; absent: at full resolution. */
export interface LevelSource extends PlaneSource {
  readonly level?: number;
}

/** A part of a plane that is decoded at once: a block of its file, or a few small ones. */
interface Piece {
  readonly file: string;
  readonly region: Region;
  readonly plane: Plane;
  /** When it was last asked for. */
  turn: number;
}

/**
 * Parts of images, of which each block is decoded once for all that show it, as far as memory goes: pieces are kept until
 * others need their place, but never those that were read since the last `begin`. Files stay open until the end of their FOV.
 */
export class ImageParts {
  private readonly images = new Map<string, Promise<ImageFile>>();
  private readonly headers = new Map<string, ImageHeader>();
  /** By source and place, the one that was used longest ago first. */
  private readonly pieces = new Map<string, Piece>();
  private readonly memory = new PlaneMemory();
  private bytes = 0;
  private turn = 0;
  /** Holds regions that were put together: taken anew each time, it would keep the garbage collector busy. */
  private readonly scratch: ArrayBuffer[] = [];
  private scratchUsed = 0;

  /** Pixels of planes that were decoded so far. */
  decodedPx = 0;

  /** @param keptBytes of all pieces together, unless more is needed at once */
  constructor(readonly keptBytes = plentyBytes) {}

  /** What was handed out before is not valid from now on: its memory is used again. */
  begin(): void {
    this.turn++;
    this.scratchUsed = 0;
  }

  /** What a source says about its plane, whatever its level. Fails like `openImage`. */
  async describe(source: PlaneSource): Promise<ImageHeader> {
    const key = keyOf(source);
    const known = this.headers.get(key);
    if (known) return known;
    const header = (await this.open(source)).describe(source.plane);
    this.headers.set(key, header);
    return header;
  }

  /**
   * Samples of planes of one file at one level, values as on disk; valid until the next `begin`. Fails like `openImage`, and with
   * `SizeMismatch` if the planes are not all of one size.
   * @param region inside the level, in its pixels; absent: all of it
   */
  async read(sources: readonly LevelSource[], region?: Region, signal?: AbortSignal): Promise<Plane[]> {
    signal?.throwIfAborted();
    const headers = await Promise.all(sources.map((source) => this.describeLevel(source)));
    const [{ widthPx, heightPx }] = headers;
    if (headers.some((header) => header.widthPx !== widthPx || header.heightPx !== heightPx)) {
      throw new ExportError('SizeMismatch', `Expected channels of one size in ${sources[0].file}, but found several.`);
    }
    const whole = { x: 0, y: 0, widthPx, heightPx };
    const wanted = region ?? whole;
    if (wanted.widthPx === widthPx && wanted.heightPx === heightPx) return this.readPiece(sources, whole, signal);
    const isWhole = sources.every((source) => this.pieces.has(keyOf(source, whole)));
    const places = isWhole ? [whole] : piecesOf(headers[0], wanted);
    const bytes = places.reduce((sum, place) => sum + place.widthPx * place.heightPx, 0);
    requireMemory(bytes * bytesPerSample(headers[0].sampleType), sources[0].file);
    if (places.length === 1 && places[0].widthPx === wanted.widthPx) {
      const planes = await this.readPiece(sources, places[0], signal);
      return planes.map((plane) => rowsOf(plane, wanted.y - places[0].y, wanted.heightPx));
    }
    const parts: SampleArray[] = [];
    for (const place of places) {
      for (const [i, { samples }] of (await this.readPiece(sources, place, signal)).entries()) {
        const part = (parts[i] ??= this.takeScratch(samples, wanted.widthPx * wanted.heightPx));
        copyOverlap({ region: place, samples }, { region: wanted, samples: part });
      }
    }
    return parts.map((samples) => ({ widthPx: wanted.widthPx, heightPx: wanted.heightPx, samples }));
  }

  /** Lets go of everything; what was handed out is not valid any more. */
  async leave(): Promise<void> {
    this.scratchUsed = 0;
    const open = [...this.images.values()];
    this.memory.refill(Array.from(this.pieces.values(), ({ plane }) => plane.samples));
    for (const known of [this.images, this.headers, this.pieces]) known.clear();
    this.bytes = 0;
    await Promise.all(open.map(closeQuietly));
  }

  /** The same of the plane's level. */
  private async describeLevel(source: LevelSource): Promise<ImageHeader> {
    const header = await this.describe(source);
    const { level = 0 } = source;
    return level === 0 ? header : { ...header, ...requireLevel(header, level) };
  }

  private async readPiece(
    sources: readonly LevelSource[],
    region: Region,
    signal: AbortSignal | undefined,
  ): Promise<Plane[]> {
    const keys = sources.map((source) => keyOf(source, region));
    const missing: LevelSource[] = [];
    for (const [i, key] of keys.entries()) {
      const piece = this.pieces.get(key);
      if (!piece) {
        missing.push(sources[i]);
        continue;
      }
      // It is needed now, and the last to go.
      piece.turn = this.turn;
      this.pieces.delete(key);
      this.pieces.set(key, piece);
    }
    if (missing.length > 0) await this.decode(missing, region, signal);
    return keys.map((key) => this.pieces.get(key)!.plane);
  }

  private async decode(
    sources: readonly LevelSource[],
    region: Region,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const headers = await Promise.all(sources.map((source) => this.describe(source)));
    const bytes = headers.reduce((sum, { sampleType }) => sum + bytesPerSample(sampleType), 0);
    this.makeRoom(bytes * region.widthPx * region.heightPx, { file: sources[0].file, y: region.y });
    const image = await this.open(sources[0]);
    const [{ level = 0 }] = sources;
    const options = { level, memory: this.memory, ...(signal && { signal }) };
    const planes = await image.read(
      sources.map(({ plane }) => plane),
      region,
      options,
    );
    for (const [i, plane] of planes.entries()) {
      this.pieces.set(keyOf(sources[i], region), { file: sources[i].file, region, plane, turn: this.turn });
      this.bytes += plane.samples.byteLength;
      this.decodedPx += plane.samples.length;
    }
  }

  /** Memory for samples like the given ones, with whatever was in it. */
  private takeScratch(like: SampleArray, length: number): SampleArray {
    const Kind = like.constructor as new (buffer: ArrayBuffer, offset: number, length: number) => SampleArray;
    const slot = this.scratchUsed++;
    const bytes = length * like.BYTES_PER_ELEMENT;
    if (!this.scratch[slot] || this.scratch[slot].byteLength < bytes) this.scratch[slot] = new ArrayBuffer(bytes);
    return new Kind(this.scratch[slot], 0, length);
  }

  /** @param next what is read next: of its file, pieces above it go first, for windows come from top to bottom */
  private makeRoom(bytes: number, next: { readonly file: string; readonly y: number }): void {
    const isPassed = ({ file, region: { y, heightPx } }: Piece): boolean =>
      file === next.file && y + heightPx <= next.y;
    if (this.bytes + bytes <= this.keptBytes) return;
    const inOrder = [...this.pieces].sort(([, a], [, b]) => Number(isPassed(b)) - Number(isPassed(a)));
    const freed: SampleArray[] = [];
    for (const [key, { plane, turn }] of inOrder) {
      if (this.bytes + bytes <= this.keptBytes) break;
      if (turn === this.turn) continue;
      this.pieces.delete(key);
      this.bytes -= plane.samples.byteLength;
      freed.push(plane.samples);
    }
    if (freed.length > 0) this.memory.refill(freed);
  }

  private async open(source: PlaneSource): Promise<ImageFile> {
    const { file } = source;
    const known = this.images.get(file);
    if (known) return known;
    for (const [other, image] of this.images) {
      if (this.images.size < mostOpen) break;
      this.images.delete(other);
      await closeQuietly(image);
    }
    const opened = openImage(source);
    this.images.set(file, opened);
    // One that failed is tried again by the next that asks.
    opened.catch(() => this.images.delete(file));
    return opened;
  }
}

/** The size of a level that its plane was said to have. */
function requireLevel({ levels }: ImageHeader, level: number): PictureSize {
  const found = levels[level];
  if (found) return found;
  throw new RangeError(`expected level ${level} of a pyramid, but it has ${levels.length} levels`);
}

/** What can be told before: bytes that `ImageParts` keeps at once of a plane while it reads a region of it. */
export function pieceBytes(header: ImageHeader, region: Region): number {
  const pixels = piecesOf(header, region).reduce((sum, { widthPx, heightPx }) => sum + widthPx * heightPx, 0);
  return pixels * bytesPerSample(header.sampleType);
}

/** The pieces that a region touches, row by row. A format without blocks is decoded whole. */
function piecesOf({ widthPx, heightPx, block = { widthPx, heightPx } }: ImageHeader, region: Region): Region[] {
  const isStrip = block.widthPx >= widthPx;
  const least = isStrip ? leastSamples.strips : leastSamples.tiles;
  const blocks = Math.max(1, least / (Math.min(block.widthPx, widthPx) * block.heightPx));
  const across = isStrip ? widthPx : block.widthPx * Math.ceil(Math.sqrt(blocks));
  const down = block.heightPx * Math.ceil(isStrip ? blocks : Math.sqrt(blocks));
  const pieces: Region[] = [];
  for (let y = floorTo(region.y, down); y < region.y + region.heightPx; y += down) {
    for (let x = floorTo(region.x, across); x < region.x + region.widthPx; x += across) {
      pieces.push({ x, y, widthPx: Math.min(across, widthPx - x), heightPx: Math.min(down, heightPx - y) });
    }
  }
  return pieces;
}

function floorTo(position: number, step: number): number {
  return position - (position % step);
}

interface PlacedSamples {
  readonly region: Region;
  readonly samples: SampleArray;
}

/** Rows of a plane, as a view of it. */
function rowsOf({ widthPx, samples }: Plane, firstPx: number, heightPx: number): Plane {
  return { widthPx, heightPx, samples: samples.subarray(firstPx * widthPx, (firstPx + heightPx) * widthPx) };
}

/** Copies what two regions of one plane have in common. */
function copyOverlap(from: PlacedSamples, to: PlacedSamples): void {
  const [a, b] = [from.region, to.region];
  const [left, right] = [Math.max(a.x, b.x), Math.min(a.x + a.widthPx, b.x + b.widthPx)];
  const bottom = Math.min(a.y + a.heightPx, b.y + b.heightPx);
  for (let y = Math.max(a.y, b.y); y < bottom; y++) {
    const start = (y - a.y) * a.widthPx - a.x;
    to.samples.set(from.samples.subarray(start + left, start + right), (y - b.y) * b.widthPx + left - b.x);
  }
}

function keyOf({ file, plane, level = 0 }: LevelSource, region?: Region): string {
  const place = region ? `${region.x} ${region.y} ${region.widthPx} ${region.heightPx}` : '';
  return `${file}\0${addressKey(plane)}\0${level}\0${place}`;
}

function addressKey(plane: PlaneAddress | undefined): string {
  if (!plane) return '';
  return 'page' in plane ? `${plane.page} ${plane.sample}` : JSON.stringify(plane);
}

async function closeQuietly(image: Promise<ImageFile>): Promise<void> {
  // What was read is whole; a file that failed to open, or to close, has been heard of.
  await image.then((opened) => opened.close()).catch(() => undefined);
}
