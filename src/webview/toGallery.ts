import { type GallerySettings, pageSizes } from '../core/model/gallery';
import type { GalleryForm } from './form';

/** The inverse of `readGallery`: the form that asks for a gallery; what it does not say stays as it was. */
export function toGallery(gallery: GallerySettings | undefined, kept: GalleryForm): GalleryForm {
  if (!gallery) return { ...kept, on: false };
  const { rows, columns, page, order } = gallery;
  return {
    on: true,
    rows: String(rows),
    columns: String(columns),
    page: nameOf(page),
    widthMm: String(page.widthMm),
    heightMm: String(page.heightMm),
    order: order.join(', '),
  };
}

function nameOf({ widthMm, heightMm }: GallerySettings['page']): GalleryForm['page'] {
  for (const [name, size] of Object.entries(pageSizes) as ['a4' | 'letter', GallerySettings['page']][]) {
    if (size.widthMm === widthMm && size.heightMm === heightMm) return name;
    if (size.widthMm === heightMm && size.heightMm === widthMm) return `${name}-landscape`;
  }
  return 'own';
}
