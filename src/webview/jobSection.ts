import { describeJob } from './describeJob';
import { button, checkbox, dropdown, element, labelled, setText, setWords } from './element';
import type { Form } from './form';
import { type HostClient, failureText } from './hostClient';
import { OutcomeTable } from './outcomeTable';
import { PreflightText } from './preflightText';
import { itemNouns } from '../core/model/mode';
import type { HostState, Recipe } from './protocol';
import { fillRemarks, remarkList } from './remarkList';

interface JobActions {
  readonly start: () => Promise<void>;
  readonly changed: () => void;
}

type AskedMethod = 'cancel' | 'openFolder' | 'showReport' | 'openGallery' | 'chooseOutput' | 'resume';

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
  private readonly remarks = remarkList('Remarks on this export');
  private readonly problem = element('p', { class: 'problem', role: 'alert' });
  private readonly resumeButton: HTMLElement;
  private readonly mismatch: HTMLElement;
  private readonly outcomes: OutcomeTable;
  private readonly preflight: PreflightText;
  private readonly unfinished = element('ul', { class: 'unfinished', 'aria-label': 'Unfinished exports' });
  private wasRunning = false;

  readonly element: HTMLElement;

  constructor(
    private readonly host: HostClient,
    form: Form,
    actions: JobActions,
  ) {
    this.outcomes = new OutcomeTable(host);
    this.preflight = new PreflightText(host);
    const ask = (method: AskedMethod) => (): void => {
      setText(this.problem, '');
      host.request(method, null).catch((error: unknown) => {
        setText(this.problem, failureText(error));
      });
    };
    this.startButton = button(
      'Start',
      () => {
        setText(this.problem, '');
        actions.start().catch((error: unknown) => {
          setText(this.problem, failureText(error));
        });
      },
      { appearance: 'primary', id: 'start', 'aria-describedby': 'start-obstacle' },
    );
    this.cancelButton = button('Cancel', ask('cancel'), { id: 'cancel', hidden: true });
    this.resumeButton = button('Resume', ask('resume'), { id: 'resume', hidden: true });
    this.galleryButton = button('Open Gallery', ask('openGallery'), { hidden: true });
    this.results.append(
      this.resumeButton,
      button('Open Folder', ask('openFolder')),
      button('Show Report', ask('showReport')),
      this.galleryButton,
    );
    this.mismatch = checkbox('Go on where the cell table is not about the mask', form.allowMismatch, (on) => {
      form.allowMismatch = on;
      actions.changed();
    });
    this.element = element('section', { class: 'job', 'aria-labelledby': 'job-title' }, [
      element('h2', { id: 'job-title' }, ['Export']),
      element('div', { class: 'row' }, [
        element('span', {}, ['Output folder']),
        this.folder,
        button('Change…', ask('chooseOutput'), { 'aria-label': 'Change the output folder' }),
        labelled(
          'Existing pictures',
          dropdown('What happens to existing pictures', overwriteChoices, form.overwrite, (value) => {
            form.overwrite = overwriteChoices.find(([choice]) => choice === value)?.[0] ?? 'never';
            actions.changed();
          }),
        ),
      ]),
      this.mismatch,
      element('div', { class: 'row' }, [this.startButton, this.cancelButton, this.bar]),
      this.obstacle,
      this.preflight.element,
      this.problem,
      this.sentence,
      this.remarks,
      this.results,
      this.outcomes.element,
      this.unfinished,
    ]);
  }

  /**
   * @param items how many FOVs, cells or ROIs are chosen; absent while that is not known, or the selection is at fault
   * @param fault what is wrong with the selection
   * @param wanted what the form asks for, or why it cannot be started as it is
   */
  update(
    state: HostState,
    items: number | undefined,
    wanted: { recipe: Recipe } | { problem: string },
    fault?: string,
  ): void {
    setText(this.folder, state.outputFolder);
    this.mismatch.hidden = !state.dataset?.cellTable;
    const job = state.job;
    const running =
      state.starting || (job !== undefined && ['ready', 'running', 'cancelling', 'unknown'].includes(job.state));
    // A key pressed on Start must not be lost when the button is disabled under the focus.
    const startHadFocus = document.activeElement === this.startButton;
    const obstacle = !state.trusted
      ? 'Exporting writes files, which needs a trusted workspace.'
      : 'problem' in wanted
        ? wanted.problem
        : items === undefined
          ? (fault ?? 'Counting what is chosen…')
          : items === 0
            ? 'Choose at least one FOV, cell or ROI.'
            : undefined;
    setText(this.obstacle, obstacle ?? '');
    this.startButton.toggleAttribute('disabled', running || obstacle !== undefined);
    const start = describeStart(
      items ?? 0,
      'recipe' in wanted ? itemNouns[wanted.recipe.mode] : 'picture',
      'problem' in wanted ? 1 : filesPerItem(wanted.recipe),
    );
    const hasGallery = 'recipe' in wanted && wanted.recipe.gallery !== undefined;
    setText(this.startButton, hasGallery ? `${start} and a gallery` : start);
    this.cancelButton.hidden = !running;
    this.cancelButton.toggleAttribute('disabled', state.starting || job?.state === 'cancelling');
    if (running && startHadFocus) this.cancelButton.focus();
    this.bar.hidden = !running;
    this.results.hidden = !job || running;
    const isStopped = job?.state === 'stopped';
    this.resumeButton.hidden = !isStopped && !(job && job.retryable > 0);
    setText(this.resumeButton, isStopped ? 'Resume' : 'Retry Failed');
    this.resumeButton.toggleAttribute('disabled', !state.trusted);
    // After a job there are files in the way that were not there before.
    if (this.wasRunning && !running) this.preflight.forget();
    this.wasRunning = running;
    // What a job is planned with is said beside it from its start on.
    this.preflight.element.hidden = running;
    if (!running) this.preflight.show(obstacle === undefined ? wanted : { problem: obstacle }, state.outputFolder);
    this.galleryButton.hidden = job?.gallery !== 'made';
    if (job) {
      this.bar.max = Math.max(job.planned, 1);
      this.bar.value = job.planned - job.remaining;
    }
    const sentence = job ? describeJob(job) : '';
    setText(this.sentence, sentence);
    fillRemarks(this.remarks, job?.remarks ?? []);
    this.outcomes.update(job);
    this.showUnfinished(state.unfinished);
  }

  private showUnfinished(jobs: HostState['unfinished']): void {
    const rows = jobs.map(({ id, outputFolder, text }) => {
      const look = button('Show', () => {
        this.host.request('showJob', { id }).catch((error: unknown) => {
          setText(this.problem, failureText(error));
        });
      });
      setWords(look, { 'aria-label': `Show the unfinished export into ${outputFolder}` });
      return element('li', {}, [element('span', {}, [`Unfinished in ${outputFolder}: ${text}.`]), look]);
    });
    this.unfinished.replaceChildren(...rows);
  }
}

const overwriteChoices = [
  ['never', 'stay: none may be in the way'],
  ['changed', 'are replaced where they would change'],
  ['always', 'are replaced'],
] as const;

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
