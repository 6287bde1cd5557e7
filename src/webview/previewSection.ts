import { listNames } from '../core/model/listNames';
import { pixelSizeText } from '../core/model/pixelSizeOrigin';
import { printText } from '../core/model/pixelSizeWarnings';
import { button, dropdown, element, labelled, setText, setWords } from './element';
import type { Form, Mode } from './form';
import { HostError, type HostClient, failureText } from './hostClient';
import { type FovDetails, type PreviewResult, type Recipe, supersededCode } from './protocol';

/** Waits for the user to stop typing before a picture is asked for. */
const debounceMs = 250;

const nouns: Readonly<Record<Mode, string>> = { fovs: 'FOV', cells: 'Cell', rois: 'ROI' };

/** What the preview of an item fails with that is not among the chosen ones, or is and cannot be made. */
const lostCodes: readonly string[] = ['CellNotFound', 'RoiInvalid'];

/** A picture that is asked for. */
interface WantedPicture {
  readonly item: string;
  readonly name: string;
  readonly recipe: Recipe;
  /** Its number: a later one counts in its place. */
  readonly wish: number;
  /** The user wants this item, and no other one in its place. */
  readonly isAskedFor: boolean;
}

/** The preview: one item, made by the same renderer as the export. */
export class PreviewSection {
  private readonly image = element('img', { hidden: true }) as HTMLImageElement;
  private readonly ring = element('vscode-progress-ring', { 'aria-label': 'Rendering', hidden: true });
  private readonly title = element('h2', { id: 'preview-title' }, ['Preview']);
  private readonly details = element('p', { class: 'details' });
  /** Says of a picture that is not the exact one that it is a draft. */
  private readonly badge = element('span', { class: 'badge', role: 'status' });
  private readonly facts = element('p', { class: 'facts', 'aria-live': 'polite' });
  private readonly problem = element('p', { class: 'problem', role: 'alert' });
  private timer: number | undefined;
  private describedFov: string | undefined;
  /** The item that was shown last. */
  private lastItem: string | undefined;
  /** Counts what was asked to be shown: an answer to an older wish is not shown any more. */
  private wish = 0;

  readonly element = element('section', { class: 'preview', 'aria-labelledby': 'preview-title' }, [
    this.title,
    this.details,
    this.problem,
    element('div', { class: 'picture' }, [this.image, this.badge, this.ring]),
    this.facts,
  ]);

  private readonly position = element('span', { class: 'count', 'aria-live': 'polite' });
  private recipe: Recipe | undefined;

  /** Of separate channels, which one is shown. */
  private readonly channelPicker = element('span', { class: 'row', hidden: true });
  private channels = '';

  constructor(
    private readonly host: HostClient,
    private readonly form: Form,
    private readonly changed: () => void,
  ) {
    const step = (label: string, by: number): HTMLElement => {
      const made = button(label, () => void this.step(by));
      setWords(made, { 'aria-label': `Preview the ${label.toLowerCase()} picture` });
      return made;
    };
    const steps = element('div', { class: 'row' }, [step('Previous', -1), step('Next', 1), this.position]);
    this.title.after(steps, this.channelPicker);
  }

  /** Shows the form's item with these settings soon; a recipe that is not complete is said and not asked for. */
  show(wanted: { recipe: Recipe } | { problem: string }): void {
    const { mode, shown } = this.form;
    const { item, name, fov } = shown[mode];
    this.recipe = 'recipe' in wanted ? wanted.recipe : undefined;
    setText(this.position, '');
    setText(this.title, `Preview: ${name}`);
    if (fov === '') {
      this.describedFov = '';
      setText(this.details, '');
    } else if (fov !== this.describedFov) void this.describe(fov);
    window.clearTimeout(this.timer);
    const wish = ++this.wish;
    if ('problem' in wanted) {
      this.ring.hidden = true;
      this.say(wanted.problem);
      return;
    }
    this.offerChannels(wanted.recipe);
    if (item === '') {
      this.ring.hidden = true;
      this.say(mode === 'rois' ? 'Choose a ROI to preview.' : 'Choose a cell to preview.');
      return;
    }
    // One that the user has just asked for is shown, or it is said why not.
    const isAskedFor = this.lastItem !== undefined && this.lastItem !== item;
    this.lastItem = item;
    this.timer = window.setTimeout(
      () => void this.render({ item, name, recipe: wanted.recipe, wish, isAskedFor }),
      debounceMs,
    );
  }

  /** Goes on to another one of the chosen items. */
  private async step(by: number): Promise<void> {
    const { recipe } = this;
    if (!recipe) return;
    try {
      await this.goOn(recipe, by);
    } catch (error) {
      if (error instanceof HostError && error.code === supersededCode) return;
      this.say(failureText(error));
    }
  }

