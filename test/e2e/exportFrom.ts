import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { FrameLocator } from 'playwright-core';
import { waitUntil } from '../support/waitUntil';

/**
 * Presses Start and waits for the end of that very job: the sentence of the one before may be the same.
 * @param folder the output folder
 * @param start what the button says
 * @param outcome what the panel comes to say
 */
export async function exportFrom(
  panel: FrameLocator,
  { folder, start, outcome }: { folder: string; start: string; outcome: string },
): Promise<void> {
  const jobs = path.join(folder, '.batch-export-jobs');
  const ended = (): string[] => {
    const all = existsSync(jobs) ? readdirSync(jobs) : [];
    return all.filter((job) => existsSync(path.join(jobs, job, 'manifest.json')));
  };
  const known = new Set(ended());
  await panel.getByRole('button', { name: start }).click();
  await waitUntil('the end of the job', () => ended().some((job) => !known.has(job)));
  await panel.getByText(outcome).waitFor();
}
