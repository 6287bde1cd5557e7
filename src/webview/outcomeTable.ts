import { button, dropdown, element, labelled, setText, setWords } from './element';
import { type HostClient, failureText } from './hostClient';
import { itemsPerPage, itemStates, type ItemState, type JobView, type OutcomePage } from './protocol';

/** At most so often, while a job runs. */
const refreshMs = 1_000;

const all = 'all';

/** Every item of the job that is shown, with how it stands and why, page by page. */
export class OutcomeTable {
  private readonly count = element('span', { class: 'count' });
  private readonly body = element('tbody', {});
  private readonly pages = element('div', { class: 'row' });
  private state: ItemState | typeof all = all;
  private offset = 0;
  private shown = '';
  private timer: number | undefined;

  readonly element: HTMLDetailsElement;

  constructor(private readonly host: HostClient) {
    const state = dropdown(
      'Items shown',
      [all, ...itemStates].map((each) => [each, each] as const),
      all,
      (value) => {
        this.state = itemStates.find((each) => each === value) ?? all;
        this.offset = 0;
        void this.ask();
      },
    );
    const heads = ['Item', 'State', 'Files or reason'].map((title) => element('th', { scope: 'col' }, [title]));
    this.element = element('details', { class: 'outcomes' }, [
      element('summary', {}, ['Items']),
      element('div', { class: 'row' }, [labelled('Show', state), this.count]),
      element('div', { class: 'items' }, [
        element('table', {}, [element('thead', {}, [element('tr', {}, heads)]), this.body]),
      ]),
      this.pages,
    ]) as HTMLDetailsElement;
    this.element.addEventListener('toggle', () => {
      if (this.element.open) void this.ask();
    });
  }

  /** Follows the job, while the list is unfolded. */
  update(job: JobView | undefined): void {
    this.element.hidden = job === undefined;
    if (!job) return;
    const { state, failed, remaining } = job;
    const key = [state, failed, remaining, job.outputFolder].join();
    if (key === this.shown) return;
    this.shown = key;
    // Unfolded where there is something to be read.
    if (failed > 0 && (state === 'ended' || state === 'stopped')) this.element.open = true;
    this.timer ??= window.setTimeout(() => {
      this.timer = undefined;
      if (this.element.open) void this.ask();
    }, refreshMs);
  }

  private async ask(): Promise<void> {
    const { state, offset } = this;
    try {
      const page = await this.host.request('listOutcomes', { offset, ...(state !== all && { state }) });
      if (state === this.state && offset === this.offset) this.display(page);
    } catch (error) {
      setText(this.count, failureText(error));
    }
  }

  private display({ count, offset, items }: OutcomePage): void {
    setText(this.count, `${count} ${count === 1 ? 'item' : 'items'}`);
    this.body.replaceChildren(
      ...items.map(({ item, state, text }) =>
        element('tr', {}, [
          element('td', {}, [item]),
          element('td', { class: state }, [state]),
          element('td', { class: 'reason', title: text }, [text]),
        ]),
      ),
    );
    const turn = (to: number) => (): void => {
      this.offset = to;
      void this.ask();
    };
    const previous = button('Previous', turn(Math.max(0, offset - itemsPerPage)), { disabled: offset === 0 });
    const next = button('Next', turn(offset + itemsPerPage), { disabled: offset + items.length >= count });
    setWords(previous, { 'aria-label': 'Previous items of the job' });
    setWords(next, { 'aria-label': 'Next items of the job' });
    const range = `${offset + 1} to ${offset + items.length} of ${count}`;
    this.pages.replaceChildren(...(count > items.length ? [previous, element('span', {}, [range]), next] : []));
  }
}