  /**
   * Shows the item that comes so many after the one that is shown, or the first if that is not chosen any more.
   * @returns whether another one is shown now
   */
  private async goOn(recipe: Recipe, by: number): Promise<boolean> {
    const { shown } = this.form;
    const from = shown[recipe.mode].item;
    const { id, name, fov, position, count } = await this.host.request('stepItem', { recipe, from, by });
    if (shown[recipe.mode].item !== from) return true; // The user was faster.
    if (id !== from) {
      shown[recipe.mode] = { item: id, name, fov };
      this.changed();
    }
    setText(this.position, `${position} of ${count}`);
    return id !== from;
  }

  private offerChannels({ separate, channels }: Recipe): void {
    const names = separate === 'off' ? [] : channels.map(({ channel }) => channel);
    this.channelPicker.hidden = names.length === 0;
    const key = JSON.stringify(names);
    if (key === this.channels) return;
    this.channels = key;
    if (!names.includes(this.form.previewChannel)) this.form.previewChannel = names[0] ?? '';
    const options = names.map((name) => [name, name] as const);
    const picker = dropdown('Channel shown in the preview', options, this.form.previewChannel, (name) => {
      this.form.previewChannel = name;
      this.changed();
    });
    this.channelPicker.replaceChildren(...(names.length > 0 ? [labelled('Channel shown', picker)] : []));
  }

  private async describe(fov: string): Promise<void> {
    this.describedFov = fov;
    setText(this.details, '');
    const text = await this.host.request('describeFov', { fov }).then(describeFov, failureText);
    if (this.describedFov === fov) setText(this.details, text);
  }

  private async render({ item, name, recipe, wish, isAskedFor }: WantedPicture): Promise<void> {
    this.ring.hidden = false;
    try {
      const channel = recipe.channels.findIndex((each) => each.channel === this.form.previewChannel);
      const which = recipe.separate === 'off' || channel < 0 ? {} : { channel };
      const result = await this.host.request('preview', { item, recipe, ...which }, (draft) => {
        if (wish === this.wish) this.display(name, draft);
      });
      if (wish === this.wish) this.display(name, result);
    } catch (error) {
      if (error instanceof HostError && error.code === supersededCode) return;
      if (wish !== this.wish) return;
      // With another filter it may not be among the chosen ones: then the first of them is shown.
      const isLost = error instanceof HostError && lostCodes.includes(error.code) && !isAskedFor;
      if (isLost && (await this.goOn(recipe, 0).catch(() => false))) return;
      if (wish === this.wish) this.say(failureText(error));
    }
    if (wish === this.wish) this.ring.hidden = true;
  }

  private display(name: string, result: PreviewResult): void {
    const { png, widthPx, heightPx, downsample, exportDownsample, scaleBarUm, channel, draft } = result;
    const old = this.image.src;
    this.image.src = URL.createObjectURL(new Blob([png], { type: 'image/png' }));
    if (old) URL.revokeObjectURL(old);
    setWords(this.image, { alt: `${nouns[this.form.mode]} ${name}, ${widthPx} by ${heightPx} pixels` });
    // Each pixel of a small picture is shown as a square, not blurred.
    this.image.classList.toggle('small', Math.max(widthPx, heightPx) < 400);
    this.image.hidden = false;
    const bar = scaleBarUm === undefined ? 'no scale bar' : `scale bar ${scaleBarUm} µm`;
    const scale = downsample === 1 ? 'full resolution' : `downsample ${downsample}`;
    const coarser = downsample === exportDownsample ? '' : `; the export has downsample ${exportDownsample}`;
    const shown = channel === undefined ? '' : `${channel}: `;
    const without = draft && draft.without.length > 0 ? `; this draft is without ${listNames(draft.without)}` : '';
    setText(this.facts, `${shown}${widthPx} × ${heightPx} px, ${scale}${coarser}, ${bar}${without}`);
    setText(this.badge, draft ? `draft from level ${draft.level}` : '');
    setText(this.problem, '');
  }

  private say(problem: string): void {
    setText(this.problem, problem);
    this.image.hidden = true;
    setText(this.badge, '');
    setText(this.facts, '');
  }
}

function describeFov(fov: FovDetails): string {
  const { widthPx, heightPx, sampleTypes, pixelSize, printResolution, problems } = fov;
  const none = `no pixel size in the files${printResolution === undefined ? '' : `, only ${printText(printResolution)}`}`;
  if (sampleTypes.length === 0) return problems.join(' ');
  const size = pixelSize ? `${pixelSizeText(pixelSize.um)} per pixel, ${pixelSize.from}` : none;
  return [`${widthPx} × ${heightPx} px, ${sampleTypes.join(' and ')}, ${size}.`, ...problems].join(' ');
}
