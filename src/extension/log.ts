import * as vscode from 'vscode';

/** The extension's log channel, *Multiplex Batch Export* in the Output view. */
export const log = vscode.window.createOutputChannel('Multiplex Batch Export', { log: true });
