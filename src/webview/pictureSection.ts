import { checkbox, dropdown, element, labelled, setWords, textField, type ValueElement } from './element';
import type { Form } from './form';
import { type Format, nameTokens } from './protocol';

const formats: readonly (readonly [Format, string, string])[] = [
  ['png', 'PNG', 'Lossless'],
  ['jpeg', 'JPEG', 'Quality 95, 4:4:4'],
  ['tiff', 'TIFF', 'Lossless, 8-bit RGB'],
  ['webp', 'WebP', 'Lossless; has no field for the resolution'],
  ['pdf', 'PDF', 'One page; outlines, scale bar and text stay vector and editable'],
  ['svg', 'SVG', 'Outlines, scale bar and text stay vector and editable'],
  ['ome-tiff', 'OME-TIFF', 'The unrendered channels, their values as measured, at full resolution'],
];

type NumberKey = 'downsample' | 'pixelSizeUm' | 'dpi' | 'widthMm' | 'fontPt';

/** Size and files of the pictures. */
export function pictureSection(form: Form, changed: () => void): HTMLElement {
  const field = (label: string, key: NumberKey, placeholder?: string): ValueElement =>
    textField(
      label,
      form[key],
      (value) => {
        form[key] = value;
        show();
        changed();
      },
      { class: 'number', title: label, placeholder },
    );
  const resample = dropdown(
    'How intensities are downsampled',
    [
      ['mean', 'mean'],
      ['nearest', 'nearest pixel'],
    ],
    form.resample,
    (value) => {
      form.resample = value === 'nearest' ? 'nearest' : 'mean';
      changed();
    },
  );
  const boxes = formats.map(([format, name, title]) => {
    const box = checkbox(name, form.formats.includes(format), (on) => {
      form.formats = formats
        .map(([each]) => each)
        .filter((each) => (each === format ? on : form.formats.includes(each)));
      changed();
    });
    setWords(box, { title });
    return box;
  });
  const downsample = labelled(
    'Downsample',
    field('Downsample: full-resolution pixels per pixel of the picture', 'downsample'),
  );
  const font = labelled('Text (pt)', field('Size of text in points', 'fontPt'));
  // With a print width the downsample follows, and text is measured on paper.
  const show = (): void => {
    const isPrint = form.widthMm.trim() !== '';
    downsample.hidden = isPrint;
    font.hidden = !isPrint;
  };
  show();
  const name = textField(
    'Pattern of the file names',
    form.name,
    (value) => {
      form.name = value;
      changed();
    },
    {
      class: 'wide',
      placeholder: 'by FOV, cell or ROI',
      title: `${nameTokens.map((token) => `{${token}}`).join(' ')}; for single cells also any column of the cell table`,
    },
  );
  return element('section', { class: 'picture-section', 'aria-labelledby': 'picture-title' }, [
    element('h2', { id: 'picture-title' }, ['Picture']),
    element('div', { class: 'row' }, [downsample, labelled('Resample by', resample)]),
    element('div', { class: 'row' }, [
      labelled('Pixel size (µm)', field('Pixel size in µm; empty: what the files state', 'pixelSizeUm', 'from files')),
    ]),
    element('div', { class: 'row', role: 'group', 'aria-label': 'File formats' }, boxes),
    element('div', { class: 'row' }, [
      labelled('Print width (mm)', field('Print width in mm; empty: sizes in pixels', 'widthMm', 'none')),
      labelled('Resolution (dpi)', field('Dots per inch; with a print width, the least that is wanted', 'dpi', 'none')),
      font,
    ]),
    element('div', { class: 'row' }, [labelled('File names', name)]),
  ]);
}
