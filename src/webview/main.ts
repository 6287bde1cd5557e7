import { CellSection } from './cellSection';
import { button, dropdown, element, labelled, setText } from './element';
import { channelSection } from './channelSection';
import { listLines } from '../core/model/listNames';
import { modes, modeTitles } from '../core/model/mode';
import { type Form, type Mode, restoreForm } from './form';
import { fromRecipe } from './fromRecipe';
import { filesSection } from './filesSection';
import { fovSection } from './fovSection';
import { gallerySection } from './gallerySection';
import { HostClient, failureText } from './hostClient';
import { JobSection } from './jobSection';
import { marksSection } from './marksSection';
import { overlaySection } from './overlaySection';
import { pictureSection } from './pictureSection';
import { PreviewSection } from './previewSection';
import { onFileDropped } from './onFileDropped';
import { type DatasetView, type HostState, type LoadedSettings, openCommand } from './protocol';
import { readableLimits } from './readableLimits';
import { RoiSection } from './roiSection';
import { toRecipe } from './toRecipe';
import { watchHost } from './watchHost';
import { registerToolkit } from './toolkit';

/** What outlives the page, which VS Code throws away while the panel is hidden. */
interface Kept {
  readonly form?: Form | undefined;
  /** That the user wants the panel opened again, whose extension host does not answer. */
  readonly asked?: boolean;
}

registerToolkit();
const vscode = acquireVsCodeApi<Kept>();
const root = document.getElementById('panel')!;
const host = new HostClient(vscode, show);

let form: Form | undefined;
let state: HostState | undefined;
/** Whether the list of files is unfolded: it stays so when the dataset is opened anew with another one. */
let filesOpen = false;
/** What went wrong with a request of the page itself, or what became of one; always at one place. */
const notice = element('p', { class: 'problem', role: 'alert' });
/** The parts that change with every state; made anew with the form. */
let live:
  | {
      job: JobSection;
      preview: PreviewSection;
      fovs: ReturnType<typeof fovSection>;
      cells?: CellSection;
      rois?: RoiSection;
    }
  | undefined;

root.before(
  watchHost(host, openCommand, {
    get: () => vscode.getState()?.asked === true,
    set: (asked) => {
      keep({ asked });
    },
  }),
);
void host.request('ready', null).then(show);
onFileDropped((dropped) => {
  if (state?.dataset) void host.request('dropSettings', dropped).catch(showError);
}, showError);

function keep(changed: Kept): void {
  vscode.setState({ ...vscode.getState(), ...changed });
}

/** Shows a snapshot of the host's state; builds the form anew only when there is another dataset. */
function show(newState: HostState): void {
  state = newState;
  const { dataset } = newState;
  if (!dataset) {
    root.replaceChildren(emptyPage(newState));
    form = live = undefined;
    return;
  }
  if (form?.datasetId !== newState.datasetId) {
    form = restoreForm(form ?? vscode.getState()?.form, newState, dataset);
    keep({ form });
    host.datasetId = newState.datasetId;
    build(newState, dataset, form);
  }
  if (newState.loaded && newState.loaded.id !== form.loadedId) takeOver(newState, dataset, newState.loaded, form);
  update();
}

/** Builds the form anew with settings that were loaded. */
function takeOver(newState: HostState, dataset: DatasetView, loaded: LoadedSettings, current: Form): void {
  const { form: made, remarks } = fromRecipe(loaded.recipe, current, dataset);
  const { item } = loaded;
  // Pictures do not say what files are called.
  if (item) made.name = current.name;
  if (item) made.shown = { ...made.shown, [made.mode]: { item: item.id, name: item.name, fov: item.fov } };
  const [channel] = loaded.recipe.channels;
  if (item && loaded.recipe.separate !== 'off') made.previewChannel = channel.channel;
  made.loadedId = loaded.id;
  form = made;
  keep({ form });
  build(newState, dataset, made);
  tell([`Loaded the settings of ${loaded.name}.`, ...loaded.remarks, ...remarks].join(' '), false);
}

function build(newState: HostState, dataset: DatasetView, current: Form): void {
  const job = new JobSection(host, current, { start, changed });
  const preview = new PreviewSection(host, current, changed);
  const events = { changed, counted: update };
  const cells = dataset.cells === undefined ? undefined : new CellSection(host, current, dataset, events);
  const rois =
    dataset.rois === undefined && dataset.slides.length === 0
      ? undefined
      : new RoiSection(host, current, dataset, events);
  const fovs = fovSection(dataset, current, changed);
  live = { job, preview, fovs, ...(cells && { cells }), ...(rois && { rois }) };
  tell(newState.error ?? '');
  const tables = [
    `${dataset.fovs.length} ${dataset.fovs.length === 1 ? 'FOV' : 'FOVs'}`,
    dataset.cells === undefined ? '' : `${dataset.cells} cells`,
    dataset.rois === undefined ? '' : `${dataset.rois} ROIs`,
  ].filter(Boolean);
  root.replaceChildren(
    element('header', {}, [
      element('h1', { title: dataset.folder }, [dataset.name]),
      element('span', {}, [tables.join(', ')]),
      ...(dataset.hasUelerState
        ? [button('Import from UELer…', () => void host.request('importUeler', null).catch(showError))]
        : []),
      button('Load Settings…', () => void host.request('chooseSettings', null).catch(showError), {
        title: 'Of a picture or a recipe file; or drop one here, in VS Code with the Shift key held',
      }),
      button('Save Settings…', () => void save().catch(showError)),
      button('Open Another Dataset…', () => void host.request('chooseDataset', null).catch(showError)),
    ]),
    notice,
    ...(dataset.warnings.length > 0 ? [warningList(dataset.warnings)] : []),
    filesSection(dataset, host, showError, {
      open: filesOpen,
      opened: (open) => {
        filesOpen = open;
      },
    }),
    element('div', { class: 'columns' }, [
      element('div', { class: 'choices' }, [
        ...modeParts(fovs.element, current),
        channelSection(dataset, current, { autoContrast, changed }),
        overlaySection(dataset, current, changed),
        ...modes.map((mode) => onlyIn(mode, marksSection(mode, current, changed))),
        pictureSection(current, changed),
        gallerySection(current, changed),
      ]),
      element('div', { class: 'outcome' }, [job.element, preview.element]),
    ]),
  );
  showMode(current.mode);
  const wanted = toRecipe(current, dataset);
  preview.show(wanted);
  listOf(current.mode)?.show(wanted);
}

