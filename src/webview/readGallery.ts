import { type GallerySettings, mostGalleryCells, pageLimitsMm, pageSizes } from '../core/model/gallery';
import type { GalleryForm } from './form';
import { FormProblem, toInteger, toNumber } from './formProblem';

/** What the form says of the gallery; nothing where none is wanted. */
export function readGallery(form: GalleryForm): { gallery?: GallerySettings } {
  if (!form.on) return {};
  const order = form.order
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  return {
    gallery: {
      rows: toInteger(form.rows, 1, mostGalleryCells, 'The rows of the gallery'),
      columns: toInteger(form.columns, 1, mostGalleryCells, 'The columns of the gallery'),
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
      const own = { widthMm: toNumber(widthMm), heightMm: toNumber(heightMm) };
      const { min, max } = pageLimitsMm;
      if (Object.values(own).every((side) => side >= min && side <= max)) return own;
      throw new FormProblem(`The pages of the gallery must be ${min} to ${max} mm wide and high.`);
    }
  }
}

function onItsSide({ widthMm, heightMm }: GallerySettings['page']): GallerySettings['page'] {
  return { widthMm: heightMm, heightMm: widthMm };
}
