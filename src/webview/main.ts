import { button, element } from './element';
import { createForm, type Form, toRecipe } from './form';
import { fovSection } from './fovSection';
import { HostClient } from './hostClient';
import { JobSection } from './jobSection';
import { lookSection } from './lookSection';
import { PreviewSection } from './previewSection';
import type { DatasetView, HostState } from './protocol';
import { registerToolkit } from './toolkit';

registerToolkit();
const vscode = acquireVsCodeApi<{ form?: Form }>();
const root = document.getElementById('panel')!;
const host = new HostClient(vscode, show);

let form: Form | undefined;
let state: HostState | undefined;
/** The parts that change with every state; made anew with the form. */
let live: { job: JobSection; preview: PreviewSection } | undefined;

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
  if (form?.datasetVersion !== newState.datasetVersion) {
    form = restoredForm(newState, dataset) ?? createForm(newState, dataset);
    build(newState, dataset, form);
  }
  update();
}

/** The form of before a reload, if it was for the dataset that is open. */
function restoredForm(newState: HostState, dataset: DatasetView): Form | undefined {
  const saved = form ? undefined : vscode.getState()?.form;
  if (saved?.datasetFolder !== dataset.folder || newState.chosenFovs.length > 0) return undefined;
  const known = new Set(dataset.fovs.map((fov) => fov.name));
  return {
    ...saved,
    datasetVersion: newState.datasetVersion,
    fovs: saved.fovs.filter((fov) => known.has(fov)),
    previewFov: known.has(saved.previewFov) ? saved.previewFov : dataset.fovs[0].name,
  };
}

function build(newState: HostState, dataset: DatasetView, current: Form): void {
  const job = new JobSection(host, current, { start, changed });
  const preview = new PreviewSection(host);
  live = { job, preview };
  const tables = [
    `${dataset.fovs.length} FOVs`,
    dataset.cells === undefined ? '' : `${dataset.cells} cells`,
    dataset.rois === undefined ? '' : `${dataset.rois} ROIs`,
  ].filter(Boolean);
  root.replaceChildren(
    element('header', {}, [
      element('h1', { title: dataset.folder }, [dataset.name]),
      element('span', {}, [tables.join(', ')]),
      button('Open Another Dataset…', () => void host.request('chooseDataset', null).catch(showError)),
    ]),
    ...(newState.error === undefined ? [] : [errorLine(newState.error)]),
    ...(dataset.warnings.length > 0 ? [warningList(dataset.warnings)] : []),
    element('div', { class: 'columns' }, [
      element('div', { class: 'choices' }, [
        fovSection(dataset, current, changed),
        lookSection(dataset, current, { autoContrast, changed }),
      ]),
      element('div', { class: 'outcome' }, [job.element, preview.element]),
    ]),
  );
  preview.show(current.previewFov, toRecipe(current));
}

function emptyPage(newState: HostState): HTMLElement {
  return element('div', { class: 'empty' }, [
    element('h1', {}, ['Multiplex Batch Export']),
    ...(newState.error === undefined ? [] : [errorLine(newState.error)]),
    element('p', {}, ['Choose a folder that holds one sub-folder per FOV, each with one TIFF per channel.']),
    button('Choose a Dataset Folder…', () => void host.request('chooseDataset', null).catch(showError), {
      appearance: 'primary',
    }),
  ]);
}

function errorLine(message: string): HTMLElement {
  return element('p', { class: 'problem', role: 'alert' }, [message]);
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
  root.prepend(errorLine(error instanceof Error ? error.message : String(error)));
}

/** The user changed the form. */
function changed(): void {
  if (!form) return;
  vscode.setState({ form });
  live?.preview.show(form.previewFov, toRecipe(form));
  update();
}

function update(): void {
  if (!form || !state) return;
  const wanted = toRecipe(form);
  live?.job.update(state, form.fovs.length, 'problem' in wanted ? wanted.problem : undefined);
}

async function start(): Promise<void> {
  if (!form) return;
  const wanted = toRecipe(form);
  if ('problem' in wanted) throw new Error(wanted.problem);
  await host.request('start', wanted);
}

async function autoContrast(channels: readonly string[]): Promise<void> {
  if (!form || channels.length === 0) return;
  const current = form;
  const fovs = current.fovs.length > 0 ? current.fovs : [current.previewFov];
  const limits = await host.request('autoContrast', { fovs, channels });
  for (const { channel, contrastLimits } of limits) {
    const row = current.channels.find((candidate) => candidate.channel === channel);
    if (row) [row.low, row.high] = contrastLimits.map((limit) => String(Number(limit.toPrecision(6))));
  }
}
