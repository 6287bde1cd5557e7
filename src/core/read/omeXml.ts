import { XMLParser } from 'fast-xml-parser';
import type { StatedPixelSize } from '../model/image';
import { isNoLength, isPaperUnit, paperPixelSize, squarePixelSize, umPerOmeUnit } from './lengthUnits';
import { omeEssentials } from './stack/omeEssentials';

export type OmeAxis = 'c' | 'z' | 't';

/** One `TiffData` element: planes of an image that lie in one file, one after the other. */
export interface OmeTiffData {
  readonly first: Readonly<Record<OmeAxis, number>>;
  /** The directory of the file that the first plane is in; 0 when absent. */
  readonly ifd?: number;
  /** Absent: one if `ifd` is given, else as many as the file has directories. */
  readonly planeCount?: number;
  /** The file, if it is named, and its UUID. */
  readonly fileName?: string;
  readonly uuid?: string;
}

/** One `Image` element: its extent, the order of its planes, and where they are. */
export interface OmeImage extends StatedPixelSize {
  readonly name?: string;
  /** 0 where the XML does not say it. `c` counts samples: a channel of three samples per pixel is three. */
  readonly size: Readonly<Record<'x' | 'y' | OmeAxis, number>>;
  /** The axes after X and Y, the fastest first; empty if the XML names no such order. */
  readonly order: readonly OmeAxis[];
  /** `uint16`, `float` … as OME names them. */
  readonly type: string;
  readonly channels: readonly { readonly id?: string; readonly name?: string; readonly samplesPerPixel: number }[];
  readonly tiffData: readonly OmeTiffData[];
  /** What in it makes no sense, when something does not; where its planes are would then be a guess. */
  readonly flaw?: string;
}

export interface OmeDocument {
  readonly uuid?: string;
  /** The file that holds the metadata, for the parts of a set that hold pixels only, and its UUID. */
  readonly metadataFile?: string;
  readonly metadataUuid?: string;
  readonly images: readonly OmeImage[];
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  // Names that differ by blanks only are two.
  trimValues: false,
  // Also decodes references by number: `&#181;m` is how Python writes µm. Entities of its own a document cannot have.
  htmlEntities: true,
  isArray: (name) => ['Image', 'Pixels', 'Channel', 'LogicalChannel', 'ChannelComponent', 'TiffData'].includes(name),
});

/** Whether a text is meant to be OME-XML, be it whole or not. */
export function isOmeXml(text: string): boolean {
  return text.startsWith('<') && /<(?:[\w.-]+:)?OME[\s/>]/.test(text);
}

/** The text that was read last, and what was in it: who opens a file asks for its planes, and then for its pixel size. */
let last: { readonly xml: string; readonly document: OmeDocument | undefined } | undefined;

/** Reads OME-XML (any schema version since 2008, by the names of its elements); `undefined` for other or broken XML. */
export function parseOmeXml(xml: string): OmeDocument | undefined {
  if (last?.xml !== xml) last = { xml, document: readDocument(xml) };
  return last.document;
}

function readDocument(xml: string): OmeDocument | undefined {
  let document: unknown;
  try {
    const essentials = omeEssentials(xml);
    if (essentials === undefined) return undefined;
    document = parser.parse(essentials);
  } catch {
    return undefined;
  }
  const ome = child(document, 'OME');
  if (ome === undefined) return undefined;
  const binaryOnly = child(ome, 'BinaryOnly');
  const metadataFile = text(binaryOnly, '@MetadataFile');
  const metadataUuid = text(binaryOnly, '@UUID');
  const uuid = text(ome, '@UUID');
  return {
    ...(uuid !== undefined && { uuid }),
    ...(metadataFile !== undefined && { metadataFile }),
    ...(metadataUuid !== undefined && { metadataUuid }),
    images: list(child(ome, 'Image')).map(toImage),
  };
}

/** Reads a whole number; the sentence that says what is wrong with the first that is none is kept. */
class Numbers {
  flaw: string | undefined;

  read(node: unknown, attribute: string, least: number, otherwise: number): number {
    const written = text(node, `@${attribute}`);
    if (written === undefined) return otherwise;
    const value = /^\s*\+?\d{1,9}\s*$/.test(written) ? Number(written) : Number.NaN;
    if (value >= least) return value;
    this.flaw ??= `its XML says ${attribute}="${written.slice(0, 40)}"`;
    return otherwise;
  }
}

