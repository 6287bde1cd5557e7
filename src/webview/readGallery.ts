import { type GallerySettings, mostGalleryCells, pageLimitsMm, pageSizes } from '../core/model/gallery';
import { isWithin } from '../core/model/numberRanges';
import { parseDecimal } from '../core/model/parseDecimal';
import type { GalleryForm } from './form';
import { FormProblem, toInteger } from './formProblem';

const cells = { min: 1, max: mostGalleryCells };

/** What the form says of the gallery; nothing where none is wanted. */
export function readGallery(form: GalleryForm): { gallery?: GallerySettings } {
  if (!form.on) return {};
  const order = form.order
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return {
    gallery: {
      rows: toInteger(form.rows, cells, 'The rows of the gallery'),
      columns: toInteger(form.columns, cells, 'The columns of the gallery'),
      page: readPage(form),
      order,
    },
  };
}

function readPage({ page, widthMm, heightMm }: GalleryForm): GallerySettings['page'] {
  switch (page) {
    case 'a4':
    case 'letter':
      return pageSizes[page];
    case 'a4-landscape':
      return onItsSide(pageSizes.a4);
    case 'letter-landscape':
      return onItsSide(pageSizes.letter);
    case 'own': {
      const { min, max } = pageLimitsMm;
      const [width, height] = [parseDecimal(widthMm), parseDecimal(heightMm)];
      if (
        width !== undefined &&
        height !== undefined &&
        [width, height].every((side) => isWithin(side, pageLimitsMm))
      ) {
        return { widthMm: width, heightMm: height };
      }
      throw new FormProblem(`The pages of the gallery must be ${min} to ${max} mm wide and high.`);
    }
  }
}

function onItsSide({ widthMm, heightMm }: GallerySettings['page']): GallerySettings['page'] {
  return { widthMm: heightMm, heightMm: widthMm };
}
