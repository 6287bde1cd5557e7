import type { ErrorData, ExportErrorCode } from './exportError';
import type { PixelSize } from './image';
import type { MarkerSet } from './markerSet';

/** One image on disk that has a name in its FOV: a channel, a label mask or an annotation. */
export interface ImageSource {
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
}

/** One field of view: an image with all its channels, found by listing folders only. */
export interface Fov {
  readonly name: string;
  readonly folder: string;
  readonly channels: readonly ImageSource[];
  readonly masks: readonly ImageSource[];
  readonly annotations: readonly ImageSource[];
}

/** A saved marker set and the file that it was read from. */
export interface SavedMarkerSet extends MarkerSet {
  readonly origin: 'project' | 'ueler' | 'file';
}

/** Something that the user should know before a job starts, about the dataset or about one item. */
export interface Problem {
  readonly code: ExportErrorCode;
  readonly message: string;
  /** The item that will fail because of it; absent for a warning about the dataset. */
  readonly item?: string;
}

/** A table that was found beside the images, and how big it is. */
export interface TableSummary {
  readonly file: string;
  readonly rows: number;
  readonly columns: readonly string[];
}

/** A folder of images and all that was found beside them; the pixels are read later. */
export interface Dataset {
  /** Absolute path. */
  readonly folder: string;
  readonly fovs: readonly Fov[];
  readonly markerSets: readonly SavedMarkerSet[];
  /** From the dataset's settings or UELer's; files that state their own pixel size come first. */
  readonly fallbackPixelSize?: PixelSize;
  readonly cellTable?: TableSummary;
  readonly rois?: TableSummary;
  readonly warnings: readonly Problem[];
}

/** What the headers of one FOV's channels say together. */
export interface FovHeader {
  readonly fov: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly sampleTypes: readonly string[];
  readonly pixelSize?: PixelSize;
  readonly errors: readonly ErrorData[];
}
