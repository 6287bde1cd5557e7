import { cellRoles, centroidUnits, centroidUnitText } from '../core/model/datasetParts';
import { roiAnchors } from '../core/model/roi';
import { button, dropdown, element, labelled } from './element';
import type { HostClient } from './hostClient';
import type { CellRole, CellTableView, DatasetView, PartView, RoiAnchor } from './protocol';

const roleLabels: Readonly<Record<CellRole, string>> = {
  fov: 'FOV',
  label: 'Label in the mask',
  x: 'Centroid x',
  y: 'Centroid y',
};

const guess = '';

/** Which files the dataset is made of besides its images, each to be chosen in place of the one that was found. */
export function filesSection(
  dataset: DatasetView,
  host: HostClient,
  showError: (error: unknown) => void,
  { open, opened }: { readonly open: boolean; readonly opened: (open: boolean) => void },
): HTMLElement {
  const ask = (method: 'choosePart' | 'resetPart', part: PartView['part']) => (): void => {
    host.request(method, { part }).catch(showError);
  };
  const rows = dataset.parts.map(({ part, label, place, isChosen }) =>
    element('tr', {}, [
      element('th', { scope: 'row' }, [label]),
      element('td', { title: place }, [
        place ?? (part === 'cellTableFile' || part === 'roisFile' ? 'none' : 'as found'),
      ]),
      element('td', {}, [
        button('Choose…', ask('choosePart', part), { 'aria-label': `Choose ${label}` }),
        ...(isChosen
          ? [button('As Found', ask('resetPart', part), { 'aria-label': `${label} as found by their usual names` })]
          : []),
      ]),
    ]),
  );
  const details = element('details', { class: 'files', open }, [
    element('summary', {}, ['Files and columns']),
    element('table', {}, [element('tbody', {}, rows)]),
    ...(dataset.cellTable ? [columnRow(dataset.cellTable, host, showError)] : []),
    anchorRow(dataset.roiAnchor, host, showError),
  ]) as HTMLDetailsElement;
  details.addEventListener('toggle', () => {
    opened(details.open);
  });
  return details;
}

/** Which columns of the cell table say what; each shows its guess until one is chosen. */
function columnRow(table: CellTableView, host: HostClient, showError: (error: unknown) => void): HTMLElement {
  const columns = new Map(Object.entries(table.chosen));
  let unit = table.isUnitChosen ? table.unit : undefined;
  let mask = table.isMaskChosen ? table.mask : undefined;
  const tell = (): void => {
    const said = { ...(unit && { unit }), ...(mask !== undefined && { mask }) };
    host.request('describeCells', { columns: Object.fromEntries(columns), ...said }).catch(showError);
  };
  const asFound = (isChosen: boolean, found: string | undefined): readonly [string, string] => [
    guess,
    isChosen ? 'as found' : found === undefined ? 'none found' : `${found} (as found)`,
  ];
  const choices = cellRoles.map((role) => {
    const chosen = table.chosen[role];
    return labelled(
      roleLabels[role],
      dropdown(
        `Column of ${roleLabels[role]}`,
        [asFound(chosen !== undefined, table.roles[role]), ...named(table.columns)],
        chosen ?? guess,
        (value) => {
          if (value === guess) columns.delete(role);
          else columns.set(role, value);
          tell();
        },
      ),
    );
  });
  const units = dropdown(
    'Unit of the centroids',
    [
      asFound(table.isUnitChosen, table.unit && centroidUnitText[table.unit]),
      ...centroidUnits.map((each) => [each, centroidUnitText[each]] as const),
    ],
    unit ?? guess,
    (value) => {
      unit = centroidUnits.find((each) => each === value);
      tell();
    },
  );
  const masks = dropdown(
    'Mask of the cell table',
    [asFound(table.isMaskChosen, table.mask), ...named(table.masks)],
    mask ?? guess,
    (value) => {
      mask = value === guess ? undefined : value;
      tell();
    },
  );
  return element('div', { role: 'group', 'aria-label': 'Columns of the cell table' }, [
    element('p', { class: 'hint' }, ['What the cell table’s columns say:']),
    element('div', { class: 'row' }, [...choices, labelled('Unit', units), labelled('Mask', masks)]),
  ]);
}

const anchorLabels: Readonly<Record<RoiAnchor, string>> = {
  center: 'the middle of a box',
  corner: 'its top left corner',
};

/** What places in tables of ROIs mean that do not say it; to be chosen before such a table is. */
function anchorRow(chosen: RoiAnchor | undefined, host: HostClient, showError: (error: unknown) => void): HTMLElement {
  const anchor = dropdown(
    'x and y in tables of ROIs',
    [[guess, 'in UELer’s tables only'], ...roiAnchors.map((each) => [each, anchorLabels[each]] as const)],
    chosen ?? guess,
    (value) => {
      const said = roiAnchors.find((each) => each === value);
      host.request('describeRois', said ? { anchor: said } : {}).catch(showError);
    },
  );
  return element('div', { role: 'group', 'aria-label': 'Tables of ROIs' }, [
    element('p', { class: 'hint' }, ['What x and y are in a table of x, y, width and height (--roi-anchor):']),
    element('div', { class: 'row' }, [labelled('x and y', anchor)]),
  ]);
}

function named(names: readonly string[]): (readonly [string, string])[] {
  return names.map((name) => [name, name] as const);
}
