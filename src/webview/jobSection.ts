import { button, checkbox, element } from './element';
import type { Form } from './form';
import { type HostClient, messageOf } from './hostClient';
import { itemNouns } from '../core/model/mode';
import type { HostState, JobView, Recipe } from './protocol';

interface JobActions {
  readonly start: () => Promise<void>;
  readonly changed: () => void;
}

/** Where the pictures go, Start and Cancel, and how the job stands. */
export class JobSection {
  private readonly folder = element('code', {});
  private readonly startButton: HTMLElement;
  private readonly cancelButton: HTMLElement;
  private readonly results = element('div', { class: 'row', hidden: true });
  private readonly galleryButton: HTMLElement;
  private readonly bar = element('progress', {
    max: 1,
    'aria-label': 'Pictures made',
    hidden: true,
  }) as HTMLProgressElement;
  /** Why Start cannot be pressed: a disabled button alone explains nothing. */
  private readonly obstacle = element('p', { class: 'obstacle', id: 'start-obstacle' });
  private readonly sentence = element('p', { class: 'sentence', role: 'status' });
  private readonly problem = element('p', { class: 'problem', role: 'alert' });
  private readonly failures = element('ul', { class: 'failures', 'aria-label': 'Pictures that failed' });

  readonly element: HTMLElement;

  constructor(host: HostClient, form: Form, actions: JobActions) {
    const ask = (method: 'cancel' | 'openFolder' | 'showReport' | 'openGallery' | 'chooseOutput') => (): void => {
      this.problem.textContent = '';
      host.request(method, null).catch((error: unknown) => {
        this.problem.textContent = messageOf(error);
      });
    };
    this.startButton = button(
      'Start',
      () => {
        this.problem.textContent = '';
        actions.start().catch((error: unknown) => {
          this.problem.textContent = messageOf(error);
        });
      },
      { appearance: 'primary', id: 'start', 'aria-describedby': 'start-obstacle' },
    );
    this.cancelButton = button('Cancel', ask('cancel'), { id: 'cancel', hidden: true });
    this.galleryButton = button('Open Gallery', ask('openGallery'), { hidden: true });
    this.results.append(
      button('Open Folder', ask('openFolder')),
      button('Show Report', ask('showReport')),
      this.galleryButton,
    );
    this.element = element('section', { class: 'job', 'aria-labelledby': 'job-title' }, [
      element('h2', { id: 'job-title' }, ['Export']),
      element('div', { class: 'row' }, [
        element('span', {}, ['Output folder']),
        this.folder,
        button('Change…', ask('chooseOutput'), { 'aria-label': 'Change the output folder' }),
        checkbox('Replace existing pictures', form.overwrite, (on) => {
          form.overwrite = on;
          actions.changed();
        }),
      ]),
      element('div', { class: 'row' }, [this.startButton, this.cancelButton, this.bar]),
      this.obstacle,
      this.problem,
      this.sentence,
      this.failures,
      this.results,
    ]);
  }

  /**
   * @param items how many FOVs, cells or ROIs are chosen; absent while that is not known
   * @param wanted what the form asks for, or why it cannot be started as it is
   */
  update(state: HostState, items: number | undefined, wanted: { recipe: Recipe } | { problem: string }): void {
    this.folder.textContent = state.outputFolder;
    const job = state.job;
    const running = state.starting || (job !== undefined && ['ready', 'running', 'cancelling'].includes(job.state));
    // A key pressed on Start must not be lost when the button is disabled under the focus.
    const startHadFocus = document.activeElement === this.startButton;
    const obstacle = !state.trusted
      ? 'Exporting writes files, which needs a trusted workspace.'
      : items === undefined || items === 0
        ? 'Choose at least one FOV, cell or ROI.'
        : 'problem' in wanted
          ? wanted.problem
          : undefined;
    this.obstacle.textContent = obstacle ?? '';
    this.startButton.toggleAttribute('disabled', running || obstacle !== undefined);
    const start = describeStart(
      items ?? 0,
      'recipe' in wanted ? itemNouns[wanted.recipe.mode] : 'picture',
      'problem' in wanted ? 1 : filesPerItem(wanted.recipe),
    );
    const hasGallery = 'recipe' in wanted && wanted.recipe.gallery !== undefined;
    this.startButton.textContent = hasGallery ? `${start} and a gallery` : start;
    this.cancelButton.hidden = !running;
    this.cancelButton.toggleAttribute('disabled', state.starting || job?.state === 'cancelling');
    if (running && startHadFocus) this.cancelButton.focus();
    this.bar.hidden = !running;
    this.results.hidden = !job || running;
    this.galleryButton.hidden = job?.gallery !== 'made';
    if (job) {
      this.bar.max = Math.max(job.planned, 1);
      this.bar.value = job.planned - job.remaining;
    }
    const sentence = job ? describeJob(job) : '';
    // Only when it changed: a screen reader would read the same sentence again and again.
    if (this.sentence.textContent !== sentence) this.sentence.textContent = sentence;
    this.failures.replaceChildren(
      ...(job?.failures ?? []).map(({ item, message }) =>
        element('li', {}, [element('strong', {}, [item]), ` ${message}`]),
      ),
    );
  }
}

/** What Start will make. The job counts FOVs, cells or ROIs, whose files appear together. */
function describeStart(items: number, noun: string, filesEach: number): string {
  if (filesEach === 1) return `Export ${items} ${items === 1 ? 'picture' : 'pictures'}`;
  return `Export ${items} ${noun}${items === 1 ? '' : 's'}, ${items * filesEach} files`;
}

function filesPerItem({ formats, separate, channels }: Recipe): number {
  const colors = new Set(channels.map((channel) => channel.color)).size;
  const pictures = separate === 'channels' ? channels.length : separate === 'colors' ? colors : 1;
  return formats.reduce((sum, format) => sum + (format === 'ome-tiff' ? 1 : pictures), 0);
}

function describeJob(job: JobView): string {
  const counts = [
    `${job.written} of ${job.planned} written`,
    job.failed > 0 ? `${job.failed} failed` : '',
    job.cancelled > 0 ? `${job.cancelled} cancelled` : '',
    job.state === 'stopped' && job.gallery === 'missing' ? 'no gallery' : '',
  ].filter(Boolean);
  const titles: Readonly<Record<JobView['state'], string>> = {
    ready: 'Starting',
    running: 'Exporting',
    cancelling: 'Cancelling',
    stopped: 'Stopped',
    ended: 'Done',
  };
  const reason = job.error === undefined ? '' : ` ${job.error}`;
  return `${titles[job.state]}: ${counts.join(', ')}. Output: ${job.outputFolder}.${reason}`;
}
