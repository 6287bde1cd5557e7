/**
 * The messages between the panel and the extension host: types and one code, so that both sides may import them.
 * The panel asks with a request and gets exactly one result, also when the handler throws; a draft may come before it. The host
 * tells with whole snapshots of its state, because VS Code drops messages to a hidden panel: a lost one must do no harm.
 * The panel names no path, except where a file was that the user dropped on it, and no command, except the one that opens
 * it again.
 */
import type { ChannelSetting } from '../core/model/markerSet';
import type { JobState } from '../core/model/jobStatus';
import type { HexColor } from '../core/model/color';
import { type InkColor, inkColors, type Place, places } from '../core/model/marks';
import { nameTokens, tokenNames } from '../core/model/tokens';
import type { CellRole, CentroidUnit, DatasetPart } from '../core/model/datasetParts';
import type { ChosenItem, ItemPage, ListedItem } from '../core/model/itemPage';
import { itemStates, type ItemState, type OutcomePage, type Pace } from '../core/model/itemOutcome';
import type { Preflight } from '../core/model/preflight';
import type { PreviewOf } from '../core/model/previewOf';
import type { Limit } from '../core/model/limit';
import type { Palette } from '../core/model/palette';
import type { RoiAnchor } from '../core/model/roi';
import type { AnnotationLayer, ColorBy, Format, MaskLayer, Recipe, RecipeChannel } from '../core/model/recipe';

export { inkColors, itemStates, nameTokens, places, tokenNames };
export type { CellRole, CentroidUnit, DatasetPart, InkColor, Place, RoiAnchor };
export type { ItemState, ListedItem, OutcomePage };
export type { AnnotationLayer, ChannelSetting, ColorBy, Format, HexColor, Limit, MaskLayer, Recipe, RecipeChannel };

export interface FovView {
  readonly name: string;
  readonly channels: readonly string[];
  readonly masks: readonly string[];
  readonly annotations: readonly string[];
}

export interface MarkerSetView {
  readonly name: string;
  readonly from: string;
  readonly channels: readonly ChannelSetting[];
}

/** Where a part of the dataset is. */
export interface PartView {
  readonly part: DatasetPart;
  readonly label: string;
  /** A path to be shown only; absent where nothing was found, or found in more places than one. */
  readonly place?: string;
  /** Whether the user chose it, in place of what is found by its name. */
  readonly isChosen: boolean;
}

/** What the cell table's columns say, as it is understood. */
export interface CellTableView {
  readonly columns: readonly string[];
  readonly roles: Readonly<Partial<Record<CellRole, string>>>;
  /** The user's choices among them. */
  readonly chosen: Readonly<Partial<Record<CellRole, string>>>;
  /** Of the centroids; absent where there are none. */
  readonly unit?: CentroidUnit;
  readonly isUnitChosen: boolean;
  /** Names of the masks that its labels can belong to, and the one that they do. */
  readonly masks: readonly string[];
  readonly mask?: string;
  readonly isMaskChosen: boolean;
}

export interface DatasetView {
  readonly name: string;
  /** The absolute path, to be shown only. */
  readonly folder: string;
  readonly fovs: readonly FovView[];
  readonly markerSets: readonly MarkerSetView[];
  readonly palettes: readonly Palette[];
  /** The cell table's columns that may colour cells. */
  readonly cellColumns: readonly string[];
  readonly cells?: number;
  readonly parts: readonly PartView[];
  readonly cellTable?: CellTableView;
  readonly rois?: number;
  /** What the user says that `x` and `y` are in tables of ROIs that are not UELer's. */
  readonly roiAnchor?: RoiAnchor;
  /** Stitched slides, by their ids. */
  readonly slides: readonly string[];
  /** Whether UELer saved something beside the images that can be imported. */
  readonly hasUelerState: boolean;
  readonly warnings: readonly string[];
}

/** What the headers of a FOV's files say. */
export interface FovDetails {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly sampleTypes: readonly string[];
  readonly pixelSize?: { readonly um: number; readonly from: string };
  /** What the files state in place of one, such as `300 dpi`. */
  readonly printResolution?: string;
  readonly problems: readonly string[];
}

export interface JobView {
  readonly state: JobState;
  readonly planned: number;
  readonly written: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly remaining: number;
  /** Of those that failed, the ones that may be tried again. */
  readonly retryable: number;
  /** Items per second, and seconds until its end; absent before it can be told. */
  readonly pace?: Pace;
  /** Of a job that makes one. */
  readonly gallery?: 'made' | 'missing';
  /** What ended the whole job, if something did. */
  readonly error?: string;
  /** What was to be looked at when it was planned; none of a job that was not started here. */
  readonly remarks: readonly string[];
  readonly outputFolder: string;
}

/** A job that is running or has items left, to be shown or gone on with. */
export interface UnfinishedJob {
  /** The name of its folder. */
  readonly id: string;
  /** Where its pictures go, to be shown only. */
  readonly outputFolder: string;
  readonly text: string;
}

/** Settings from a recipe file, or from a picture that was made with them. */
export interface LoadedSettings {
  /** New for each that was loaded: the form takes them over once. */
  readonly id: string;
  /** Of the file, without its folder. */
  readonly name: string;
  /** With the FOVs of this dataset by their names. */
  readonly recipe: Recipe;
  /** Of a picture: the item that it shows, as it is in this dataset. */
  readonly item?: { readonly id: string; readonly name: string; readonly fov: string };
  /** What the user should know, in sentences. */
  readonly remarks: readonly string[];
}

