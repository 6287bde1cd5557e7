import { element } from './element';

/** A list of what is to be looked at in a plan. */
export function remarkList(label: string): HTMLElement {
  return element('ul', { class: 'remarks', 'aria-label': label });
}

/** The remarks in place of those that are there. The same again change nothing, as with `setText`. */
export function fillRemarks(list: HTMLElement, remarks: readonly string[]): void {
  const items = remarks.map((remark) => element('li', {}, [remark]));
  const isSame =
    items.length === list.children.length && items.every((item, i) => item.isEqualNode(list.children.item(i)));
  if (!isSame) list.replaceChildren(...items);
}
