import { stat } from 'node:fs/promises';
import path from 'node:path';
import { importUeler, type ImportEntry, type ImportReport } from '../core/index';
import { type Flag, parseFlags, requireOnePositional } from './flags';
import type { Interruption } from './interruption';
import { say, sayJson } from './say';

export const importFlags: readonly Flag[] = [
  {
    name: 'overwrite',
    group: 'Where it goes',
    help: 'what UELer saved replaces ours of the same name, which is else kept',
  },
  { name: 'dry-run', group: 'How it runs', help: 'say what would be imported, and write nothing' },
  { name: 'json', group: 'How it runs', help: 'one JSON document on stdout' },
];

/** `batch-export import DATASET`: what UELer saved with a dataset, as files of our own. */
export async function importCommand(args: readonly string[], interruption: Interruption): Promise<number> {
  const flags = parseFlags('import', importFlags, args);
  const location = path.resolve(requireOnePositional(flags, 'import', 'DATASET'));
  const isFile = (await stat(location).catch(() => undefined))?.isFile() ?? false;
  const dryRun = flags.on('dry-run');
  const report = await importUeler(isFile ? path.dirname(location) : location, {
    overwrite: flags.on('overwrite'),
    dryRun,
    whileWriting: (write) => interruption.whileWriting(write),
  });
  if (flags.on('json')) sayJson({ ...report, dryRun });
  else say(toLines(report, dryRun));
  return 0;
}

function toLines(report: ImportReport, dryRun: boolean): string[] {
  const { imported, replaced, kept, leftOut } = report;
  const counts = [`${imported} imported`, ...(replaced > 0 ? [`${replaced} replaced`] : [])];
  const end = dryRun ? 'Nothing was written.' : report.files.length === 0 ? 'No file was changed.' : '';
  return [
    ...report.entries.map(entryLine),
    ...report.notes.map((note) => `note      ${note}`),
    `${[...counts, `${kept} kept`, `${leftOut} left out`].join(', ')}.${end && ` ${end}`}`,
  ];
}

function entryLine({ kind, name, outcome, file, reason }: ImportEntry): string {
  const what = name === undefined ? '' : `${kind} "${name}"`;
  const where = file === undefined ? '' : `${outcome === 'kept' ? ' in' : ' into'} ${file}`;
  const why = reason === undefined ? '' : what === '' ? reason : `: ${reason}`;
  return `${outcome.padEnd(10)}${what}${where}${why}`;
}
