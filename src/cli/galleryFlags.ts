import {
  ExportError,
  type GallerySettings,
  itemOrderKeys,
  mostGalleryCells,
  pageLimitsMm,
  pageSizes,
  parseDecimal,
} from '../core/index';
import { type Flag, type ParsedFlags, requireInteger } from './flags';

const group = 'Where it goes';

/** The flags of the gallery: all pictures on the pages of one PDF. */
export const galleryFlags: readonly Flag[] = [
  {
    name: 'gallery',
    value: 'ROWSxCOLS',
    group,
    help: 'also gallery.pdf: all pictures in so many rows and columns a page, each with its id and caption',
    default: 'none',
  },
  {
    name: 'page',
    value: 'a4|letter|WxHmm',
    group,
    help: 'pages of the gallery; 297x210mm is A4 on its side',
    default: 'a4',
  },
  {
    name: 'order',
    value: 'COLUMN,…',
    group,
    help: `order of the gallery: ${itemOrderKeys.join(', ')}, and in cells any column of the cell table`,
    default: 'as the pictures are made',
  },
];

/** What the flags say of the gallery; `undefined` if none is wanted. `Usage` says what is wrong with them. */
export function readGalleryFlags(flags: ParsedFlags): GallerySettings | undefined {
  const grid = flags.text('gallery');
  if (grid === undefined) {
    const stray = ['page', 'order'].find((name) => flags.text(name) !== undefined);
    if (stray === undefined) return undefined;
    throw new ExportError('Usage', `Expected --gallery ROWSxCOLS with --${stray}, but found none.`);
  }
  const [, rows, columns] = /^\s*(\d+)\s*[x×]\s*(\d+)\s*$/i.exec(grid) ?? [];
  if (rows === undefined || columns === undefined) {
    throw new ExportError('Usage', `Expected rows and columns such as 4x3 for --gallery, but found "${grid}".`);
  }
  return {
    rows: requireInteger(rows, '--gallery, rows', { min: 1, max: mostGalleryCells }),
    columns: requireInteger(columns, '--gallery, columns', { min: 1, max: mostGalleryCells }),
    page: readPage(flags.text('page') ?? 'a4'),
    order: readOrder(flags.text('order')),
  };
}

function readPage(text: string): GallerySettings['page'] {
  if (text === 'a4' || text === 'letter') return pageSizes[text];
  const sides = /^([^x×]+)[x×]([^x×]+)mm$/i.exec(text.trim())?.slice(1) ?? ['', ''];
  const [widthMm, heightMm] = sides.map((side) => parseDecimal(side) ?? Number.NaN);
  const { min, max } = pageLimitsMm;
  if ([widthMm, heightMm].every((side) => side >= min && side <= max)) return { widthMm, heightMm };
  throw new ExportError(
    'Usage',
    `Expected a4, letter or a size of ${min} to ${max} mm such as 297x210mm for --page, but found "${text}".`,
  );
}

function readOrder(text: string | undefined): readonly string[] {
  const names = text?.split(',').map((name) => name.trim()) ?? [];
  if (!names.includes('')) return names;
  throw new ExportError('Usage', `Expected columns with commas between for --order, but found "${text}".`);
}
