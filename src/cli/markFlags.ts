import {
  defaultFontPt,
  defaultLegend,
  ExportError,
  inkColors,
  numberRanges,
  type LegendSettings,
  type Place,
  places,
  type Recipe,
  parseLengthUm,
  tokenNames,
} from '../core/index';
import { type Flag, type ParsedFlags, requireChoice, requireNumber } from './flags';

const marks = 'Scale bar, legend and text';

/** The flags that say what is written on a picture. */
export const markFlags: readonly Flag[] = [
  {
    name: 'pixel-size',
    value: 'UM',
    group: marks,
    help: 'µm per full-resolution pixel',
    default: 'what the files or the dataset state',
  },
  {
    name: 'scale-bar',
    value: 'auto|off|LENGTH',
    group: marks,
    help: 'a bar of a round length (1, 2, 5 × 10ⁿ), or of this one (20um, 500nm, 1mm)',
    default: 'auto',
  },
  {
    name: 'scale-bar-max',
    value: 'PERCENT',
    group: marks,
    help: "an automatic bar's greatest length, in percent of the picture's width",
    default: '10',
  },
  {
    name: 'scale-bar-color',
    value: inkColors.join('|'),
    group: marks,
    help: 'colour of bar and label inside the picture; auto: by what is behind',
    default: 'auto',
  },
  {
    name: 'legend',
    value: 'on|off|channels|classes',
    group: marks,
    help: 'names and colours of the channels, of annotation classes and cell classes, or of some of them',
    default: 'off',
  },
  { name: 'calibration-bar', group: marks, help: 'a channel legend with contrast limits at the ends of colour ramps' },
  {
    name: 'title',
    value: 'TEXT',
    group: marks,
    help: `words on the picture; tokens ${tokenNames.map((name) => `{${name}}`).join(' ')}`,
    default: 'none',
  },
  {
    name: 'caption',
    value: 'TEXT',
    group: marks,
    help: 'words below the picture, with the same tokens',
    default: 'none',
  },
  {
    name: 'place',
    value: 'MARK=PLACE,…|margin',
    group: marks,
    help: `bar, legend, classes, title, caption = ${places.join(', ')}; or all in margins`,
    default: 'bar=bottom-right, legend=top-left, classes=top-right, title=margin, caption=margin',
  },
  { name: 'margin-color', value: 'black|white', group: marks, help: 'colour of margin strips', default: 'black' },
];

/** The flags about paper. */
export const printFlags: readonly Flag[] = [
  {
    name: 'dpi',
    value: 'N',
    group: 'Where it goes',
    help: 'the resolution written into the file (WebP has no field for it); with --width-mm the least that is wanted',
    default: 'none; 300 for pdf, svg and --width-mm',
  },
  {
    name: 'width-mm',
    value: 'W',
    group: 'Where it goes',
    help: "the picture's width in print; pixels, fonts and lines follow, and nothing is upsampled",
  },
  {
    name: 'font-size',
    value: 'PT',
    group: 'Where it goes',
    help: 'size of text in points, with --width-mm',
    default: String(defaultFontPt),
  },
];

type MarkSettings = Pick<Recipe, 'scaleBar' | 'legend' | 'title' | 'caption' | 'marginColor' | 'print'>;

/** What the flags say of marks and paper. `Usage` says what is wrong with them. */
export function readMarks(flags: ParsedFlags): MarkSettings {
  const place = readPlaces(flags.text('place'));
  const print = readPrint(flags);
  const [title, caption] = [flags.text('title'), flags.text('caption')];
  return {
    scaleBar: {
      length: readBarLength(flags.text('scale-bar') ?? 'auto'),
      maxPercent: requireNumber(
        flags.text('scale-bar-max') ?? '10',
        '--scale-bar-max',
        'percent',
        numberRanges.barMaxPercent,
      ),
      color: requireChoice(flags.text('scale-bar-color') ?? 'auto', '--scale-bar-color', inkColors),
      place: place.bar,
    },
    legend: readLegend(flags, place),
    ...(title !== undefined && { title: { text: title, place: place.title } }),
    ...(caption !== undefined && { caption: { text: caption, place: place.caption } }),
    marginColor: requireChoice(flags.text('margin-color') ?? 'black', '--margin-color', ['black', 'white']),
    ...(print && { print }),
  };
}

function readBarLength(text: string): Recipe['scaleBar']['length'] {
  if (text === 'auto' || text === 'off') return text;
  const length = parseLengthUm(text);
  if (length !== undefined) return length;
  throw new ExportError(
    'Usage',
    `Expected auto, off or a length such as 20um, 500nm or 1mm for --scale-bar, but found "${text}".`,
  );
}

const defaultPlaces: Readonly<Record<'bar' | 'legend' | 'classes' | 'title' | 'caption', Place>> = {
  bar: 'bottom-right',
  legend: defaultLegend.channelsPlace,
  classes: defaultLegend.classesPlace,
  title: 'margin',
  caption: 'margin',
};

function readPlaces(text: string | undefined): typeof defaultPlaces {
  const found = { ...defaultPlaces };
  const given = new Set<string>();
  for (const part of text?.split(',') ?? []) {
    const [mark = '', place, ...rest] = part.split('=').map((word) => word.trim());
    if (place === undefined) {
      if (mark !== 'margin') throw placeError(part);
      for (const key of Object.keys(found) as (keyof typeof found)[]) found[key] = 'margin';
      continue;
    }
    const known = places.find((candidate) => candidate === place);
    if (!known || rest.length > 0 || !isMark(mark) || given.has(mark)) throw placeError(part);
    given.add(mark);
    found[mark] = known;
  }
  return found;
}

function isMark(text: string): text is keyof typeof defaultPlaces {
  return Object.hasOwn(defaultPlaces, text);
}

function placeError(part: string): ExportError {
  return new ExportError(
    'Usage',
    `Expected --place margin, or each once of ${Object.keys(defaultPlaces).join(', ')} = ${places.join(', ')}, but found "${part}".`,
  );
}

function readLegend(flags: ParsedFlags, place: typeof defaultPlaces): LegendSettings {
  const calibration = flags.on('calibration-bar');
  const wanted = requireChoice(flags.text('legend') ?? 'off', '--legend', ['on', 'off', 'channels', 'classes']);
  if (calibration && flags.text('legend') === 'off') {
    throw new ExportError('Usage', 'Expected --calibration-bar or --legend off, but found both.');
  }
  const named = wanted === 'on' || wanted === 'channels' ? 'names' : 'off';
  return {
    channels: calibration ? 'limits' : named,
    channelsPlace: place.legend,
    classes: wanted === 'on' || wanted === 'classes',
    classesPlace: place.classes,
  };
}

function readPrint(flags: ParsedFlags): Recipe['print'] {
  const width = flags.text('width-mm');
  const font = flags.text('font-size');
  if (width === undefined) {
    if (font === undefined) return undefined;
    throw new ExportError(
      'Usage',
      'Expected --width-mm with --font-size, which is in points on paper, but found none.',
    );
  }
  if (flags.text('downsample') !== undefined) {
    throw new ExportError(
      'Usage',
      'Expected --width-mm or --downsample, but found both; with a print width the downsample follows from --dpi.',
    );
  }
  return {
    widthMm: requireNumber(width, '--width-mm', 'mm', numberRanges.printWidthMm),
    fontPt: font === undefined ? defaultFontPt : requireNumber(font, '--font-size', 'points', numberRanges.fontPt),
  };
}
