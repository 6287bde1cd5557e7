import path from 'node:path';
import * as vscode from 'vscode';
import { ExportError, importUeler, type ImportReport, messageOf } from '../core/index';
import { log } from './log';
import { ask, choose, tell } from './tell';
import { uelerFolders } from './uelerFolders';

const title = 'Import from UELer';

/**
 * Takes over what UELer saved with a dataset, after asking. Only our own files are written.
 * @param clicked a folder that holds `.UELer`, or `.UELer` itself; without one, that of the workspace
 */
export async function importFromUeler(clicked: vscode.Uri | undefined): Promise<void> {
  if (!vscode.workspace.isTrusted) {
    throw new ExportError('OutputNotWritable', 'Importing from UELer writes files, which needs a trusted workspace.');
  }
  if (clicked && clicked.scheme !== 'file')
    throw new ExportError('Usage', `Expected a folder on disk, but ${clicked.toString()} is not.`);
  const folder = clicked ? datasetOf(clicked.fsPath) : await chooseFolder();
  if (folder === undefined) return;
  const overwrite = await confirm(await importUeler(folder, { dryRun: true }));
  if (overwrite === undefined) return;
  const report = await importUeler(folder, { overwrite });
  // Nobody waits for the user to read it.
  show(report).catch((error: unknown) => {
    log.error(messageOf(error));
  });
}

function datasetOf(clicked: string): string {
  return path.basename(clicked) === '.UELer' ? path.dirname(clicked) : clicked;
}

async function chooseFolder(): Promise<string | undefined> {
  const folders = await uelerFolders();
  if (folders.length === 0)
    throw new ExportError('Usage', 'Expected a dataset with a folder .UELer in this workspace, but found none.');
  if (folders.length === 1) return folders[0];
  const choices = folders.map((value) => ({ label: path.basename(value), description: displayed(value), value }));
  return choose(title, 'Choose a dataset', choices);
}

/** Whether ours is to be replaced; `undefined` if nothing is to be done. */
async function confirm(report: ImportReport): Promise<boolean | undefined> {
  const different = report.entries.filter(({ reason }) => reason === 'ours is different').length;
  if (report.imported === 0 && different === 0) {
    writeLog(report);
    const rest = report.leftOut > 0 ? `, ${report.leftOut} left out` : '';
    void offerLog(`There is nothing to import from UELer: ${report.kept} there already${rest}.`);
    return undefined;
  }
  const paragraphs = [
    `Files of our own are written into ${displayed(report.folder)}/.batch-export. What UELer saved stays as it is.`,
    ...(different > 0
      ? [
          `${different} that ${different === 1 ? 'is' : 'are'} there of the same name and different can be kept or replaced.`,
        ]
      : []),
    ...(report.leftOut > 0
      ? [`${report.leftOut} cannot be used and ${report.leftOut === 1 ? 'is' : 'are'} left out; the log says why.`]
      : []),
  ];
  const add = different > 0 ? 'Import and Keep Ours' : 'Import';
  const replace = 'Import and Replace';
  const buttons = different > 0 ? [add, replace] : [add];
  const question = `Import ${countsOf(report) || 'what is different'} from UELer?`;
  const answer = await ask(question, paragraphs, ...buttons);
  return answer === undefined ? undefined : answer === replace;
}

/** `2 marker sets, 1 recipe`. */
function countsOf({ entries }: ImportReport): string {
  const taken = entries.filter(({ outcome }) => outcome === 'imported' || outcome === 'replaced');
  return [...new Set(taken.map(({ kind }) => kind))]
    .map((kind) => {
      const count = taken.filter((entry) => entry.kind === kind).length;
      return `${count} ${kind}${count === 1 ? '' : 's'}`;
    })
    .join(', ');
}

async function show(report: ImportReport): Promise<void> {
  writeLog(report);
  const parts = [`${report.kept} kept`, `${report.leftOut} left out`].filter((part) => !part.startsWith('0 '));
  const message = `Imported ${countsOf(report) || 'nothing'} from UELer${parts.length > 0 ? `; ${parts.join(', ')}` : ''}.`;
  const file = report.files[0];
  if (file === undefined) await offerLog(message);
  else if ((await offerLog(message, 'Open File')) === 'Open File') {
    const document = await vscode.workspace.openTextDocument(path.join(report.folder, file));
    await vscode.window.showTextDocument(document);
  }
}

async function offerLog(message: string, ...others: string[]): Promise<string | undefined> {
  const showLog = 'Show Log';
  const answer = await tell('information', message, showLog, ...others);
  if (answer === showLog) log.show();
  return answer;
}

function writeLog({ folder, entries, notes }: ImportReport): void {
  log.info(`Import from UELer: ${folder}`);
  for (const { kind, name, outcome, file, reason } of entries) {
    const line = [`${outcome}: ${kind}`, name, file, reason].filter((part) => part !== undefined).join(', ');
    if (outcome === 'left out') log.warn(line);
    else log.info(line);
  }
  for (const note of notes) log.warn(note);
}

function displayed(folder: string): string {
  return vscode.workspace.asRelativePath(folder, (vscode.workspace.workspaceFolders?.length ?? 0) > 1);
}
