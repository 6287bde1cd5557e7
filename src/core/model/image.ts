/** The sample types that we read, named as numpy names them. */
export type SampleType =
  'uint8' | 'uint16' | 'uint32' | 'uint64' | 'int8' | 'int16' | 'int32' | 'int64' | 'float16' | 'float32' | 'float64';

/** What planes are kept in: half floats in float32, integers of 64 bits in float64, each exactly. */
export type SampleArray =
  Uint8Array | Uint16Array | Uint32Array | Int8Array | Int16Array | Int32Array | Float32Array | Float64Array;

/** One channel of one FOV: `widthPx × heightPx` samples, row by row from the top left, values as on disk. */
export interface Plane {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly samples: SampleArray;
}

/** A label mask or annotation: one integer per pixel, 0 = background, row by row from the top left. */
export interface LabelImage {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly labels: Uint32Array;
  /** The greatest integer of the file's sample type, where cells may well be more: of 8 and 16 bits. */
  readonly typeLimit?: number;
}

/** In pixels. */
export interface PictureSize {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A rendered picture, or a window of one: 8-bit sRGB, three bytes per pixel, row by row from the top left. */
export interface Picture extends PictureSize {
  readonly rgb: Uint8Array;
}

/** A box in full-resolution pixels; `x` right, `y` down, integers are pixel corners. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly widthPx: number;
  readonly heightPx: number;
}

/**
 * Which plane of an image file, for files that hold more than one: a page of a TIFF and the sample of its pixels (both
 * from 0), or the indices along the axes of an OME-Zarr array that stand before y and x.
 */
export type PlaneAddress =
  | { readonly page: number; readonly sample: number }
  | { readonly zarrIndex: readonly number[]; readonly on?: LabelGrid };

/** How labels lie on an image of another pixel size: they are read as if they were of its size. */
export interface LabelGrid extends PictureSize {
  readonly x: AxisGrid;
  readonly y: AxisGrid;
}

/** Along an axis, in one unit: the size of a pixel and where the first begins, of the image and of the labels. */
export interface AxisGrid {
  readonly pixel: number;
  readonly start: number;
  readonly labelPixel: number;
  readonly labelStart: number;
}

/** What a file states about the size of its pixels. */
export interface StatedPixelSize {
  /** Absent when it says nothing that is a length. */
  readonly pixelSize?: PixelSize;
  /** Why its own statement cannot be used, when it makes one: nothing else may stand in for it. */
  readonly pixelSizeProblem?: string;
  /** What it says that is about paper and no pixel size, such as `300 dpi`. */
  readonly printResolution?: string;
}

/** What a file says about one of its planes, without its pixels. */
export interface ImageHeader extends StatedPixelSize {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly sampleType: SampleType;
  /** The sizes of its pyramid, largest first; the first is the plane itself. */
  readonly levels: readonly { readonly widthPx: number; readonly heightPx: number }[];
  /** What of it is decoded together; absent: all. */
  readonly block?: { readonly widthPx: number; readonly heightPx: number };
}

/** Where a pixel size came from; shown to the user, because a wrong one makes a wrong scale bar. */
export const pixelSizeOrigins = ['given', 'ome', 'imagej', 'mibi', 'map', 'dataset', 'ueler'] as const;

export type PixelSizeOrigin = (typeof pixelSizeOrigins)[number];

export interface PixelSize {
  /** µm per pixel at full resolution. */
  readonly um: number;
  readonly origin: PixelSizeOrigin;
}
