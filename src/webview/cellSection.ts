import { checkbox, colorInput, dropdown, element, labelled, textField } from './element';
import type { CellsForm, Form } from './form';
import type { HostClient } from './hostClient';
import { type ItemEvents, ItemTable } from './itemTable';
import type { DatasetView, Recipe } from './protocol';
import { slideRow } from './slideRow';

/** Which cells become pictures, and what is cut out around each: a filter with its count, the rows, a sample, crops. */
export class CellSection {
  private readonly table: ItemTable;

  private readonly changed: () => void;

  readonly element: HTMLElement;

  constructor(
    host: HostClient,
    private readonly form: Form,
    { cellColumns, slides }: DatasetView,
    { changed, counted }: ItemEvents,
  ) {
    this.changed = changed;
    this.table = new ItemTable(host, {
      noun: 'cell',
      question: ({ fovs, cells }) => [fovs, cells?.where, cells?.labels, cells?.slides, cells?.sample],
      filter: ({ fovs, cells }) => [fovs, cells?.where, cells?.slides],
      picked: () => form.cells.picked,
      pick: (ids) => {
        form.cells.picked = ids;
        changed();
      },
      shown: () => form.shown.cells.item,
      show: ({ id, fov }) => {
        form.shown.cells = { item: id, name: id, fov };
        changed();
      },
      counted,
    });
    const filter = this.text('Filter', 'where', { class: 'wide', placeholder: 'cell_type == "T cell" and area > 50' });
    this.element = element('section', { class: 'cells', 'aria-labelledby': 'cells-title' }, [
      element('h2', { id: 'cells-title' }, ['Cells']),
      element('div', { class: 'row' }, [labelled('Filter', filter)]),
      this.table.element,
      this.sampleRow(cellColumns),
      ...(slides.length > 0 ? [this.slideRow(slides)] : []),
      this.cropRows(),
    ]);
  }

  /** How many cells are chosen; `undefined` while that is not known. */
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

  private sampleRow(columns: readonly string[]): HTMLElement {
    const range = this.choice('Thirds of', 'range', [
      ['', 'no column'],
      ...columns.map((name) => [name, name] as const),
    ]);
    return element('div', { class: 'row' }, [
      labelled('Sample', this.text('Size of the random sample', 'sample', { class: 'number', placeholder: 'all' })),
      labelled('Seed', this.text('Seed of the random sample', 'seed', { class: 'number' })),
      labelled('of each', this.text('Columns of the strata', 'per', { placeholder: 'column, column' })),
      labelled('Thirds of', range),
    ]);
  }

  private slideRow(slides: readonly string[]): HTMLElement {
    const { cells } = this.form;
    const texts = { name: 'Cut out of slides', text: 'Only cells of slides, cut out across seams' };
    const chosen = (): readonly string[] => cells.slides;
    return slideRow(texts, slides, chosen, (ids) => {
      cells.slides = ids;
      this.changed();
    });
  }

  private cropRows(): HTMLElement {
    const { cells } = this.form;
    const size = labelled('Size', this.text('Size of the crops', 'size', { class: 'number' }));
    const fit = element('span', { class: 'row' }, [
      labelled('Padding', this.text('Padding around the cell', 'padding', { class: 'number' })),
      labelled('at least', this.text('Least size of a crop', 'min', { class: 'number', placeholder: 'any' })),
      labelled('at most', this.text('Greatest size of a crop', 'max', { class: 'number', placeholder: 'any' })),
    ]);
    const color = colorInput('Colour of the own cell', cells.focalColor, (value) => {
      cells.focalColor = value;
      this.changed();
    });
    const show = (): void => {
      size.hidden = cells.crop !== 'size';
      fit.hidden = cells.crop !== 'fit';
      color.hidden = !cells.hasFocalColor;
    };
    const crop = this.choice(
      'Crops',
      'crop',
      [
        ['size', 'all of one size'],
        ['fit', 'by the mask'],
      ],
      show,
    );
    show();
    return element('div', { role: 'group', 'aria-label': 'Crops' }, [
      element('div', { class: 'row' }, [labelled('Crops', crop), size, fit]),
      element('p', { class: 'hint' }, ['Sizes are pixels of full resolution, 128px, or lengths, 50um.']),
      element('div', { class: 'row' }, [
        labelled(
          'Centre',
          this.choice('Centre of the crops', 'center', [
            ['table', 'by the table'],
            ['mask', 'by the mask'],
          ]),
        ),
        labelled(
          'Beyond the image',
          this.choice('Crops beyond the image', 'edge', [
            ['pad', 'black'],
            ['shift', 'move inside'],
            ['skip', 'no picture'],
          ]),
        ),
      ]),
      element('div', { class: 'row' }, [
        this.box('Other cells black', 'isolate'),
        this.box('Own cell’s mask only', 'onlyFocal'),
        this.box('Own cell in', 'hasFocalColor', show),
        color,
      ]),
    ]);
  }

  private text(
    label: string,
    key: 'where' | 'sample' | 'seed' | 'per' | 'size' | 'padding' | 'min' | 'max',
    attributes: Readonly<Record<string, string>>,
  ): HTMLElement {
    const { cells } = this.form;
    return textField(
      label,
      cells[key],
      (value) => {
        cells[key] = value;
        this.changed();
      },
      attributes,
    );
  }

  private choice<Key extends 'range' | 'crop' | 'center' | 'edge'>(
    label: string,
    key: Key,
    options: readonly (readonly [CellsForm[Key], string])[],
    then?: () => void,
  ): HTMLElement {
    const { cells } = this.form;
    return dropdown(label, options, cells[key], (value) => {
      cells[key] = options.find(([option]) => option === value)?.[0] ?? cells[key];
      then?.();
      this.changed();
    });
  }

  private box(label: string, key: 'isolate' | 'onlyFocal' | 'hasFocalColor', then?: () => void): HTMLElement {
    const { cells } = this.form;
    return checkbox(label, cells[key], (on) => {
      cells[key] = on;
      then?.();
      this.changed();
    });
  }
}
