import { XMLParser } from 'fast-xml-parser';
import type { StatedPixelSize } from '../model/image';
import { squarePixelSize, umPerOmeUnit } from './lengthUnits';

/** One `TiffData` element: planes of an image that lie in one file, one after the other. */
export interface OmeTiffData {
  readonly first: Readonly<Record<'c' | 'z' | 't', number>>;
  readonly ifd: number;
  /** Absent: all planes that are left, or one if `ifd` is given. */
  readonly planeCount?: number;
  /** The file, if it is named, and its UUID. */
  readonly fileName?: string;
  readonly uuid?: string;
}

/** One `Image` element: its extent, the order of its planes, and where they are. */
export interface OmeImage extends StatedPixelSize {
  readonly name?: string;
  readonly size: Readonly<Record<'x' | 'y' | 'c' | 'z' | 't', number>>;
  /** The axes after X and Y, the fastest first. */
  readonly order: readonly ('c' | 'z' | 't')[];
  /** `uint16`, `float` … as OME names them. */
  readonly type: string;
  readonly channels: readonly { readonly id?: string; readonly name?: string; readonly samplesPerPixel: number }[];
  readonly tiffData: readonly OmeTiffData[];
}

export interface OmeDocument {
  readonly uuid?: string;
  /** The file that holds the metadata, for the parts of a set that hold pixels only. */
  readonly metadataFile?: string;
  readonly images: readonly OmeImage[];
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  isArray: (name) => ['Image', 'Channel', 'TiffData'].includes(name),
});

/** Reads OME-XML (any schema version since 2008, by the names of its elements); `undefined` for other or broken XML. */
export function parseOmeXml(xml: string): OmeDocument | undefined {
  let document: unknown;
  try {
    document = parser.parse(xml);
  } catch {
    return undefined;
  }
  const ome = child(document, 'OME');
  if (ome === undefined) return undefined;
  const metadataFile = text(child(ome, 'BinaryOnly'), '@MetadataFile');
  const uuid = text(ome, '@UUID');
  return {
    ...(uuid !== undefined && { uuid }),
    ...(metadataFile !== undefined && { metadataFile }),
    images: list(child(ome, 'Image')).map(toImage),
  };
}

function toImage(node: unknown): OmeImage {
  const pixels = child(node, 'Pixels');
  const name = text(node, '@Name');
  const axes = (text(pixels, '@DimensionOrder') ?? 'XYCZT').slice(2).toLowerCase().split('');
  return {
    ...(name !== undefined && name !== '' && { name }),
    size: {
      x: integer(pixels, '@SizeX', 0),
      y: integer(pixels, '@SizeY', 0),
      c: integer(pixels, '@SizeC', 1),
      z: integer(pixels, '@SizeZ', 1),
      t: integer(pixels, '@SizeT', 1),
    },
    order: axes.filter((axis) => axis === 'c' || axis === 'z' || axis === 't'),
    type: text(pixels, '@Type') ?? text(pixels, '@PixelType') ?? '',
    channels: list(child(pixels, 'Channel')).map((channel) => {
      const id = text(channel, '@ID');
      const label = text(channel, '@Name');
      return {
        ...(id !== undefined && { id }),
        ...(label !== undefined && label.trim() !== '' && { name: label }),
        samplesPerPixel: integer(channel, '@SamplesPerPixel', 1),
      };
    }),
    tiffData: list(child(pixels, 'TiffData')).map(toTiffData),
    ...pixelSizeOf(pixels),
  };
}

function toTiffData(node: unknown): OmeTiffData {
  const uuidNode = child(node, 'UUID');
  const fileName = text(uuidNode, '@FileName');
  const uuid = typeof uuidNode === 'string' ? uuidNode : text(uuidNode, '#text');
  const first = { c: integer(node, '@FirstC', 0), z: integer(node, '@FirstZ', 0), t: integer(node, '@FirstT', 0) };
  const hasIfd = text(node, '@IFD') !== undefined;
  // The schema: without PlaneCount, one plane if IFD is given, else all.
  const planeCount = integer(node, '@PlaneCount', text(node, '@NumPlanes') ? integer(node, '@NumPlanes', 1) : -1);
  return {
    first,
    ifd: integer(node, '@IFD', 0),
    ...(planeCount >= 0 ? { planeCount } : hasIfd && { planeCount: 1 }),
    ...(fileName !== undefined && { fileName }),
    ...(uuid !== undefined && { uuid }),
  };
}

/** `Pixels/@PhysicalSizeX` and `Y`; the unit is µm when it is not given (OME-XML 2016-06). */
function pixelSizeOf(pixels: unknown): StatedPixelSize {
  const side = (axis: 'X' | 'Y'): number =>
    Number(text(pixels, `@PhysicalSize${axis}`)) *
    (umPerOmeUnit(text(pixels, `@PhysicalSize${axis}Unit`) ?? 'µm') ?? Number.NaN);
  return squarePixelSize(side('X'), side('Y'), 'ome');
}

function child(node: unknown, key: string): unknown {
  return typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[key] : undefined;
}

function text(node: unknown, key: string): string | undefined {
  const value = child(node, key);
  return typeof value === 'string' ? value : undefined;
}

function integer(node: unknown, key: string, otherwise: number): number {
  const value = Number(text(node, key) ?? Number.NaN);
  return Number.isInteger(value) && value >= 0 ? value : otherwise;
}

function list(node: unknown): unknown[] {
  return Array.isArray(node) ? (node as unknown[]) : node === undefined ? [] : [node];
}
