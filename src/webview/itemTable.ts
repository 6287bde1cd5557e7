import { button, checkbox, element, setText, setWords } from './element';
import { HostError, type HostClient, failureText } from './hostClient';
import { type ItemsView, itemsPerPage, type ListedItem, type Recipe, supersededCode } from './protocol';

/** Waits for the user to stop typing before the table is searched. */
const debounceMs = 250;

/** Where a table keeps what the user does in it. */
export interface TableChoice {
  /** `cell`, `ROI`. */
  readonly noun: string;
  /** What a recipe makes in place of what the table lists, if it does: `slide`. */
  readonly instead?: (recipe: Recipe) => string | undefined;
  /** What of a recipe decides on the rows; another answer is asked for only when it changes. */
  readonly question: (recipe: Recipe) => unknown;
  /** What of a recipe decides on the pages: another filter starts at the first one. */
  readonly filter: (recipe: Recipe) => unknown;
  readonly picked: () => readonly string[];
  readonly pick: (ids: string[]) => void;
  readonly shown: () => string;
  readonly show: (item: ListedItem) => void;
  /** The count is known, or is not any more. */
  readonly counted: () => void;
}

/** What a section around a table tells of. */
export interface ItemEvents {
  readonly changed: () => void;
  /** The count is known, or is not any more. */
  readonly counted: () => void;
}

/** The cells or ROIs that a filter lets through, a page of them at a time, to be picked and previewed; with their live count. */
export class ItemTable {
  private readonly countText = element('span', { class: 'count', 'aria-live': 'polite' });
  private readonly problem = element('p', { class: 'problem', role: 'alert' });
  private readonly warnings = element('ul', { class: 'hint' });
  private readonly table = element('table', {});
  private readonly pages = element('div', { class: 'row' });
  private timer: number | undefined;
  /** Counts what was asked: an answer to an older question is not shown any more. */
  private question = 0;
  private asked = '';
  private offset = 0;
  private filter = '';
  private rows = new Map<string, HTMLElement>();
  /** How many items the last answer had; `undefined` while it is not known. */
  count: number | undefined;
  /** Why the last question has no answer. */
  fault: string | undefined;

  readonly element: HTMLElement;

  constructor(
    private readonly host: HostClient,
    private readonly choice: TableChoice,
  ) {
    const { noun } = choice;
    setWords(this.table, { 'aria-label': `${noun}s to choose from` });
    this.element = element('div', {}, [
      element('div', { class: 'row' }, [
        this.countText,
        button('Uncheck all', () => {
          this.choice.pick([]);
          for (const row of this.rows.values()) {
            (row.querySelector('vscode-checkbox') as unknown as { checked: boolean }).checked = false;
          }
        }),
      ]),
      this.problem,
      this.warnings,
      element('div', { class: 'items' }, [this.table]),
      this.pages,
    ]);
  }

  /** Finds out which items a recipe means; one that is not complete is said elsewhere and not asked for. */
  update(wanted: { recipe: Recipe } | { problem: string }): void {
    this.markShown();
    if ('problem' in wanted) {
      window.clearTimeout(this.timer);
      this.asked = '';
      return;
    }
    const { recipe } = wanted;
    const key = JSON.stringify(this.choice.question(recipe));
    if (key === this.asked) return;
    window.clearTimeout(this.timer);
    this.asked = key;
    const filter = JSON.stringify(this.choice.filter(recipe) ?? '');
    if (filter !== this.filter) this.offset = 0;
    this.filter = filter;
    this.count = this.fault = undefined;
    this.timer = window.setTimeout(() => void this.ask(recipe), debounceMs);
  }

  private async ask(recipe: Recipe): Promise<void> {
    const question = ++this.question;
    try {
      const view = await this.host.request('listItems', { recipe, offset: this.offset });
      if (question !== this.question) return;
      this.count = view.count;
      setText(this.problem, '');
      this.display(view, recipe);
    } catch (error) {
      if (error instanceof HostError && error.code === supersededCode) return;
      if (question !== this.question) return;
      this.count = undefined;
      this.fault = failureText(error);
      setText(this.countText, '');
      setText(this.problem, this.fault);
      this.table.replaceChildren();
      this.pages.replaceChildren();
    }
    this.choice.counted();
  }

  private display({ count, matching, offset, columns, items, warnings }: ItemsView, recipe: Recipe): void {
    const { noun, instead } = this.choice;
    const other = instead?.(recipe);
    const among = count === matching || other !== undefined ? '' : ` of ${matching} that match`;
    const counted = other ?? noun;
    setText(this.countText, `${count} ${count === 1 ? counted : `${counted}s`}${among} chosen`);
    this.warnings.replaceChildren(...warnings.map((warning) => element('li', {}, [warning])));
    this.rows = new Map(items.map((item) => [item.id, this.row(item)]));
    // The button stands beside the name, in sight however wide the table is.
    const [first, ...others] = columns;
    const titles = [first, 'preview', ...others].map((column) => element('th', { scope: 'col' }, [column]));
    this.table.replaceChildren(
      element('thead', {}, [element('tr', {}, titles)]),
      element('tbody', {}, [...this.rows.values()]),
    );
    if (this.choice.shown() === '' && items.length > 0) this.show(items[0]);
    this.displayPages(offset, items.length, matching, recipe);
  }

  private displayPages(offset: number, listed: number, matching: number, recipe: Recipe): void {
    const turn = (to: number) => (): void => {
      this.offset = to;
      void this.ask(recipe);
    };
    const previous = button('Previous', turn(Math.max(0, offset - itemsPerPage)), { disabled: offset === 0 });
    const next = button('Next', turn(offset + itemsPerPage), { disabled: offset + listed >= matching });
    setWords(previous, { 'aria-label': `Previous ${this.choice.noun}s` });
    setWords(next, { 'aria-label': `Next ${this.choice.noun}s` });
    const range = `${offset + 1} to ${offset + listed} of ${matching}`;
    this.pages.replaceChildren(...(matching > listed ? [previous, element('span', {}, [range]), next] : []));
  }

  private row(item: ListedItem): HTMLElement {
    const { id, values } = item;
    const [name, ...others] = values;
    const box = checkbox(name, this.choice.picked().includes(id), (on) => {
      const rest = this.choice.picked().filter((other) => other !== id);
      this.choice.pick(on ? [...rest, id] : rest);
    });
    setWords(box, { title: 'Only the checked ones; none checked: all' });
    const look = button('Preview', () => {
      this.show(item);
    });
    setWords(look, { 'aria-label': `Preview ${name}` });
    const row = element('tr', {}, [
      element('td', {}, [box]),
      element('td', {}, [look]),
      ...others.map((value) => element('td', { title: value }, [value])),
    ]);
    row.classList.toggle('current', id === this.choice.shown());
    return row;
  }

  private show(item: ListedItem): void {
    this.choice.show(item);
    this.markShown();
  }

  private markShown(): void {
    for (const [id, row] of this.rows) row.classList.toggle('current', id === this.choice.shown());
  }
}
