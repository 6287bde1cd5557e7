import { colorMapNames } from '../core/model/colorMap';
import { checkbox, colorInput, dropdown, element, labelled, textField } from './element';
import { automaticColors, type Form, loadedColors, type MaskRow } from './form';
import type { DatasetView } from './protocol';

/** What is drawn over the channels: masks and an annotation. */
export function overlaySection(dataset: DatasetView, form: Form, changed: () => void): HTMLElement {
  const masksOnly = checkbox('Masks only, on black', form.masksOnly, (on) => {
    form.masksOnly = on;
    changed();
  });
  const none = element('p', {}, ['No masks were found beside the FOVs.']);
  return element('section', { class: 'overlays', 'aria-labelledby': 'overlays-title' }, [
    element('h2', { id: 'overlays-title' }, ['Masks and annotation']),
    ...(form.masks.length > 0 ? form.masks.map((mask) => maskRow(mask, dataset, changed)) : [none]),
    annotationRow(dataset, form, changed),
    element('div', { class: 'row' }, [masksOnly]),
  ]);
}

function maskRow(mask: MaskRow, dataset: DatasetView, changed: () => void): HTMLElement {
  const { name } = mask;
  const color = colorInput(`Colour of ${name}`, mask.color, (value) => {
    mask.color = value;
    changed();
  });
  const width = labelled(
    'Width (px)',
    field(`Width of ${name} outlines in pixels`, { of: mask, key: 'widthPx' }, changed, {
      title: 'Width in pixels of the picture',
    }),
  );
  const mode = dropdown(
    `How ${name} is drawn`,
    [
      ['outline', 'Outline'],
      ['fill', 'Fill'],
    ],
    mask.mode,
    (value) => {
      mask.mode = value === 'fill' ? 'fill' : 'outline';
      show();
      changed();
    },
  );
  const columns = withLost(dataset.cellColumns, mask.column).map(([column, label]) => [column, `by ${label}`] as const);
  const by = dropdown(`What colours ${name}`, [['', 'One colour'], ...columns], mask.column, (value) => {
    mask.column = value;
    show();
    changed();
  });
  const palettes = dataset.palettes
    .filter(({ kind }) => kind === 'mask')
    .map((palette) => [`palette:${palette.name}`, palette.name] as const);
  const maps = colorMapNames.map((map) => [map, map] as const);
  const colors = dropdown(
    `Palette or colour map of ${name}`,
    [[automaticColors, 'Automatic colours'], ...loadedOption(mask), ...palettes, ...maps],
    mask.colors,
    (value) => {
      mask.colors = value;
      show();
      changed();
    },
  );
  const range = element('span', { class: 'row' }, [
    labelled(
      'from',
      field(`Low end of the colours of ${name}`, { of: mask, key: 'low' }, changed, { placeholder: 'least' }),
    ),
    labelled(
      'to',
      field(`High end of the colours of ${name}`, { of: mask, key: 'high' }, changed, { placeholder: 'greatest' }),
    ),
    labelled(
      'arcsinh cofactor',
      field(`Arcsinh cofactor of ${name}`, { of: mask, key: 'arcsinhCofactor' }, changed, { placeholder: 'none' }),
    ),
  ]);
  const details = element('div', { class: 'details-of' }, [
    element('div', { class: 'row' }, [
      mode,
      by,
      color,
      width,
      labelled('Opacity (%)', field(`Opacity of ${name} in percent`, { of: mask, key: 'alpha' }, changed)),
    ]),
    element('div', { class: 'row' }, [colors, range]),
  ]);
  const show = (): void => {
    details.hidden = !mask.on;
    color.hidden = mask.column !== '';
    width.hidden = mask.mode === 'fill';
    colors.hidden = mask.column === '';
    range.hidden = mask.column === '' || !colorMapNames.some((map) => map === mask.colors);
    by.hidden = columns.length === 0;
  };
  show();
  const box = checkbox(name, mask.on, (on) => {
    mask.on = on;
    show();
    changed();
  });
  return element('div', { class: 'mask', role: 'group', 'aria-label': `Mask ${name}` }, [box, details]);
}

function annotationRow(dataset: DatasetView, form: Form, changed: () => void): HTMLElement {
  const { annotation } = form;
  const names = withLost([...new Set(dataset.fovs.flatMap((fov) => fov.annotations))], annotation.name);
  if (names.length === 0) return element('p', {}, ['No annotations were found beside the FOVs.']);
  const saved = dataset.palettes.filter(({ kind }) => kind === 'annotation').map(({ name }) => [name, name] as const);
  const details = element('div', { class: 'row details-of' }, [
    dropdown(
      'Palette of the annotation',
      [[automaticColors, 'Automatic colours'], ...loadedOption(annotation), ...saved],
      annotation.palette,
      (value) => {
        annotation.palette = value;
        changed();
      },
    ),
    labelled('Opacity (%)', field('Opacity of the annotation in percent', { of: annotation, key: 'alpha' }, changed)),
    checkbox('Paint class 0', annotation.background, (on) => {
      annotation.background = on;
      changed();
    }),
  ]);
  const show = (): void => {
    details.hidden = annotation.name === '';
  };
  const picker = dropdown('Annotation', [['', 'None'], ...names], annotation.name, (value) => {
    annotation.name = value;
    show();
    changed();
  });
  show();
  return element('div', { role: 'group', 'aria-label': 'Annotation' }, [
    element('div', { class: 'row' }, [labelled('Annotation', picker)]),
    details,
  ]);
}

/** Colours that came with loaded settings are among the choices as long as the form knows them. */
function loadedOption({ loaded }: { readonly loaded?: unknown }): (readonly [string, string])[] {
  return loaded === undefined ? [] : [[loadedColors, 'As loaded']];
}

/** Names with their labels; one that was chosen and is gone stays, so that it can be seen and switched off. */
function withLost(names: readonly string[], chosen: string): (readonly [string, string])[] {
  const options = names.map((name) => [name, name] as const);
  return chosen === '' || names.includes(chosen) ? options : [...options, [chosen, `${chosen} (not found)`]];
}

/** A number field that edits one key of a part of the form. */
function field<Key extends string>(
  label: string,
  { of, key }: { readonly of: Record<Key, string>; readonly key: Key },
  changed: () => void,
  attributes: Readonly<Record<string, string>> = {},
): HTMLElement {
  return textField(
    label,
    of[key],
    (value) => {
      of[key] = value;
      changed();
    },
    { class: 'number', ...attributes },
  );
}
