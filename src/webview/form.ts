import type { Mode } from '../core/model/mode';
import type {
  AnnotationLayer,
  ColorBy,
  DatasetView,
  Format,
  HostState,
  InkColor,
  MarkerSetView,
  Place,
  Recipe,
} from './protocol';

/** A channel as it is edited: numbers stay text until they are used, so that half-typed ones can be shown. */
export interface ChannelRow {
  readonly channel: string;
  on: boolean;
  color: string;
  /** A number, or a percentile such as `p1`. */
  low: string;
  high: string;
}

export interface MaskRow {
  readonly name: string;
  on: boolean;
  mode: 'outline' | 'fill';
  color: string;
  /** The cell-table column that colours the cells; empty: `color` for all. */
  column: string;
  /** Of a column: automatic, a saved palette (`palette:NAME`), a colour map's name, or those that were loaded. */
  colors: string;
  /** Colours of a picture or recipe that no palette and no other choice has. */
  loaded?: Omit<ColorBy, 'column'>;
  /** Ends of a colour map; empty: the column's least and greatest value. */
  low: string;
  high: string;
  arcsinhCofactor: string;
  alpha: string;
  widthPx: string;
}

export type { Mode };

/** What is written on the pictures. */
export interface MarksForm {
  bar: 'auto' | 'fixed' | 'off';
  barLengthUm: string;
  barColor: InkColor;
  barPlace: Place;
  legend: 'off' | 'names' | 'limits';
  legendPlace: Place;
  classes: boolean;
  classesPlace: Place;
  /** Empty: none. */
  title: string;
  titlePlace: Place;
  caption: string;
  captionPlace: Place;
  marginColor: 'black' | 'white';
}

/** Which cells, and what is cut out around each; sizes as text, `128px` or `50um`. */
export interface CellsForm {
  where: string;
  /** `FOV:LABEL` of those that were checked; none: all. */
  picked: string[];
  /** Stitched slides that were checked: cells are cut out of them; none: out of FOVs. */
  slides: string[];
  /** Empty: all. */
  sample: string;
  seed: string;
  /** Columns, with commas between. */
  per: string;
  /** Empty: none. */
  range: string;
  crop: 'size' | 'fit';
  size: string;
  padding: string;
  min: string;
  max: string;
  center: 'table' | 'mask';
  edge: 'pad' | 'shift' | 'skip';
  isolate: boolean;
  onlyFocal: boolean;
  hasFocalColor: boolean;
  focalColor: string;
}

/** Which ROIs, and what of each is shown; sizes as text, `512px` or `200um`. */
export interface RoisForm {
  tags: string;
  /** Ids of those that were checked; none: all. */
  picked: string[];
  /** Stitched slides that were checked: they stand in place of ROIs. */
  slides: string[];
  settings: 'own' | 'shared';
  /** With shared settings; empty: the own box. */
  size: string;
  /** Empty: the size is fixed. */
  tolerance: string;
  edge: 'pad' | 'shift' | 'skip';
  drawShape: boolean;
  shapeColor: string;
  shapeWidth: string;
  cutShape: boolean;
}

/** Pages that can be chosen by name; `own`: of the size that is typed. */
export const galleryPages = ['a4', 'a4-landscape', 'letter', 'letter-landscape', 'own'] as const;

/** The PDF of all pictures; numbers as text. */
export interface GalleryForm {
  on: boolean;
  rows: string;
  columns: string;
  page: (typeof galleryPages)[number];
  widthMm: string;
  heightMm: string;
  /** Columns, with commas between; empty: as the pictures are made. */
  order: string;
}

/** What the preview shows of a mode. */
export interface ShownItem {
  /** An item's id; empty: none yet. */
  item: string;
  name: string;
  fov: string;
}

/** Of masks by column and of the annotation: colours that planning chooses. */
export const automaticColors = '';

/** Colours that came with settings that were loaded, and are saved nowhere else. */
export const loadedColors = 'loaded:';

