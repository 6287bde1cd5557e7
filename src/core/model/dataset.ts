import type { HexColor } from './color';
import type { CellRole, CentroidUnit } from './datasetParts';
import type { ErrorData, ExportErrorCode } from './exportError';
import type { PixelSize, PlaneAddress, StatedPixelSize } from './image';
import type { ChannelSetting, MarkerSet } from './markerSet';
import type { Palette } from './palette';
import type { Roi, RoiAnchor } from './roi';
import type { Slide } from './slide';

/** One image on disk that has a name in its FOV: a channel, a label mask or an annotation. */
export interface ImageSource {
  readonly name: string;
  /** Absolute path: a TIFF, or the folder of an OME-Zarr image. */
  readonly file: string;
  /** Absent where the file holds one plane only. */
  readonly plane?: PlaneAddress;
}

/** One field of view: an image with all its channels. */
export interface Fov {
  readonly name: string;
  /** Absolute path of the folder of channel files, of the image file, or of the OME-Zarr folder. */
  readonly path: string;
  readonly channels: readonly ImageSource[];
  readonly masks: readonly ImageSource[];
  readonly annotations: readonly ImageSource[];
  /** What an image of many channels says about itself as a whole; files of single channels each speak for themselves. */
  readonly statedPixelSize?: StatedPixelSize;
  /** Why none of it can be read, where that is known from the start, such as a missing part of a set of files. */
  readonly error?: ErrorData;
}

/** A saved marker set and the file that it was read from. */
export interface SavedMarkerSet extends MarkerSet {
  readonly origin: 'project' | 'ueler' | 'file' | 'omero';
}

/**
 * What is worth a warning and never fails: too few pixels for the print size, a character that the font lacks, a
 * centroid that is not in its cell, a label in places far apart, centroids in another unit as it seems, a ROI that names
 * settings which are not there, a table that names no FOV, names with blanks around them or as parts of paths, pixels that are
 * very large or stated to be of two sizes, files that are not those which a picture was made of, a job that another version
 * planned, percentiles of a sparse channel that coincide, links that lead out of the dataset.
 */
export type WarningCode =
  | 'PrintTooCoarse'
  | 'CharacterMissing'
  | 'CellOffCenter'
  | 'CellScattered'
  | 'UnitDoubtful'
  | 'SettingsMissing'
  | 'FovAssumed'
  | 'LabelAssumed'
  | 'NamesShortened'
  | 'PixelSizeDoubtful'
  | 'SourcesDiffer'
  | 'VersionDiffers'
  | 'LinksLeadOut'
  | 'PercentilesCoincide';

/** How UELer's viewer showed channels and masks when it was last used: what ROIs mean by `current`. */
export interface ViewerSettings {
  readonly channels: ReadonlyMap<string, ChannelSetting>;
  readonly maskColors: ReadonlyMap<string, HexColor>;
}

/** Something that the user should know before a job starts, about the dataset or about one item. */
export interface Problem {
  readonly code: ExportErrorCode | WarningCode;
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

/** The regions of interest of a dataset. */
export interface SavedRois {
  /** Absolute path, of a file or of a folder of them. */
  readonly file: string;
  readonly rois: readonly Roi[];
  /** What the user says that `x` and `y` are in tables of boxes. */
  readonly anchor?: RoiAnchor;
}

/** How a table writes where a cell is. */
export interface CentroidScale {
  readonly unit: CentroidUnit;
  /** What 0 is: the middle of the first pixel, or the image's corner, half a pixel before it. */
  readonly zero: 'pixelCenter' | 'imageCorner';
}

/** Which columns of a cell table say what. */
export interface CellRoles {
  /** Absent where no column says it; see `CellTableReference.fov`. */
  readonly fov?: string;
  readonly label: string;
  /** Centroids; absent where the table has none. */
  readonly x?: string;
  readonly y?: string;
}

/** A cell table and which of its columns say what cell a row is about. */
export interface CellTableReference {
  /** Absolute path. */
  readonly file: string;
  readonly roles: CellRoles;
  /** The FOV that all rows are about, where no column says it. */
  readonly fov?: string;
  /** The dataset's FOVs: what a row says is one of them, or the name of its image file; see `fovOfRow`. */
  readonly fovs?: readonly string[];
  /** How the centroids are written; pixels, whole numbers at pixel centres, unless it says otherwise. */
  readonly centroids?: CentroidScale;
  /** The mask that the table's labels belong to. */
  readonly maskName?: string;
}

/** A cell table of a dataset, and what was found out about it. */
export interface CellTableSummary extends TableSummary, CellTableReference {
  /** What was guessed from names and not given. */
  readonly guessed?: readonly GuessedRole[];
  /** The user said the unit of the centroids. */
  readonly isUnitGiven?: boolean;
  /** No column says the label: that of `roles` is only what it would be called, and cells have the numbers of their rows. */
  readonly labelProblem?: Problem;
  /** Why it cannot be told which cell a row is about. */
  readonly problem?: Problem;
  /** Why its rows seem to be about several images: it is used only where its cells are those of a mask. */
  readonly imagesDoubt?: Problem;
}

export type GuessedRole = CellRole | 'mask';

/** A folder of images and all that was found beside them; the pixels are read later. */
export interface Dataset {
  /** Absolute path. */
  readonly folder: string;
  /** The one file or OME-Zarr folder of it that was named, when it was not the folder; absolute. */
  readonly image?: string;
  readonly fovs: readonly Fov[];
  readonly markerSets: readonly SavedMarkerSet[];
  readonly palettes: readonly Palette[];
  /** Where masks and annotations are, absolute. */
  readonly overlayFolders: readonly string[];
  /** From the dataset's settings or UELer's; files that state their own pixel size come first. */
  readonly fallbackPixelSize?: PixelSize;
  readonly cellTable?: CellTableSummary;
  /** Why there is none although a file of its name is there. */
  readonly cellTableProblem?: string;
  readonly viewer?: ViewerSettings;
  readonly rois?: SavedRois;
  /** Why there are none although a file of them is there. */
  readonly roisProblem?: string;
  /** Put together from its FOVs. */
  readonly slides: readonly Slide[];
  readonly warnings: readonly Problem[];
}

/** What the headers of one FOV's channels say together. */
export interface FovHeader {
  readonly fov: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly sampleTypes: readonly string[];
  readonly pixelSize?: PixelSize;
  /** What is stated besides and contradicts it. */
  readonly otherPixelSize?: PixelSize;
  /** What the files state in place of a pixel size, such as `300 dpi`. */
  readonly printResolution?: string;
  readonly errors: readonly ErrorData[];
}
