import { CellSection } from './cellSection';
import { button, dropdown, element, labelled } from './element';
import { channelSection } from './channelSection';
import { type Form, type Mode, restoreForm } from './form';
import { fovSection } from './fovSection';
import { HostClient, messageOf } from './hostClient';
import { JobSection } from './jobSection';
import { marksSection } from './marksSection';
import { overlaySection } from './overlaySection';
import { pictureSection } from './pictureSection';
import { PreviewSection } from './previewSection';
import type { DatasetView, HostState } from './protocol';
import { toRecipe } from './toRecipe';
import { registerToolkit } from './toolkit';

registerToolkit();
const vscode = acquireVsCodeApi<{ form?: Form }>();
const root = document.getElementById('panel')!;
const host = new HostClient(vscode, show);

let form: Form | undefined;
let state: HostState | undefined;
/** What went wrong with a request of the page itself; one line, always at one place. */
const notice = element('p', { class: 'problem', role: 'alert' });
/** The parts that change with every state; made anew with the form. */
let live: { job: JobSection; preview: PreviewSection; cells?: CellSection } | undefined;

void host.request('ready', null).then(show);

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
    vscode.setState({ form });
    host.datasetId = newState.datasetId;
    build(newState, dataset, form);
  }
  update();
}

function build(newState: HostState, dataset: DatasetView, current: Form): void {
  const job = new JobSection(host, current, { start, changed });
  const preview = new PreviewSection(host, current, changed);
  const cells =
    dataset.cells === undefined ? undefined : new CellSection(host, current, dataset.cellColumns, changed, update);
  const marks = { fovs: marksSection('fovs', current, changed), cells: marksSection('cells', current, changed) };
  live = { job, preview, ...(cells && { cells }) };
  notice.textContent = newState.error ?? '';
  const tables = [
    `${dataset.fovs.length} ${dataset.fovs.length === 1 ? 'FOV' : 'FOVs'}`,
    dataset.cells === undefined ? '' : `${dataset.cells} cells`,
    dataset.rois === undefined ? '' : `${dataset.rois} ROIs`,
  ].filter(Boolean);
  root.replaceChildren(
    element('header', {}, [
      element('h1', { title: dataset.folder }, [dataset.name]),
      element('span', {}, [tables.join(', ')]),
      button('Open Another Dataset…', () => void host.request('chooseDataset', null).catch(showError)),
    ]),
    notice,
    ...(dataset.warnings.length > 0 ? [warningList(dataset.warnings)] : []),
    element('div', { class: 'columns' }, [
      element('div', { class: 'choices' }, [
        ...modeParts(dataset, current, cells, marks),
        channelSection(dataset, current, { autoContrast, changed }),
        overlaySection(dataset, current, changed),
        marks.fovs,
        marks.cells,
        pictureSection(current, changed),
      ]),
      element('div', { class: 'outcome' }, [job.element, preview.element]),
    ]),
  );
  preview.show(toRecipe(current, dataset));
  if (current.mode === 'cells') cells?.show(toRecipe(current, dataset));
}

/** What to export: every FOV, or cells of them. */
function modeParts(
  dataset: DatasetView,
  current: Form,
  cells: CellSection | undefined,
  marks: Readonly<Record<Mode, HTMLElement>>,
): HTMLElement[] {
  const fovs = fovSection(dataset, current, changed);
  if (!cells) current.mode = 'fovs';
  const show = (): void => {
    if (cells) cells.element.hidden = current.mode !== 'cells';
    for (const [mode, section] of Object.entries(marks)) section.hidden = mode !== current.mode;
  };
  show();
  if (!cells) return [fovs];
  const mode = dropdown(
    'What becomes a picture',
    [
      ['fovs', 'Full FOV'],
      ['cells', 'Single Cells'],
    ],
    current.mode,
    (value) => {
      current.mode = value === 'cells' ? 'cells' : 'fovs';
      show();
      changed();
    },
  );
  return [element('div', { class: 'row' }, [labelled('Pictures of', mode)]), fovs, cells.element];
}

function emptyPage(newState: HostState): HTMLElement {
  notice.textContent = newState.error ?? '';
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

function warningList(warnings: readonly string[]): HTMLElement {
  return element('details', { class: 'warnings' }, [
    element('summary', {}, [`${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'} about this dataset`]),
    element(
      'ul',
      {},
      warnings.map((warning) => element('li', {}, [warning])),
    ),
  ]);
}

function showError(error: unknown): void {
  notice.textContent = messageOf(error);
}

/** The user changed the form. */
function changed(): void {
  if (!form || !state?.dataset) return;
  vscode.setState({ form });
  const wanted = toRecipe(form, state.dataset);
  live?.preview.show(wanted);
  if (form.mode === 'cells') live?.cells?.show(wanted);
  update();
}

function update(): void {
  if (!form || !state?.dataset) return;
  const items = form.mode === 'cells' ? live?.cells?.count : form.fovs.length;
  live?.job.update(state, items, toRecipe(form, state.dataset));
}

async function start(): Promise<void> {
  if (!form || !state?.dataset) return;
  const wanted = toRecipe(form, state.dataset);
  if ('problem' in wanted) throw new Error(wanted.problem);
  await host.request('start', wanted);
}

async function autoContrast(channels: readonly string[]): Promise<boolean> {
  if (!form || channels.length === 0) return false;
  const current = form;
  const fovs = current.fovs.length > 0 ? current.fovs : [current.previewFov];
  notice.textContent = '';
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

/** Six digits are enough to read, unless the two limits would become one. */
function readableLimits(limits: readonly [number, number]): [string, string] {
  const [low, high] = limits.map((limit) => String(Number(limit.toPrecision(6))));
  return low === high ? [String(limits[0]), String(limits[1])] : [low, high];
}
