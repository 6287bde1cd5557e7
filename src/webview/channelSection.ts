import {
  button,
  checkbox,
  colorInput,
  dropdown,
  element,
  labelled,
  setWords,
  textField,
  type ValueElement,
} from './element';
import { applyMarkerSet, type ChannelRow, type Form, giveStartColor } from './form';
import type { DatasetView } from './protocol';

interface ChannelActions {
  /** Fills in limits for these channels from the chosen FOVs' pixels; says itself what goes wrong, and whether it did. */
  readonly autoContrast: (channels: readonly string[]) => Promise<boolean>;
  readonly changed: () => void;
}

const ownSet = '';

/** Which channels the pictures show, in which colours, together or apart. */
export function channelSection(dataset: DatasetView, form: Form, actions: ChannelActions): HTMLElement {
  const body = element('tbody');
  let rows: ReturnType<typeof channelRow>[] = [];
  /** A set may bring channels that no FOV has: they get their row, too, so that they can be seen and switched off. */
  const buildRows = (): void => {
    rows = form.channels.map((row) => channelRow(form, row, edited, actions));
    body.replaceChildren(...rows.map((row) => row.element));
  };
  buildRows();
  const setPicker = dropdown(
    'Marker set',
    [[ownSet, 'Own choice'], ...dataset.markerSets.map(({ name, from }) => [name, `${name} (${from})`] as const)],
    form.markerSet ?? ownSet,
    (name) => {
      const set = dataset.markerSets.find((candidate) => candidate.name === name);
      if (!set) {
        edited();
        return;
      }
      applyMarkerSet(form, set);
      buildRows();
      actions.changed();
    },
  );
  /** A set whose channels were changed is not that set any more: files and manifest must not say that it is. */
  function edited(): void {
    delete form.markerSet;
    setPicker.value = ownSet;
    actions.changed();
  }
  const auto = button('Auto Contrast', () => {
    void actions.autoContrast(form.channels.filter((row) => row.on).map((row) => row.channel)).then((found) => {
      if (!found) return;
      for (const row of rows) row.show();
      edited();
    });
  });
  setWords(auto, {
    title: 'Set the limits of all chosen channels to their 1st and 99.8th percentile over the chosen FOVs',
  });
  return element('section', { class: 'channel-section', 'aria-labelledby': 'channels-title' }, [
    element('h2', { id: 'channels-title' }, ['Channels']),
    element('div', { class: 'row' }, [labelled('Marker set', setPicker), auto]),
    element('table', { class: 'channels' }, [
      element('thead', {}, [
        element(
          'tr',
          {},
          ['Channel', 'Colour', 'Low', 'High'].map((title) => element('th', { scope: 'col' }, [title])),
        ),
      ]),
      body,
    ]),
    element('p', { class: 'hint' }, ['Limits are intensities, or percentiles such as p1 and p99.8.']),
    element('div', { class: 'row' }, [
      labelled(
        'Percentiles over',
        dropdown(
          'Percentiles over',
          [
            ['batch', 'all chosen FOVs'],
            ['fov', 'each FOV'],
          ],
          form.contrastScope,
          (scope) => {
            form.contrastScope = scope === 'fov' ? 'fov' : 'batch';
            actions.changed();
          },
        ),
      ),
    ]),
    separation(form, actions.changed),
  ]);
}

/** One picture of all channels, or one each. */
function separation(form: Form, changed: () => void): HTMLElement {
  const grayscale = checkbox('White in place of colours', form.grayscale, (on) => {
    form.grayscale = on;
    changed();
  });
  const show = (): void => {
    grayscale.hidden = form.separate === 'off';
  };
  const picker = dropdown(
    'Channels in',
    [
      ['off', 'one picture'],
      ['channels', 'a picture each'],
      ['colors', 'a picture for each colour'],
    ],
    form.separate,
    (value) => {
      form.separate = value === 'channels' || value === 'colors' ? value : 'off';
      show();
      changed();
    },
  );
  show();
  return element('div', { class: 'row' }, [labelled('Channels in', picker), grayscale]);
}

function channelRow(
  form: Form,
  row: ChannelRow,
  edited: () => void,
  actions: ChannelActions,
): { element: HTMLElement; show: () => void } {
  const box = checkbox(row.channel, row.on, (on) => {
    row.on = on;
    const isNew = on && (row.low === '' || row.high === '');
    if (isNew) giveStartColor(form, row);
    show();
    edited();
    if (isNew) {
      void actions.autoContrast([row.channel]).then(() => {
        show();
        edited();
      });
    }
  });
  const color = colorInput(`Colour of ${row.channel}`, row.color, (value) => {
    row.color = value;
    edited();
  });
  const limit = (which: 'low' | 'high'): ValueElement =>
    textField(
      `${which === 'low' ? 'Low' : 'High'} contrast limit of ${row.channel}`,
      row[which],
      (value) => {
        row[which] = value;
        edited();
      },
      { class: 'number' },
    );
  const [low, high] = [limit('low'), limit('high')];
  const show = (): void => {
    box.checked = row.on;
    color.value = row.color;
    low.value = row.low;
    high.value = row.high;
  };
  return {
    element: element(
      'tr',
      {},
      [box, color, low, high].map((cell) => element('td', {}, [cell])),
    ),
    show,
  };
}
