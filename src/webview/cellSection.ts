import { button, checkbox, colorInput, dropdown, element, labelled, textField } from './element';
import type { CellsForm, Form } from './form';
import { HostError, type HostClient, messageOf } from './hostClient';
import { cellsPerPage, type CellsView, type Recipe, supersededCode } from './protocol';

/** Waits for the user to stop typing before the table is searched. */
const debounceMs = 250;

/** Which cells become pictures, and what is cut out around each: a filter with its count, the rows, a sample, crops. */
export class CellSection {
  private readonly countText = element('span', { class: 'count', 'aria-live': 'polite' });
  private readonly problem = element('p', { class: 'problem', role: 'alert' });
  private readonly warnings = element('ul', { class: 'hint' });
  private readonly list = element('ul', { class: 'list', 'aria-label': 'Chosen cells' });
  private readonly pages = element('div', { class: 'row' });
  private timer: number | undefined;
  /** Counts what was asked: an answer to an older question is not shown any more. */
  private question = 0;
  private asked = '';
  private offset = 0;
  private shownFilter: string | undefined;
  /** How many cells the last answer had; `undefined` while it is not known. */
  count: number | undefined;

  readonly element: HTMLElement;

  constructor(
    private readonly host: HostClient,
    private readonly form: Form,
    columns: readonly string[],
    private readonly changed: () => void,
    private readonly counted: () => void,
  ) {
    this.element = element('section', { class: 'cells', 'aria-labelledby': 'cells-title' }, [
      element('h2', { id: 'cells-title' }, ['Cells']),
      this.filterRow(),
      this.countText,
      this.problem,
      this.warnings,
      this.list,
      this.pages,
      this.sampleRow(columns),
      this.cropRows(),
    ]);
  }

  /** Finds out which cells the form means; a recipe that is not complete is said elsewhere and not asked for. */
  show(wanted: { recipe: Recipe } | { problem: string }): void {
    window.clearTimeout(this.timer);
    if ('problem' in wanted) return;
    const { recipe } = wanted;
    const { where, labels, sample } = recipe.cells!;
    const key = JSON.stringify([recipe.fovs, where, labels, sample]);
    if (key === this.asked) return;
    this.asked = key;
    if (where !== this.shownFilter) this.offset = 0;
    this.shownFilter = where;
    this.count = undefined;
    this.timer = window.setTimeout(() => void this.ask(recipe), debounceMs);
  }

  private async ask(recipe: Recipe): Promise<void> {
    const question = ++this.question;
    try {
      const view = await this.host.request('listCells', { recipe, offset: this.offset });
      if (question !== this.question) return;
      this.count = view.count;
      this.problem.textContent = '';
      this.display(view, recipe);
    } catch (error) {
      if (error instanceof HostError && error.code === supersededCode) return;
      if (question !== this.question) return;
      this.count = undefined;
      this.countText.textContent = '';
      this.problem.textContent = messageOf(error);
      this.list.replaceChildren();
      this.pages.replaceChildren();
    }
    this.counted();
  }

  private display({ count, matching, offset, ids, warnings }: CellsView, recipe: Recipe): void {
    const among = count === matching ? '' : ` of ${matching} that match`;
    this.countText.textContent = `${count} ${count === 1 ? 'cell' : 'cells'}${among} chosen`;
    this.warnings.replaceChildren(...warnings.map((warning) => element('li', {}, [warning])));
    if (this.form.previewCell === '' && ids.length > 0) this.preview(ids[0]);
    this.list.replaceChildren(...ids.map((id) => this.cellRow(id)));
    const turn = (to: number) => (): void => {
      this.offset = to;
      void this.ask(recipe);
    };
    const previous = button('Previous', turn(Math.max(0, offset - cellsPerPage)), { disabled: offset === 0 });
    const next = button('Next', turn(offset + cellsPerPage), { disabled: offset + ids.length >= matching });
    previous.setAttribute('aria-label', 'Previous cells');
    next.setAttribute('aria-label', 'Next cells');
    const range = `${offset + 1} to ${offset + ids.length} of ${matching}`;
    this.pages.replaceChildren(...(matching > ids.length ? [previous, element('span', {}, [range]), next] : []));
  }

  private cellRow(id: string): HTMLElement {
    const { picked } = this.form.cells;
    const box = checkbox(id, picked.includes(id), (on) => {
      const others = this.form.cells.picked.filter((other) => other !== id);
      this.form.cells.picked = on ? [...others, id] : others;
      this.changed();
    });
    box.title = 'Only the checked cells; none checked: all';
    const look = button('Preview', () => {
      this.preview(id);
    });
    look.setAttribute('aria-label', `Preview ${id}`);
    const row = element('li', {}, [box, look]);
    row.classList.toggle('current', id === this.form.previewCell);
    return row;
  }

  private preview(id: string): void {
    this.form.previewCell = id;
    for (const row of this.list.children) {
      row.classList.toggle('current', row.querySelector('vscode-checkbox')?.textContent === id);
    }
    this.changed();
  }

  private filterRow(): HTMLElement {
    const filter = this.text('Filter', 'where', { class: 'wide', placeholder: 'cell_type == "T cell" and area > 50' });
    const clear = button('Uncheck all', () => {
      this.form.cells.picked = [];
      this.changed();
    });
    return element('div', { class: 'row' }, [labelled('Filter', filter), clear]);
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
