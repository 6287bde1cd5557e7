import { visibleText } from '../core/model/visibleText';

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** The parts of the toolkit's components that we use; they are form controls with a `value` or `checked`. */
export interface ValueElement extends HTMLElement {
  value: string;
}
export interface CheckboxElement extends HTMLElement {
  checked: boolean;
}

/** What a person reads or hears; the others are values, which stay exact. */
const readAttributes: ReadonlySet<string> = new Set(['alt', 'aria-label', 'label', 'placeholder', 'title']);

/** The text of an element in place of what it has. The same again changes nothing: a screen reader would read it twice. */
export function setText(element: HTMLElement, text: string): void {
  const shown = visibleText(text);
  if (element.textContent !== shown) element.textContent = shown;
}

/** Words of an element besides its text. */
export function setWords(
  element: HTMLElement,
  words: Readonly<Partial<Record<'alt' | 'aria-label' | 'title', string>>>,
): void {
  for (const [name, text] of Object.entries(words)) element.setAttribute(name, visibleText(text));
}

/**
 * Makes an element. Attributes that are `undefined` or `false` are left out, `true` is written as an empty attribute;
 * text is always text, never markup, and shows what in it would be invisible or turn it around.
 */
export function element(
  tag: string,
  attributes: Attributes = {},
  children: readonly (Node | string)[] = [],
): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    const text = value === true ? '' : String(value);
    made.setAttribute(name, readAttributes.has(name) ? visibleText(text) : text);
  }
  made.append(...children.map((child) => (typeof child === 'string' ? visibleText(child) : child)));
  return made;
}

/** A toolkit button that calls `run` when it is pressed. */
export function button(label: string, run: () => void, attributes: Attributes = {}): HTMLElement {
  const made = element('vscode-button', { appearance: 'secondary', ...attributes }, [label]);
  made.addEventListener('click', run);
  return made;
}

/** A toolkit checkbox; `changed` gets its new state. */
export function checkbox(label: string, checked: boolean, changed: (checked: boolean) => void): CheckboxElement {
  const made = element('vscode-checkbox', { checked }, [label]) as CheckboxElement;
  made.addEventListener('change', () => {
    changed(made.checked);
  });
  return made;
}

/**
 * The toolkit gives a control a name and a value of its own at the moment when it is put into the page; ours are set
 * after that. Parts are built and put into the page in one go, so the next task is late enough.
 */
function onceInPage(run: () => void): void {
  window.setTimeout(run, 0);
}

/** A toolkit text field with an accessible name; `changed` is called at every key. */
export function textField(
  label: string,
  value: string,
  changed: (value: string) => void,
  attributes: Attributes = {},
): ValueElement {
  const made = element('vscode-text-field', { value, ...attributes }) as ValueElement;
  onceInPage(() => {
    setWords(made, { 'aria-label': label });
  });
  made.addEventListener('input', () => {
    changed(made.value);
  });
  return made;
}

/** A toolkit drop-down; options are pairs of value and label. */
export function dropdown(
  label: string,
  options: readonly (readonly [value: string, label: string])[],
  value: string,
  changed: (value: string) => void,
): ValueElement {
  const made = element(
    'vscode-dropdown',
    { 'aria-label': label },
    options.map(([option, text]) => element('vscode-option', { value: option }, [text])),
  ) as ValueElement;
  onceInPage(() => {
    made.value = value;
  });
  made.addEventListener('change', () => {
    changed(made.value);
  });
  return made;
}

/** A control with its label before it. */
export function labelled(label: string, control: HTMLElement): HTMLElement {
  return element('label', { class: 'labelled' }, [element('span', {}, [label]), control]);
}

/** A colour picker of the browser, with an accessible name. */
export function colorInput(label: string, value: string, changed: (value: string) => void): HTMLInputElement {
  const made = element('input', { type: 'color', 'aria-label': label, title: label }) as HTMLInputElement;
  made.value = value;
  made.addEventListener('input', () => {
    changed(made.value);
  });
  return made;
}
