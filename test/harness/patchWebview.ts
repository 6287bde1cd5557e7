import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

const MODULE_SCRIPT = /<script async type="module">([\s\S]*?)<\/script>/;
const OWN_WORKER_PER_WEBVIEW = '&id=${ID}&remoteAuthority';
const ONE_WORKER_FOR_ALL = '&remoteAuthority';

/**
 * Lets several webviews load at the same time.
 *
 * The server serves all webviews from one origin, yet each registers a service worker under a URL of its own, so two
 * that load together replace each other's worker and one stays blank. The worker needs that identifier only for
 * requests of web workers inside a webview; without it they share one worker.
 */
export async function patchWebview(serverDirectory: string): Promise<void> {
  const file = path.join(serverDirectory, 'out/vs/workbench/contrib/webview/browser/pre/index.html');
  const page = await readFile(file, 'utf8');
  const patched = page.replace(OWN_WORKER_PER_WEBVIEW, ONE_WORKER_FOR_ALL);
  const before = scriptHash(page);
  if (patched === page || !page.includes(before)) {
    throw new Error(`The webview page of this VS Code is not the one that patchWebview.ts knows: ${file}.`);
  }
  // The page's own content security policy allows its script by hash.
  await writeFile(file, patched.replace(before, scriptHash(patched)));
}

function scriptHash(page: string): string {
  const script = MODULE_SCRIPT.exec(page)?.[1] ?? '';
  return `sha256-${createHash('sha256').update(script).digest('base64')}`;
}
