import { element } from './element';
import type { HostClient } from './hostClient';

const askEveryMs = 3_000;
const patienceMs = 12_000;

/** Whether the user asked for the panel to be opened again; it outlives the page, which is made anew when it is shown again. */
export interface KeptWish {
  get(): boolean;
  set(asked: boolean): void;
}

/**
 * A line that is shown, wherever the page is scrolled to, while the host does not answer. A page outlives an extension
 * host that has crashed, and the next host does not know it: only a new panel is heard. While VS Code has started no other
 * host, a click on the link is lost, so it is kept and made again until somebody answers, or the new panel takes this place.
 * @param openCommand VS Code's command that opens the panel
 */
export function watchHost(host: HostClient, openCommand: string, wish: KeptWish): HTMLElement {
  const link = element('a', { href: `command:${openCommand}` }, ['open the panel again']);
  const line = element('p', { class: 'problem unanswered', role: 'alert' });
  const text = 'VS Code’s extensions do not answer. Exports go on by themselves; if this does not pass, ';
  const waitingText =
    'VS Code’s extensions do not answer. Exports go on by themselves, and the panel is opened again as soon as VS Code has started the extensions.';
  const wait = (): void => {
    if (line.contains(link) && link.hidden) return;
    link.hidden = true;
    line.replaceChildren(waitingText, link); // A link that is not in the page cannot be clicked.
  };
  link.addEventListener('click', () => {
    wish.set(true);
    wait();
  });
  let askedAt: number | undefined;
  setInterval(() => {
    if (askedAt === undefined) {
      askedAt = Date.now();
      void host.request('ping', null).then(() => {
        askedAt = undefined;
        if (wish.get()) wish.set(false);
        link.hidden = false;
        line.replaceChildren();
      });
    } else if (wish.get()) {
      wait();
      link.click();
    } else if (Date.now() - askedAt > patienceMs && line.childElementCount === 0) line.replaceChildren(text, link, '.');
  }, askEveryMs);
  return line;
}
