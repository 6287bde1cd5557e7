import { button, checkbox, element, setText, setWords, textField } from './element';
import { type Form, shownFov } from './form';
import type { DatasetView } from './protocol';

/** The list of FOVs: which ones to export, and which one to preview. */
export function fovSection(
  dataset: DatasetView,
  form: Form,
  changed: () => void,
): { readonly element: HTMLElement; readonly refresh: () => void } {
  const chosen = new Set(form.fovs);
  const countText = element('span', { class: 'count', 'aria-live': 'polite' });
  const rows = dataset.fovs.map(({ name }) => {
    const box = checkbox(name, chosen.has(name), (on) => {
      if (on) chosen.add(name);
      else chosen.delete(name);
      store();
    });
    const look = button('Preview', () => {
      form.shown.fovs = shownFov(name);
      show();
      changed();
    });
    setWords(look, { 'aria-label': `Preview ${name}` });
    return { name, box, look, row: element('li', {}, [box, look]) };
  });

  const show = (): void => {
    setText(countText, `${chosen.size} of ${dataset.fovs.length} chosen`);
    for (const { name, row, look } of rows) {
      const current = name === form.shown.fovs.item;
      row.classList.toggle('current', current);
      look.ariaPressed = String(current);
    }
  };
  const store = (): void => {
    form.fovs = dataset.fovs.map((fov) => fov.name).filter((name) => chosen.has(name));
    show();
    changed();
  };
  const choose = (on: boolean): void => {
    for (const { name, box, row } of rows) {
      if (row.hidden) continue;
      box.checked = on;
      if (on) chosen.add(name);
      else chosen.delete(name);
    }
    store();
  };
  const filter = textField(
    'Filter FOVs by name',
    '',
    (text) => {
      const wanted = text.trim().toLowerCase();
      for (const { name, row } of rows) row.hidden = !name.toLowerCase().includes(wanted);
    },
    { placeholder: 'Filter by name' },
  );
  show();
  const section = element('section', { class: 'fovs', 'aria-labelledby': 'fovs-title' }, [
    element('h2', { id: 'fovs-title' }, ['FOVs']),
    countText,
    element('div', { class: 'row' }, [
      filter,
      button('All', () => {
        choose(true);
      }),
      button('None', () => {
        choose(false);
      }),
    ]),
    element(
      'ul',
      { class: 'list' },
      rows.map(({ row }) => row),
    ),
  ]);
  return { element: section, refresh: show };
}
