import { itemOrderKeys } from '../core/model/gallery';
import { checkbox, dropdown, element, labelled, setWords, textField } from './element';
import { type Form, type GalleryForm, galleryPages } from './form';

const pageLabels: Readonly<Record<GalleryForm['page'], string>> = {
  a4: 'A4',
  'a4-landscape': 'A4, on its side',
  letter: 'Letter',
  'letter-landscape': 'Letter, on its side',
  own: 'other',
};

/** Whether all pictures go onto the pages of a PDF, too, and how. */
export function gallerySection({ gallery }: Form, changed: () => void): HTMLElement {
  const field = (
    label: string,
    key: 'rows' | 'columns' | 'widthMm' | 'heightMm' | 'order',
    attributes: Readonly<Record<string, string>> = { class: 'number' },
  ): HTMLElement =>
    textField(
      label,
      gallery[key],
      (value) => {
        gallery[key] = value;
        changed();
      },
      attributes,
    );
  const grid = element('div', { class: 'row' }, [
    labelled('Rows', field('Rows of the gallery', 'rows')),
    labelled('Columns', field('Columns of the gallery', 'columns')),
  ]);
  const size = element('span', { class: 'row' }, [
    labelled('Width (mm)', field('Width of the pages in mm', 'widthMm')),
    labelled('Height (mm)', field('Height of the pages in mm', 'heightMm')),
  ]);
  const page = dropdown(
    'Pages of the gallery',
    galleryPages.map((each) => [each, pageLabels[each]]),
    gallery.page,
    (value) => {
      gallery.page = galleryPages.find((each) => each === value) ?? gallery.page;
      show();
      changed();
    },
  );
  const pages = element('div', { class: 'row' }, [labelled('Pages', page), size]);
  const order = element('div', { class: 'row' }, [
    labelled(
      'Order',
      field('Order of the gallery', 'order', {
        class: 'wide',
        placeholder: 'as the pictures are made',
        title: `${itemOrderKeys.join(', ')}; for single cells also columns of the cell table, with commas between`,
      }),
    ),
  ]);
  const show = (): void => {
    for (const part of [grid, pages, order]) part.hidden = !gallery.on;
    size.hidden = gallery.page !== 'own';
  };
  const box = checkbox('A PDF of all pictures', gallery.on, (on) => {
    gallery.on = on;
    show();
    changed();
  });
  setWords(box, { title: 'gallery.pdf: rows and columns of the pictures, each with its id and caption' });
  show();
  return element('section', { class: 'gallery', 'aria-labelledby': 'gallery-title' }, [
    element('h2', { id: 'gallery-title' }, ['Gallery']),
    element('div', { class: 'row' }, [box]),
    grid,
    pages,
    order,
  ]);
}
