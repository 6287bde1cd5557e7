import { checkbox, dropdown, element, labelled, setWords, textField } from './element';
import type { Form, MarksForm, Mode } from './form';
import { inkColors, places, tokenNames } from './protocol';

const placeLabels = {
  'top-left': 'top left',
  'top-right': 'top right',
  'bottom-left': 'bottom left',
  'bottom-right': 'bottom right',
  margin: 'in the margin',
} as const;

/** What is written on the pictures: scale bar, legends, title and caption; each on or off, in a corner or a margin. */
export function marksSection(mode: Mode, form: Form, changed: () => void): HTMLElement {
  const marks = form.marks[mode];
  const id = `marks-title-${mode}`;
  const choice = <Key extends keyof MarksForm>(
    label: string,
    key: Key,
    options: readonly (readonly [MarksForm[Key] & string, string])[],
    then?: () => void,
  ): HTMLElement =>
    dropdown(label, options, marks[key] as string, (value) => {
      marks[key] = options.find(([option]) => option === value)?.[0] ?? marks[key];
      then?.();
      changed();
    });
  const place = (label: string, key: 'barPlace' | 'legendPlace' | 'classesPlace' | 'titlePlace' | 'captionPlace') =>
    choice(
      label,
      key,
      places.map((each) => [each, placeLabels[each]]),
    );
  const text = (
    label: string,
    key: 'barLengthUm' | 'title' | 'caption',
    attributes: Readonly<Record<string, string>>,
    then?: () => void,
  ): HTMLElement =>
    textField(
      label,
      marks[key],
      (value) => {
        marks[key] = value;
        then?.();
        changed();
      },
      attributes,
    );

  const length = labelled('Length (µm)', text('Length of the scale bar in µm', 'barLengthUm', { class: 'number' }));
  const barStyle = element('span', { class: 'row' }, [
    labelled(
      'Colour',
      choice(
        'Colour of the scale bar',
        'barColor',
        inkColors.map((color) => [color, color]),
      ),
    ),
    labelled('Place', place('Place of the scale bar', 'barPlace')),
  ]);
  const legendPlace = labelled('Place', place('Place of the channel legend', 'legendPlace'));
  const classesPlace = labelled('Place', place('Place of the class legend', 'classesPlace'));
  const titlePlace = labelled('Place', place('Place of the title', 'titlePlace'));
  const captionPlace = labelled('Place', place('Place of the caption', 'captionPlace'));
  const show = (): void => {
    length.hidden = marks.bar !== 'fixed';
    barStyle.hidden = marks.bar === 'off';
    legendPlace.hidden = marks.legend === 'off';
    classesPlace.hidden = !marks.classes;
    titlePlace.hidden = marks.title.trim() === '';
    captionPlace.hidden = marks.caption.trim() === '';
  };
  const bar = choice(
    'Scale bar',
    'bar',
    [
      ['auto', 'round length, up to a tenth'],
      ['fixed', 'fixed length'],
      ['off', 'none'],
    ],
    show,
  );
  const legend = choice(
    'Channel legend',
    'legend',
    [
      ['off', 'none'],
      ['names', 'names and colours'],
      ['limits', 'with contrast limits'],
    ],
    show,
  );
  const classes = checkbox('Class legend', marks.classes, (on) => {
    marks.classes = on;
    show();
    changed();
  });
  setWords(classes, { title: 'Colours of the annotation’s classes and of cells that are coloured by a column' });
  const words = { class: 'text', placeholder: 'none' };
  show();
  return element('section', { class: 'marks', 'aria-labelledby': id }, [
    element('h2', { id }, ['Scale bar, legend and text']),
    element('div', { class: 'row' }, [labelled('Scale bar', bar), length, barStyle]),
    element('div', { class: 'row' }, [labelled('Channel legend', legend), legendPlace]),
    element('div', { class: 'row' }, [classes, classesPlace]),
    element('div', { class: 'row' }, [labelled('Title', text('Title', 'title', words, show)), titlePlace]),
    element('div', { class: 'row' }, [labelled('Caption', text('Caption', 'caption', words, show)), captionPlace]),
    element('p', { class: 'hint' }, [
      `Title and caption may hold ${tokenNames.map((name) => `{${name}}`).join(' ')}; {description} is a sentence made of the settings.`,
    ]),
    element('div', { class: 'row' }, [
      labelled(
        'Margins',
        choice('Colour of margin strips', 'marginColor', [
          ['black', 'black'],
          ['white', 'white'],
        ]),
      ),
    ]),
  ]);
}