/** All that a user can choose in the panel; kept in the webview's own state across reloads. */
export interface Form {
  /** Changes when a field comes to mean something else: such a form is not taken over. A field that is new needs no change. */
  readonly version: 7;
  /** The dataset that this form is for: `HostState.datasetId`, and its folder for after a reload. */
  datasetFolder: string;
  datasetId: string;
  mode: Mode;
  fovs: string[];
  cells: CellsForm;
  rois: RoisForm;
  shown: Record<Mode, ShownItem>;
  /** Of separate channels, the one that the preview shows. */
  previewChannel: string;
  /** The saved set that the channels are equal to; absent once one of them was changed. */
  markerSet?: string;
  channels: ChannelRow[];
  /** Of channels that were loaded and are no saved set. */
  channelOrder?: string[];
  contrastScope: 'batch' | 'fov';
  separate: 'off' | 'channels' | 'colors';
  grayscale: boolean;
  masks: MaskRow[];
  /** Of masks that were loaded; else they are drawn in the order in which they are listed. */
  maskOrder?: string[];
  masksOnly: boolean;
  annotation: {
    /** Empty: none. */
    name: string;
    /** A saved palette's name, automatic, or those that were loaded. */
    palette: string;
    loaded?: Pick<AnnotationLayer, 'colors' | 'names' | 'otherColor'>;
    alpha: string;
    background: boolean;
  };
  downsample: string;
  resample: 'mean' | 'nearest';
  /** Of each mode: what suits a whole FOV is too much for a cell. */
  marks: Record<Mode, MarksForm>;
  pixelSizeUm: string;
  formats: Format[];
  dpi: string;
  /** A pattern for the files' names; empty: by FOV, cell or ROI. */
  name: string;
  /** Empty: no print width, and sizes in pixels. */
  widthMm: string;
  fontPt: string;
  gallery: GalleryForm;
  overwrite: Recipe['overwrite'];
  /** Whether pictures are made also where the cell table is not about the mask that is used with it. */
  allowMismatch: boolean;
  /** The settings that were loaded last: `LoadedSettings.id`, so that they are not taken over twice. */
  loadedId?: string;
}

/** Colours for channels that get their first one: distinguishable also with the common colour-vision deficiencies. */
const startColors = ['#00ffff', '#ff00ff', '#ffff00', '#00ff00', '#ff0000', '#ffffff', '#ffa500'];
const nuclearPattern = /^(dna|dapi|hoechst|h3|hh3|histone|nuc|19[13]ir)/i;

/** Gives a channel that is switched on for the first time a colour that no other channel has yet, if there is one. */
export function giveStartColor(form: Form, row: ChannelRow): void {
  if (nuclearPattern.test(row.channel)) return;
  const taken = new Set(form.channels.filter((other) => other.on && other !== row).map((other) => other.color));
  row.color = startColors.find((color) => !taken.has(color)) ?? row.color;
}

/** A fresh form for a dataset: its first saved marker set, every FOV unless some were chosen, masks off. */
export function createForm(state: HostState, dataset: DatasetView): Form {
  const first = dataset.fovs[0];
  const fovs = state.chosenFovs.length > 0 ? [...state.chosenFovs] : dataset.fovs.map((fov) => fov.name);
  const form: Form = {
    datasetFolder: dataset.folder,
    version: 7,
    datasetId: state.datasetId,
    fovs,
    previewChannel: '',
    mode: 'fovs',
    cells: {
      where: '',
      picked: [],
      slides: [],
      sample: '',
      seed: '0',
      per: '',
      range: '',
      crop: 'size',
      size: '128px',
      padding: '8px',
      min: '',
      max: '',
      center: hasCenters(dataset) ? 'table' : 'mask',
      edge: 'pad',
      isolate: false,
      onlyFocal: false,
      hasFocalColor: false,
      focalColor: '#ffff00',
    },
    rois: {
      tags: '',
      picked: [],
      slides: [],
      settings: 'own',
      size: '',
      tolerance: '',
      edge: 'pad',
      drawShape: false,
      shapeColor: '#ffff00',
      shapeWidth: '2',
      cutShape: false,
    },
    shown: {
      fovs: shownFov(fovs[0] ?? first.name),
      cells: { item: '', name: '', fov: '' },
      rois: { item: '', name: '', fov: '' },
    },
    channels: union(dataset.fovs.map((fov) => fov.channels)).map((channel, i) => ({
      channel,
      on: false,
      color: nuclearPattern.test(channel) ? '#0000ff' : startColors[i % startColors.length],
      low: '',
      high: '',
    })),
    contrastScope: 'batch',
    separate: 'off',
    grayscale: false,
    masks: union(dataset.fovs.map((fov) => fov.masks)).map((name) => ({
      name,
      on: false,
      mode: 'outline',
      color: '#ffffff',
      column: '',
      colors: automaticColors,
      low: '',
      high: '',
      arcsinhCofactor: '',
      alpha: '100',
      widthPx: '1',
    })),
    masksOnly: false,
    annotation: { name: '', palette: automaticColors, alpha: '50', background: false },
    downsample: '1',
    resample: 'mean',
    marks: { fovs: createMarks(state), cells: createMarks(state), rois: createMarks(state) },
    pixelSizeUm: '',
    formats: ['png'],
    dpi: '',
    name: '',
    widthMm: '',
    fontPt: '7',
    gallery: { on: false, rows: '4', columns: '3', page: 'a4', widthMm: '210', heightMm: '297', order: '' },
    overwrite: 'never',
    allowMismatch: false,
  };
  if (dataset.markerSets.length > 0) applyMarkerSet(form, dataset.markerSets[0]);
  return form;
}