/** All that the host knows and the panel shows. */
export interface HostState {
  readonly dataset?: DatasetView;
  /** New for every dataset that is opened, also for the same one again: the form starts anew. */
  readonly datasetId: string;
  /** FOVs that were chosen by opening the panel on their folders; taken over once, with a new `datasetId`. */
  readonly chosenFovs: readonly string[];
  readonly outputFolder: string;
  readonly trusted: boolean;
  /** A job is being planned and will run in a moment. */
  readonly starting: boolean;
  /** How a fresh form starts, by the settings. */
  readonly defaults: { readonly scaleBar: 'auto' | 'off'; readonly color: InkColor; readonly place: Place };
  readonly job?: JobView;
  /** Others than the one that is shown. */
  readonly unfinished: readonly UnfinishedJob[];
  /** What was loaded last into the panel, for this dataset. */
  readonly loaded?: LoadedSettings;
  /** Why there is no dataset, when one was asked for. */
  readonly error?: string;
}

export type PreviewResult = PreviewOf<ArrayBuffer>;

export interface PreflightView extends Preflight {
  /** The first ones. */
  readonly problems: readonly string[];
}

/** How many cells, ROIs or items of a job an answer lists. */
export const itemsPerPage = 20;

/** A page of the cells or ROIs that can be picked. */
export interface ItemsView extends ItemPage {
  readonly offset: number;
}

/** Every request: what it carries, and what its result carries. */
export interface Requests {
  /** The first message of a panel: it is listening now. */
  ready: { params: null; result: HostState };
  /** Whether somebody is there: the page outlives an extension host that crashes. */
  ping: { params: null; result: null };
  chooseDataset: { params: null; result: null };
  /** Asks first; the dataset is opened anew after it. */
  importUeler: { params: null; result: null };
  /** Asks for a file or folder, and opens the dataset anew with it. */
  choosePart: { params: { part: DatasetPart }; result: null };
  /** Back to what is found by its name. */
  resetPart: { params: { part: DatasetPart }; result: null };
  /** What `x` and `y` are in tables of ROIs that do not say it; absent: such tables are refused. */
  describeRois: {
    params: { anchor?: RoiAnchor };
    result: null;
  };
  /** Which columns of the cell table say what, the unit of its centroids and the mask of its labels; what is absent is guessed. */
  describeCells: {
    params: { columns: Readonly<Partial<Record<CellRole, string>>>; unit?: CentroidUnit; mask?: string };
    result: null;
  };
  describeFov: { params: { fov: string }; result: FovDetails };
  /** Contrast limits at the 1st and 99.8th percentile of the given FOVs. */
  autoContrast: {
    params: { fovs: readonly string[]; channels: readonly string[] };
    result: readonly { channel: string; contrastLimits: readonly [number, number] }[];
  };
  listItems: { params: { recipe: Recipe; offset: number }; result: ItemsView };
  /** The chosen item that comes so many after another one, round at the ends. */
  stepItem: { params: { recipe: Recipe; from: string; by: number }; result: ChosenItem };
  /** `item` is a FOV, `FOV:LABEL` for a recipe of cells, or a ROI's id. The result is exact; a draft of it may come first. */
  preview: { params: { item: string; recipe: Recipe; channel?: number }; result: PreviewResult };
  /** Asks for a picture or a recipe file, whose settings then come with the state. */
  chooseSettings: { params: null; result: null };
  /** The same of a file that was dropped on the panel: its bytes, or where VS Code says that it is. */
  dropSettings: { params: DroppedFile; result: null };
  /** Asks where to, and writes a recipe file. The name of what was written, or nothing. */
  saveSettings: { params: { recipe: Recipe }; result: string | null };
  chooseOutput: { params: null; result: null };
  /** The job goes on after the result; its progress comes with the state. */
  start: { params: { recipe: Recipe }; result: null };
  cancel: { params: null; result: null };
  /** What a job of this recipe would make and cost; a few pictures are made in memory to find out. */
  preflight: { params: { recipe: Recipe }; result: PreflightView };
  /** Makes what is left of the job that is shown, and what failed. */
  resume: { params: null; result: null };
  showJob: { params: { id: string }; result: null };
  /** A page of the items of the job that is shown. */
  listOutcomes: { params: { state?: ItemState; offset: number }; result: OutcomePage };
  openFolder: { params: null; result: null };
  showReport: { params: null; result: null };
  openGallery: { params: null; result: null };
}

/** A URI is text from the page; the host decides whether it reads what is there. */
export type DroppedFile = { readonly name: string; readonly bytes: ArrayBuffer } | { readonly uri: string };

/** Larger files are not sent: their settings can be loaded by choosing them. */
export const maxDroppedBytes = 2 ** 28;

export type Method = keyof Requests;

export interface RequestMessage<M extends Method = Method> {
  readonly kind: 'request';
  readonly id: number;
  readonly method: M;
  /** The dataset that the request is about, for requests that are about one. */
  readonly datasetId?: string;
  readonly params: Requests[M]['params'];
}

export interface Failure {
  readonly code: string;
  readonly message: string;
}

export type ResultMessage =
  | { readonly kind: 'result'; readonly id: number; readonly ok: true; readonly value: Requests[Method]['result'] }
  | { readonly kind: 'result'; readonly id: number; readonly ok: false; readonly error: Failure };

/** What a preview is like, before its result is there: of the request with this id. Never the last word on it. */
export interface DraftMessage {
  readonly kind: 'draft';
  readonly id: number;
  readonly draft: PreviewResult;
}

export interface StateMessage {
  readonly kind: 'state';
  readonly state: HostState;
}

export type HostMessage = ResultMessage | DraftMessage | StateMessage;

/** The one command that the page may name: it opens a panel where there is none that answers. */
export const openCommand = 'multiplexBatchExport.open';

/** The code of a preview that a newer one replaced: not an error to show. */
export const supersededCode = 'Superseded';