/** What to export: whole FOVs, cells of them, or ROIs. */
function modeParts(fovs: HTMLElement, current: Form): HTMLElement[] {
  const mode = dropdown(
    'What becomes a picture',
    modes.map((each) => [each, modeTitles[each]]),
    current.mode,
    (value) => {
      current.mode = modes.find((each) => each === value) ?? 'fovs';
      showMode(current.mode);
      changed();
    },
  );
  const absent = (name: string, sentence: string): HTMLElement => {
    return element('section', { 'aria-label': name }, [element('p', { class: 'hint' }, [sentence])]);
  };
  return [
    element('div', { class: 'row' }, [labelled('Pictures of', mode)]),
    fovs,
    onlyIn(
      'cells',
      live?.cells?.element ??
        absent(
          'Cells',
          'The dataset has no cell table: none was found beside the images. Choose one under “Files and columns”.',
        ),
    ),
    onlyIn(
      'rois',
      live?.rois?.element ??
        absent(
          'ROIs',
          'The dataset has no regions of interest: no file of them was found. Choose one under “Files and columns”.',
        ),
    ),
  ];
}

/** A part of the page that belongs to one mode. */
function onlyIn(mode: Mode, part: HTMLElement): HTMLElement {
  part.dataset['mode'] = mode;
  return part;
}

function showMode(current: Mode): void {
  for (const part of root.querySelectorAll<HTMLElement>('[data-mode]'))
    part.hidden = part.getAttribute('data-mode') !== current;
}

/** The list that a mode's items are chosen from, but for FOVs, which are all on the page. */
function listOf(mode: Mode): CellSection | RoiSection | undefined {
  return mode === 'cells' ? live?.cells : mode === 'rois' ? live?.rois : undefined;
}

function emptyPage(newState: HostState): HTMLElement {
  tell(newState.error ?? '');
  return element('div', { class: 'empty' }, [
    element('h1', {}, ['Multiplex Batch Export']),
    notice,
    element('p', {}, [
      'Choose a folder that holds FOVs: a sub-folder for each with one TIFF per channel, OME-TIFF or other files of many channels, or OME-Zarr.',
    ]),
    button('Choose a Dataset Folder…', () => void host.request('chooseDataset', null).catch(showError), {
      appearance: 'primary',
    }),
  ]);
}

/** Warnings that are read one by one; the log has all of them. */
const mostWarnings = 100;

function warningList(warnings: readonly string[]): HTMLElement {
  return element('details', { class: 'warnings' }, [
    element('summary', {}, [`${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'} about this dataset`]),
    element(
      'ul',
      {},
      listLines(warnings, mostWarnings).map((warning) => element('li', {}, [warning])),
    ),
  ]);
}

function tell(text: string, isProblem = true): void {
  setText(notice, text);
  notice.classList.toggle('problem', isProblem);
}

function showError(error: unknown): void {
  tell(failureText(error));
}

/** The user changed the form. */
function changed(): void {
  if (!form || !state?.dataset) return;
  keep({ form });
  const wanted = toRecipe(form, state.dataset);
  live?.preview.show(wanted);
  live?.fovs.refresh();
  listOf(form.mode)?.show(wanted);
  update();
}

function update(): void {
  if (!form || !state?.dataset) return;
  const list = listOf(form.mode);
  const items = form.mode === 'fovs' ? form.fovs.length : list ? list.count : 0;
  live?.job.update(state, items, toRecipe(form, state.dataset), list?.fault);
}

async function start(): Promise<void> {
  if (!form || !state?.dataset) return;
  const wanted = toRecipe(form, state.dataset);
  if ('problem' in wanted) throw new Error(wanted.problem);
  await host.request('start', wanted);
}

async function save(): Promise<void> {
  if (!form || !state?.dataset) return;
  const wanted = toRecipe(form, state.dataset);
  if ('problem' in wanted) throw new Error(wanted.problem);
  const name = await host.request('saveSettings', wanted);
  if (name !== null) tell(`Saved the settings as ${name}.`, false);
}

async function autoContrast(channels: readonly string[]): Promise<boolean> {
  if (!form || channels.length === 0) return false;
  const current = form;
  const fovs = current.fovs.length > 0 ? current.fovs : [current.shown.fovs.fov];
  tell('');
  try {
    for (const { channel, contrastLimits } of await host.request('autoContrast', { fovs, channels })) {
      const row = current.channels.find((candidate) => candidate.channel === channel);
      if (row) [row.low, row.high] = readableLimits(contrastLimits);
    }
    return true;
  } catch (error) {
    showError(error);
    return false;
  }
}