/** A FOV as what the preview shows. */
export function shownFov(name: string): ShownItem {
  return { item: name, name, fov: name };
}

function createMarks({ defaults }: HostState): MarksForm {
  return {
    bar: defaults.scaleBar,
    barLengthUm: '',
    barColor: defaults.color,
    barPlace: defaults.place,
    legend: 'off',
    legendPlace: 'top-left',
    classes: false,
    classesPlace: 'top-right',
    title: '',
    titlePlace: 'margin',
    caption: '',
    captionPlace: 'margin',
    marginColor: 'black',
  };
}

/**
 * The form of before the panel was hidden or the window reloaded, brought up to date with what is on disk now; a fresh
 * one if it was for another dataset, or if FOVs were chosen anew.
 */
export function restoreForm(saved: Form | undefined, state: HostState, dataset: DatasetView): Form {
  const fresh = createForm(state, dataset);
  if (saved?.version !== 7 || saved.datasetFolder !== dataset.folder) return fresh;
  const sameOpening = saved.datasetId === state.datasetId;
  if (!sameOpening && state.chosenFovs.length > 0) return fresh;
  const known = new Set(dataset.fovs.map((fov) => fov.name));
  const setStillThere = dataset.markerSets.some((set) => set.name === saved.markerSet);
  const kept = filled(fresh, saved);
  const form: Form = {
    ...kept,
    datasetId: state.datasetId,
    fovs: saved.fovs.filter((fov) => known.has(fov)),
    shown: { ...saved.shown, fovs: known.has(saved.shown.fovs.item) ? saved.shown.fovs : fresh.shown.fovs },
    cells: { ...kept.cells, slides: kept.cells.slides.filter((id) => dataset.slides.includes(id)) },
    rois: { ...kept.rois, slides: kept.rois.slides.filter((id) => dataset.slides.includes(id)) },
    channels: keepRows(fresh.channels, saved.channels, (row) => row.channel),
    masks: keepRows(fresh.masks, saved.masks, (row) => row.name),
  };
  if (!setStillThere) delete form.markerSet;
  return form;
}

/** A form that an older version kept, with what it did not know yet as it is at first. */
function filled(fresh: Form, saved: Form): Form {
  return {
    ...fresh,
    ...saved,
    cells: { ...fresh.cells, ...saved.cells },
    rois: { ...fresh.rois, ...saved.rois },
    annotation: { ...fresh.annotation, ...saved.annotation },
    marks: {
      fovs: { ...fresh.marks.fovs, ...saved.marks.fovs },
      cells: { ...fresh.marks.cells, ...saved.marks.cells },
      rois: { ...fresh.marks.rois, ...saved.marks.rois },
    },
    gallery: { ...fresh.gallery, ...saved.gallery },
  };
}

/** Whether the cell table has centroids. */
function hasCenters({ cellTable }: DatasetView): boolean {
  return cellTable?.roles.x !== undefined && cellTable.roles.y !== undefined;
}

/** Rows of the dataset as it is now, off unless they were on; and what was on stays, so that its absence is said. */
function keepRows<Row extends { on: boolean }>(now: Row[], before: Row[], key: (row: Row) => string): Row[] {
  const names = new Set(now.map(key));
  const kept = now.map((row) => ({ ...row, on: false, ...before.find((old) => key(old) === key(row)) }));
  return [...kept, ...before.filter((row) => row.on && !names.has(key(row)))];
}

/** Turns on the channels of a saved set with its colours and limits, and all others off. */
export function applyMarkerSet(form: Form, set: MarkerSetView): void {
  form.markerSet = set.name;
  delete form.channelOrder;
  const missing = set.channels.filter(({ channel }) => !form.channels.some((row) => row.channel === channel));
  form.channels.push(...missing.map(({ channel }) => ({ channel, on: false, color: '#ffffff', low: '', high: '' })));
  for (const row of form.channels) {
    const setting = set.channels.find(({ channel }) => channel === row.channel);
    row.on = setting !== undefined;
    if (!setting) continue;
    row.color = setting.color;
    [row.low, row.high] = setting.contrastLimits.map(String);
  }
}

function union(lists: readonly (readonly string[])[]): string[] {
  return [...new Set(lists.flat())];
}
