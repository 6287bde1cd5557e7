import { checkbox, element } from './element';

/** What a row of check boxes is about: its name for screen readers, and what stands before the boxes. */
interface RowTexts {
  readonly name: string;
  readonly text: string;
}

/**
 * A check box for each stitched slide of the dataset.
 * @param choose gets those that are checked, in the dataset's order
 */
export function slideRow(
  { name, text }: RowTexts,
  slides: readonly string[],
  chosen: () => readonly string[],
  choose: (ids: string[]) => void,
): HTMLElement {
  return element('div', { class: 'row', role: 'group', 'aria-label': name }, [
    element('span', {}, [text]),
    ...slides.map((id) =>
      checkbox(id, chosen().includes(id), (on) => {
        choose(slides.filter((each) => (each === id ? on : chosen().includes(each))));
      }),
    ),
  ]);
}