function toImage(node: unknown): OmeImage {
  const numbers = new Numbers();
  const [pixels, ...others] = list(child(node, 'Pixels'));
  if (others.length > 0) numbers.flaw = 'its XML says of one image that it has several sets of pixels';
  const name = text(node, '@Name');
  const channels = toChannels(node, pixels, numbers);
  const size = {
    x: numbers.read(pixels, 'SizeX', 1, 0),
    y: numbers.read(pixels, 'SizeY', 1, 0),
    c: numbers.read(pixels, 'SizeC', 1, channels.reduce((sum, channel) => sum + channel.samplesPerPixel, 0) || 1),
    z: numbers.read(pixels, 'SizeZ', 1, 1),
    t: numbers.read(pixels, 'SizeT', 1, 1),
  };
  const tiffData = list(child(pixels, 'TiffData')).map((each) => toTiffData(each, numbers));
  if (size.x === 0 || size.y === 0) numbers.flaw ??= 'its XML does not say how big the image is';
  return {
    ...(name !== undefined && name !== '' && { name }),
    size,
    order: toOrder(text(pixels, '@DimensionOrder')),
    type: text(pixels, '@Type') ?? text(pixels, '@PixelType') ?? '',
    channels,
    tiffData,
    ...pixelSizeOf(pixels),
    ...(numbers.flaw !== undefined && { flaw: numbers.flaw }),
  };
}

function toOrder(order: string | undefined): OmeAxis[] {
  const axes =
    /^XY([CZT]{3})$/
      .exec(order?.trim() ?? '')?.[1]
      .toLowerCase()
      .split('') ?? [];
  return new Set(axes).size === 3 ? (axes as OmeAxis[]) : [];
}

/** `Channel` elements, or the `LogicalChannel`s of schemas before 2009, which may name the channel that they are. */
function toChannels(image: unknown, pixels: unknown, numbers: Numbers): OmeImage['channels'] {
  const toChannel = (node: unknown): OmeImage['channels'][number] => {
    const id = text(node, '@ID');
    const label = asWritten(node, '@Name');
    return {
      ...(id !== undefined && { id }),
      ...(label !== undefined && label.trim() !== '' && { name: label }),
      samplesPerPixel: numbers.read(node, 'SamplesPerPixel', 1, 1),
    };
  };
  const channels = list(child(pixels, 'Channel')).map(toChannel);
  const logical = list(child(image, 'LogicalChannel'));
  if (channels.length > 0 || logical.length === 0) return channels;
  const indices = logical.map((node, i) => {
    const components = list(child(node, 'ChannelComponent'));
    return components.length === 1 ? numbers.read(components[0], 'Index', 0, i) : i;
  });
  const inOrder = logical.map((_, i) => logical[indices.indexOf(i)]);
  return inOrder.every((node) => node !== undefined) ? inOrder.map(toChannel) : [];
}

function toTiffData(node: unknown, numbers: Numbers): OmeTiffData {
  const uuidNode = child(node, 'UUID');
  const fileName = text(uuidNode, '@FileName');
  const uuid = (typeof uuidNode === 'string' ? uuidNode : text(uuidNode, '#text'))?.trim();
  const ifd = numbers.read(node, 'IFD', 0, -1);
  // `NumPlanes` in 2008.
  const planeCount = numbers.read(node, 'PlaneCount', 0, numbers.read(node, 'NumPlanes', 0, -1));
  return {
    first: {
      c: numbers.read(node, 'FirstC', 0, 0),
      z: numbers.read(node, 'FirstZ', 0, 0),
      t: numbers.read(node, 'FirstT', 0, 0),
    },
    ...(ifd >= 0 && { ifd }),
    ...(planeCount >= 0 && { planeCount }),
    ...(fileName !== undefined && fileName !== '' && { fileName }),
    ...(uuid !== undefined && uuid !== '' && { uuid }),
  };
}

/** `Pixels/@PhysicalSizeX` and `Y`; the unit is µm when it is not given (OME-XML 2016-06). */
function pixelSizeOf(pixels: unknown): StatedPixelSize {
  let problem: string | undefined;
  const unitOf = (axis: 'X' | 'Y'): string => text(pixels, `@PhysicalSize${axis}Unit`) ?? 'µm';
  const side = (axis: 'X' | 'Y', what: string): number => {
    const written = text(pixels, `@PhysicalSize${axis}`)?.trim() ?? '';
    const unit = unitOf(axis);
    if (written === '' || Number(written) === 0 || isNoLength(unit)) return Number.NaN;
    const um = Number(written) * (umPerOmeUnit(unit) ?? Number.NaN);
    if (!(um > 0 && um < Infinity)) {
      problem ??= `its pixels are ${written.slice(0, 40)} ${unit.slice(0, 40)} ${what}, which is no length that we know`;
    }
    return um;
  };
  const [x, y] = [side('X', 'wide'), side('Y', 'high')];
  if (problem !== undefined) return { pixelSizeProblem: problem };
  // Programs make a physical size of the dots per inch of any picture.
  if (x > 0 && isPaperUnit(unitOf('X'))) return paperPixelSize(x);
  return squarePixelSize(x, y, 'ome');
}

function child(node: unknown, key: string): unknown {
  return typeof node === 'object' && node !== null ? (node as Record<string, unknown>)[key] : undefined;
}

function text(node: unknown, key: string): string | undefined {
  return asWritten(node, key)?.trim();
}

/** With the blanks around it. */
function asWritten(node: unknown, key: string): string | undefined {
  const value = child(node, key);
  return typeof value === 'string' ? value : undefined;
}

function list(node: unknown): unknown[] {
  return Array.isArray(node) ? (node as unknown[]) : node === undefined ? [] : [node];
}
