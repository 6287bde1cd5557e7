import { checkbox, colorInput, dropdown, element, labelled, textField } from './element';
import type { Form, RoisForm } from './form';
import type { HostClient } from './hostClient';
import { type ItemEvents, ItemTable } from './itemTable';
import type { DatasetView, Recipe } from './protocol';
import { slideRow } from './slideRow';

/** Which ROIs become pictures, whose settings count, and what of each is shown. */
export class RoiSection {
  private readonly table: ItemTable;

  private readonly changed: () => void;

  readonly element: HTMLElement;

  constructor(
    host: HostClient,
    private readonly form: Form,
    { slides }: DatasetView,
    { changed, counted }: ItemEvents,
  ) {
    this.changed = changed;
    this.table = new ItemTable(host, {
      noun: 'ROI',
      instead: ({ rois }) => (rois!.slides.length > 0 ? 'slide' : undefined),
      question: ({ fovs, rois }) => [fovs, rois?.rois, rois?.tags, rois?.slides],
      filter: ({ fovs, rois }) => [fovs, rois?.tags],
      picked: () => form.rois.picked,
      pick: (ids) => {
        form.rois.picked = ids;
        changed();
      },
      shown: () => form.shown.rois.item,
      show: ({ id, fov, values }) => {
        form.shown.rois = { item: id, name: values[0], fov };
        changed();
      },
      counted,
    });
    const tags = textField(
      'Tags of the ROIs',
      form.rois.tags,
      (value) => {
        form.rois.tags = value;
        changed();
      },
      { class: 'wide', placeholder: '(good & figure1) & !excluded' },
    );
    this.element = element('section', { class: 'rois', 'aria-labelledby': 'rois-title' }, [
      element('h2', { id: 'rois-title' }, ['ROIs']),
      element('div', { class: 'row' }, [labelled('Tags', tags)]),
      this.table.element,
      ...(slides.length > 0 ? [this.slideRow(slides)] : []),
      this.settingsRows(),
      this.shapeRow(),
    ]);
  }

  /** How many ROIs are chosen; `undefined` while that is not known. */
  get count(): number | undefined {
    return this.table.count;
  }

  /** What is wrong with the selection, if it was asked for and cannot be made out. */
  get fault(): string | undefined {
    return this.table.fault;
  }

  show(wanted: { recipe: Recipe } | { problem: string }): void {
    this.table.update(wanted);
  }

  private slideRow(slides: readonly string[]): HTMLElement {
    const { rois } = this.form;
    const texts = { name: 'Whole slides', text: 'Whole slides in place of ROIs' };
    const chosen = (): readonly string[] => rois.slides;
    return slideRow(texts, slides, chosen, (ids) => {
      rois.slides = ids;
      // What is previewed is another kind of item now.
      const item = ids.length > 0 ? `map_${ids[0]}` : '';
      this.form.shown.rois = { item, name: item, fov: '' };
      this.changed();
    });
  }

  private settingsRows(): HTMLElement {
    const { rois } = this.form;
    const size = element('span', { class: 'row' }, [
      labelled('Size', this.text('Width and height of the pictures', 'size', 'own box')),
      labelled('±', this.text('How much the own size may differ', 'tolerance', 'fixed')),
    ]);
    const show = (): void => {
      size.hidden = rois.settings !== 'shared';
    };
    show();
    return element('div', { role: 'group', 'aria-label': 'Settings of the ROIs' }, [
      element('div', { class: 'row' }, [
        labelled(
          'Settings',
          this.choice(
            'Whose settings count',
            'settings',
            [
              ['own', 'each ROI’s own'],
              ['shared', 'the same for all'],
            ],
            show,
          ),
        ),
        size,
        labelled(
          'Beyond the image',
          this.choice('Boxes beyond the image', 'edge', [
            ['pad', 'black'],
            ['shift', 'move inside'],
            ['skip', 'no picture'],
          ]),
        ),
      ]),
      element('p', { class: 'hint' }, [
        'A ROI’s own box, marker set, masks, palettes and scale bar go before what is chosen below; what it does not have is as below.',
      ]),
    ]);
  }

  private shapeRow(): HTMLElement {
    const { rois } = this.form;
    const color = colorInput('Colour of the shapes', rois.shapeColor, (value) => {
      rois.shapeColor = value;
      this.changed();
    });
    const line = element('span', { class: 'row' }, [
      color,
      labelled('Width (px)', this.text('Width of the shapes’ lines in pixels', 'shapeWidth', '2')),
    ]);
    const show = (): void => {
      line.hidden = !rois.drawShape;
    };
    show();
    return element('div', { class: 'row' }, [
      checkbox('Draw shapes', rois.drawShape, (on) => {
        rois.drawShape = on;
        show();
        this.changed();
      }),
      line,
      checkbox('Black outside of polygons', rois.cutShape, (on) => {
        rois.cutShape = on;
        this.changed();
      }),
    ]);
  }

  private text(label: string, key: 'size' | 'tolerance' | 'shapeWidth', placeholder: string): HTMLElement {
    const { rois } = this.form;
    return textField(
      label,
      rois[key],
      (value) => {
        rois[key] = value;
        this.changed();
      },
      { class: 'number', placeholder },
    );
  }

  private choice<Key extends 'settings' | 'edge'>(
    label: string,
    key: Key,
    options: readonly (readonly [RoisForm[Key], string])[],
    then?: () => void,
  ): HTMLElement {
    const { rois } = this.form;
    return dropdown(label, options, rois[key], (value) => {
      rois[key] = options.find(([option]) => option === value)?.[0] ?? rois[key];
      then?.();
      this.changed();
    });
  }
}
