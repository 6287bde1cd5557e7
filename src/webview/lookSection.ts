import { button, checkbox, colorInput, dropdown, element, textField, type ValueElement } from './element';
import { applyMarkerSet, type ChannelRow, type Form, giveStartColor } from './form';
import type { DatasetView } from './protocol';

interface LookActions {
  /** Fills in limits for these channels from the chosen FOVs' pixels; says itself what goes wrong. */
  readonly autoContrast: (channels: readonly string[]) => Promise<void>;
  readonly changed: () => void;
}

const ownSet = '';

/** What the pictures look like: marker set, channels, masks, size, scale bar. */
export function lookSection(dataset: DatasetView, form: Form, actions: LookActions): HTMLElement {
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
    void actions.autoContrast(form.channels.filter((row) => row.on).map((row) => row.channel)).then(() => {
      for (const row of rows) row.show();
      edited();
    });
  });
  auto.title = 'Set the limits of all chosen channels to their 1st and 99.8th percentile over the chosen FOVs';
  return element('section', { class: 'look', 'aria-labelledby': 'look-title' }, [
    element('h2', { id: 'look-title' }, ['Channels']),
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
    element('h2', {}, ['Mask outlines']),
    ...(form.masks.length > 0
      ? form.masks.map((mask) =>
          element('div', { class: 'row' }, [
            checkbox(mask.name, mask.on, (on) => {
              mask.on = on;
              actions.changed();
            }),
            colorInput(`Colour of ${mask.name} outlines`, mask.color, (color) => {
              mask.color = color;
              actions.changed();
            }),
            textField(
              `Width of ${mask.name} outlines in pixels`,
              mask.widthPx,
              (width) => {
                mask.widthPx = width;
                actions.changed();
              },
              { class: 'number', title: 'Width in pixels of the picture' },
            ),
            'px',
          ]),
        )
      : [element('p', {}, ['No masks were found beside the FOVs.'])]),
    element('h2', {}, ['Picture']),
    element('div', { class: 'row' }, [
      labelled(
        'Downsample',
        numberField('Downsample: full-resolution pixels per pixel of the picture', form, 'downsample', actions),
      ),
      labelled(
        'Pixel size (µm)',
        numberField('Pixel size in µm; empty: what the files state', form, 'pixelSizeUm', actions, 'from files'),
      ),
      checkbox('Scale bar', form.scaleBar, (on) => {
        form.scaleBar = on;
        actions.changed();
      }),
    ]),
  ]);
}

function channelRow(
  form: Form,
  row: ChannelRow,
  edited: () => void,
  actions: LookActions,
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

function numberField(
  label: string,
  form: Form,
  key: 'downsample' | 'pixelSizeUm',
  actions: LookActions,
  placeholder?: string,
): ValueElement {
  return textField(
    label,
    form[key],
    (value) => {
      form[key] = value;
      actions.changed();
    },
    { class: 'number', title: label, placeholder },
  );
}

function labelled(label: string, control: HTMLElement): HTMLElement {
  return element('label', { class: 'labelled' }, [element('span', {}, [label]), control]);
}
