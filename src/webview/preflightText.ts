import { element, setText } from './element';
import { HostError, type HostClient, failureText } from './hostClient';
import { type Recipe, supersededCode } from './protocol';
import { fillRemarks, remarkList } from './remarkList';

/** After the last change: a few pictures are made to find out what a job costs. */
const debounceMs = 1_000;

/** What Start would do and cost, said before it is pressed. */
export class PreflightText {
  private readonly sentence = element('p', { class: 'sentence' });
  private readonly remarks = remarkList('Remarks before the start');
  private timer: number | undefined;
  private asked = '';
  private wish = 0;

  readonly element = element('div', { class: 'preflight', role: 'status' }, [this.sentence, this.remarks]);

  constructor(private readonly host: HostClient) {}

  /** Finds out about a recipe and where its pictures go, unless these are the ones that were asked for last. */
  show(wanted: { recipe: Recipe } | { problem: string }, outputFolder: string): void {
    const key = 'recipe' in wanted ? JSON.stringify([wanted.recipe, outputFolder]) : '';
    if (key === this.asked) return;
    window.clearTimeout(this.timer);
    this.asked = key;
    this.say('', []);
    const wish = ++this.wish;
    if ('problem' in wanted) return;
    this.timer = window.setTimeout(() => void this.ask(wanted.recipe, wish), debounceMs);
  }

  /** Forgets what was found out: after a job there are files in the way. */
  forget(): void {
    this.asked = '';
  }

  private async ask(recipe: Recipe, wish: number): Promise<void> {
    try {
      const { sentence, remarks, problems } = await this.host.request('preflight', { recipe });
      if (wish === this.wish) this.say(sentence, [...remarks, ...problems]);
    } catch (error) {
      if (error instanceof HostError && error.code === supersededCode) return;
      if (wish === this.wish) this.say(failureText(error), []);
    }
  }

  private say(sentence: string, remarks: readonly string[]): void {
    setText(this.sentence, sentence);
    fillRemarks(this.remarks, remarks);
  }
}
