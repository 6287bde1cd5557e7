import * as vscode from 'vscode';
import { visibleText } from '../core/index';

// All text of ours that VS Code shows goes through here: names, recipes and pictures come from anybody, and VS Code makes
// links of `[words](command:…)` in notifications, and icons of `$(name)` in lists. The panel's page and the log have their own.

type Level = 'information' | 'warning' | 'error';

const messages = {
  information: 'showInformationMessage',
  warning: 'showWarningMessage',
  error: 'showErrorMessage',
} as const satisfies Readonly<Record<Level, keyof typeof vscode.window>>;

/**
 * Text that VS Code shows as it is: what is not seen is escaped, and a blank keeps apart what would be markup together, so
 * that a reader sees all of it and nothing can be clicked.
 */
function plainText(text: string): string {
  return visibleText(text).replace(/(?<=[\]$])\(/g, ' (');
}

/** Shows a notification. @returns the button that was pressed; `undefined` if it was dismissed */
export async function tell<T extends string>(level: Level, text: string, ...buttons: T[]): Promise<T | undefined> {
  return vscode.window[messages[level]](plainText(text), ...buttons);
}

/**
 * Asks, and waits for the answer.
 * @param paragraphs what there is to know
 * @returns the button that was pressed; `undefined` if none was
 */
export async function ask<T extends string>(
  question: string,
  paragraphs: readonly string[],
  ...buttons: T[]
): Promise<T | undefined> {
  const options = { modal: true, detail: paragraphs.map(plainText).join('\n\n') };
  return vscode.window.showInformationMessage(plainText(question), options, ...buttons);
}

/** Something to choose in a list. */
export interface Choice<T> {
  readonly label: string;
  readonly description: string;
  readonly detail?: string;
  readonly value: T;
}

/** Lets the user choose; `undefined` if they do not. */
export async function choose<T>(
  title: string,
  placeHolder: string,
  choices: readonly Choice<T>[],
): Promise<T | undefined> {
  const picks = choices.map(({ label, description, detail, value }) => ({
    label: plainText(label),
    description: plainText(description),
    ...(detail !== undefined && { detail: plainText(detail) }),
    value,
  }));
  return (await vscode.window.showQuickPick(picks, { title: plainText(title), placeHolder: plainText(placeHolder) }))
    ?.value;
}

/** Says how far a long work is. @param increment percent since the last time */
export type ReportProgress = (text: string, increment: number) => void;

/** Shows the progress of a work, with a Cancel button, until it ends. */
export async function withProgress<T>(
  title: string,
  work: (report: ReportProgress, token: vscode.CancellationToken) => Promise<T>,
): Promise<T> {
  const options = { location: vscode.ProgressLocation.Notification, title: plainText(title), cancellable: true };
  return vscode.window.withProgress(options, (progress, token) =>
    work((text, increment) => {
      progress.report({ message: plainText(text), increment });
    }, token),
  );
}

/** Writes the title on the tab of a panel. */
export function giveTitle(panel: vscode.WebviewPanel, title: string): void {
  panel.title = plainText(title);
}

/** Asks where something is. @returns its path */
export async function chooseFile(
  title: string,
  options: Omit<vscode.OpenDialogOptions, 'title'>,
): Promise<string | undefined> {
  const [uri] = (await vscode.window.showOpenDialog({ ...options, title: plainText(title) })) ?? [];
  return uri?.fsPath;
}

/** Asks where to save something. @returns the path */
export async function chooseNewFile(
  title: string,
  options: Omit<vscode.SaveDialogOptions, 'title'>,
): Promise<string | undefined> {
  return (await vscode.window.showSaveDialog({ ...options, title: plainText(title) }))?.fsPath;
}
