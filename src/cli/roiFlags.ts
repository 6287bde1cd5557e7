import {
  ExportError,
  numberRanges,
  parseLineWidthPx,
  parsePixelsOrUm,
  parseSize,
  rangeText,
  requireColor,
  type RoiSelection,
} from '../core/index';
import { type Flag, type ParsedFlags, requireChoice } from './flags';

const which = 'Which ROIs';
const shown = 'What of each is shown';

/** The flags of ROIs: which ones, and what of each is shown. */
export const roiFlags: readonly Flag[] = [
  {
    name: 'roi',
    value: 'NAME_OR_ID',
    group: which,
    repeatable: true,
    help: 'ROIs of this name or id',
    default: 'all',
  },
  { name: 'tags', value: 'EXPR', group: which, help: 'ROIs with these tags: (good & figure1) & !excluded' },
  { name: 'map', value: 'ID', group: which, repeatable: true, help: 'whole stitched slides in place of ROIs' },
  {
    name: 'settings',
    value: 'own|shared',
    group: shown,
    help: "each ROI's own box, marker set, masks, palettes and scale bar where it has them; or the same for all",
    default: 'own',
  },
  {
    name: 'size',
    value: '512px[±100px]',
    group: shown,
    help: "with --settings shared: width and height in full resolution (px or um), or the ROI's own within a range (also +-)",
    default: 'the box of each ROI',
  },
  {
    name: 'edge',
    value: 'pad|shift|skip',
    group: shown,
    help: 'boxes beyond the image: black there, moved inside, or no picture',
    default: 'pad',
  },
  { name: 'draw-shape', group: shown, help: "draw the line of each ROI's polygon or line" },
  { name: 'shape-color', value: 'COLOR', group: shown, help: 'with --draw-shape', default: 'yellow' },
  { name: 'shape-width', value: 'Npx', group: shown, help: 'with --draw-shape, in output pixels', default: '2px' },
  { name: 'cut-shape', group: shown, help: "all is black outside of a ROI's polygon" },
];

/** What the flags say of ROIs. `Usage` says what is wrong with them. */
export function readRoiSelection(flags: ParsedFlags): RoiSelection {
  const tags = flags.text('tags');
  const slides = flags.texts('map');
  const settings = requireChoice(flags.text('settings') ?? 'own', '--settings', ['own', 'shared']);
  const size = readSize(flags.text('size'));
  if (size && settings === 'own') {
    throw new ExportError(
      'Usage',
      'Expected --settings shared with --size, but found own: with own settings each ROI has its own box.',
    );
  }
  if (slides.length > 0) {
    const stray = ['roi', 'tags', 'size', 'draw-shape', 'cut-shape'].find((name) => flags.on(name));
    if (stray !== undefined) {
      throw new ExportError('Usage', `Expected --map for whole slides or --${stray} for ROIs, but found both.`);
    }
  }
  const drawShape = readDrawShape(flags);
  return {
    rois: flags.texts('roi'),
    ...(tags !== undefined && { tags }),
    slides,
    settings,
    ...(size && { size }),
    edge: requireChoice(flags.text('edge') ?? 'pad', '--edge', ['pad', 'shift', 'skip']),
    ...(drawShape && { drawShape }),
    cutShape: flags.on('cut-shape'),
  };
}

function readSize(text: string | undefined): RoiSelection['size'] {
  if (text === undefined) return undefined;
  const [first = '', second, ...others] = text.split(/±|\+-/);
  const length = parseSize(first);
  const tolerance = second === undefined ? undefined : parsePixelsOrUm(second);
  const isWhole = second === undefined || tolerance !== undefined;
  if (length && isWhole && others.length === 0) return { length, ...(tolerance && { tolerance }) };
  throw new ExportError(
    'Usage',
    `Expected a size such as 512px or 200um, or a range such as 512px±100px, for --size, but found "${text}".`,
  );
}

function readDrawShape(flags: ParsedFlags): RoiSelection['drawShape'] {
  const [color, width] = [flags.text('shape-color'), flags.text('shape-width')];
  if (!flags.on('draw-shape')) {
    if (color === undefined && width === undefined) return undefined;
    const stray = color === undefined ? 'shape-width' : 'shape-color';
    throw new ExportError('Usage', `Expected --draw-shape with --${stray}, but found none.`);
  }
  const widthPx = parseLineWidthPx(width ?? '2px');
  if (widthPx !== undefined) return { color: requireColor(color ?? 'yellow', '--shape-color'), widthPx };
  const range = rangeText(numberRanges.lineWidthPx, 'px');
  throw new ExportError('Usage', `Expected a width ${range} for --shape-width, but found "${width}".`);
}
