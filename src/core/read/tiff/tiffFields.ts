import { type ByteSource, readAll } from '../embedded/byteSource';
import { fieldTypes, textType } from './fieldTypes';
import { type TiffDirectory, type TiffEntry, type TiffLayout, viewOf } from './readDirectory';

/** The tags that we ask for (TIFF 6.0 and its supplements). */
const tagCodes = {
  NewSubfileType: 254,
  ImageWidth: 256,
  ImageLength: 257,
  BitsPerSample: 258,
  Compression: 259,
  PhotometricInterpretation: 262,
  FillOrder: 266,
  ImageDescription: 270,
  StripOffsets: 273,
  SamplesPerPixel: 277,
  RowsPerStrip: 278,
  StripByteCounts: 279,
  XResolution: 282,
  YResolution: 283,
  PlanarConfiguration: 284,
  PageName: 285,
  ResolutionUnit: 296,
  Software: 305,
  Predictor: 317,
  TileWidth: 322,
  TileLength: 323,
  TileOffsets: 324,
  TileByteCounts: 325,
  SubIFDs: 330,
  SampleFormat: 339,
} as const;

export type TiffTag = keyof typeof tagCodes;

const wanted: ReadonlySet<number> = new Set(Object.values(tagCodes));

const utf8 = new TextDecoder();

/** A number, more of them, or a text. */
type FieldValue = number | ArrayLike<number> | string;

/** The values of a directory's fields, of those that we ask for. */
export class TiffFields {
  private constructor(private readonly values: ReadonlyMap<number, FieldValue>) {}

  /** What a directory says that is not there. */
  static readonly none = new TiffFields(new Map());

  /**
   * Reads them. Of a tag that stands there twice the first is taken, as libtiff does.
   * @throws Error with the end of a sentence if the file ends before a value does, or cannot have it
   */
  static async read(
    source: ByteSource,
    { littleEndian }: TiffLayout,
    { entries, view, at }: TiffDirectory,
  ): Promise<TiffFields> {
    const values = new Map<number, FieldValue>();
    for (const entry of entries) {
      const { tag, type, length } = entry;
      // Other tags are held against it, too: what has such a field is no directory.
      if (Number.isNaN(length)) throw new Error(`its tag ${tag} is of type ${type}, which TIFF has not`);
      if (length > source.size) throw new Error(`its tag ${tag} has ${length} bytes, but the file ${source.size}`);
      if (!wanted.has(tag) || values.has(tag)) continue;
      const start = entry.at - at;
      const isRead = start >= 0 && start + length <= view.byteLength;
      const value = isRead
        ? valueOf(entry, view, start, littleEndian)
        : valueOf(entry, viewOf(await readAll(source, entry.at, length)), 0, littleEndian);
      values.set(tag, value);
    }
    return new TiffFields(values);
  }

  has(tag: TiffTag): boolean {
    return this.values.has(tagCodes[tag]);
  }

  /** The numbers of a field; of a fraction both. */
  list(tag: TiffTag): ArrayLike<number> | undefined {
    const value = this.values.get(tagCodes[tag]);
    if (typeof value === 'number') return [value];
    return typeof value === 'string' ? undefined : value;
  }

  /** The first of them. */
  number(tag: TiffTag, otherwise: number): number {
    const value = this.values.get(tagCodes[tag]);
    if (typeof value === 'number') return value;
    return (typeof value === 'string' ? undefined : value?.[0]) ?? otherwise;
  }

  text(tag: TiffTag): string | undefined {
    const value = this.values.get(tagCodes[tag]);
    return typeof value === 'string' ? value : undefined;
  }
}

function valueOf({ type, length }: TiffEntry, view: DataView, at: number, littleEndian: boolean): FieldValue {
  const { bytes, read, List } = fieldTypes[type];
  if (type === textType) return textOf(new Uint8Array(view.buffer, view.byteOffset + at, length));
  if (length === bytes) return read(view, at, littleEndian);
  const numbers = new List(length / bytes);
  for (let i = 0; i < numbers.length; i++) numbers[i] = read(view, at + i * bytes, littleEndian);
  return numbers;
}

/** A text ends at its first zero byte. */
function textOf(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return utf8.decode(end < 0 ? bytes : bytes.subarray(0, end));
}
