import { element } from './element';
import type { HostClient } from './hostClient';

const askEveryMs = 3_000;
const patienceMs = 12_000;

/**
 * A line that is shown, wherever the page is scrolled to, while the host does not answer. A page outlives an extension
 * host that has crashed, and the next host does not know it: only a new panel is heard.
 * @param openCommand VS Code's command that opens the panel
 */
export function watchHost(host: HostClient, openCommand: string): HTMLElement {
  const link = element('a', { href: `command:${openCommand}` }, ['open the panel again']);
  const text = 'VS Code’s extensions do not answer. Exports go on by themselves; if this does not pass, ';
  const line = element('p', { class: 'problem unanswered', role: 'alert' });
  let askedAt: number | undefined;
  setInterval(() => {
    if (askedAt === undefined) {
      askedAt = Date.now();
      void host.request('ping', null).then(() => {
        askedAt = undefined;
        line.replaceChildren();
      });
    } else if (Date.now() - askedAt > patienceMs && line.childElementCount === 0) line.replaceChildren(text, link, '.');
  }, askEveryMs);
  return line;
}
