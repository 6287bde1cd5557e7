import { cpSync, existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { jobsFolder } from './smallFovs';
import { temporaryFolder } from './temporaryFolder';

const fixtures = path.join(__dirname, '..', 'fixtures');

/** The versions of which files are kept, as `test/fixtures` names them. */
export const olderVersions = readdirSync(fixtures, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** A copy of what a version wrote (see `makeFixtures.ts`): its folders are here, and its images as old as they were then. */
export function copyOfVersion(version: string): string {
  const folder = temporaryFolder();
  cpSync(path.join(fixtures, version), folder, { recursive: true });
  for (const output of readdirSync(folder)) {
    const jobs = path.join(folder, output, jobsFolder);
    for (const job of existsSync(jobs) ? readdirSync(jobs) : []) {
      const origin = path.join(jobs, job, 'origin.json');
      writeFileSync(origin, readFileSync(origin, 'utf8').replaceAll('{folder}', folder));
      const sources = JSON.parse(readFileSync(path.join(jobs, job, 'sources.json'), 'utf8')) as Source[];
      for (const { file, modified } of sources) {
        utimesSync(path.join(folder, 'dataset', file), new Date(modified), new Date(modified));
      }
    }
  }
  return folder;
}

interface Source {
  readonly file: string;
  readonly modified: string;
}
