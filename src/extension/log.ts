import * as vscode from 'vscode';
import { callsOf, visibleText } from '../core/index';

const channel = vscode.window.createOutputChannel('Multiplex Batch Export', { log: true });

/** The extension's log channel, *Multiplex Batch Export* in the Output view. One line each, whoever wrote the names in it. */
export const log = {
  info: (line: string): void => {
    channel.info(visibleText(line));
  },
  warn: (line: string): void => {
    channel.warn(visibleText(line));
  },
  /** @param stack where in our code it comes from, if we did not foresee it */
  error: (line: string, stack = ''): void => {
    channel.error([visibleText(line), ...callsOf(stack).map(visibleText)].join('\n'));
  },
  show: (): void => {
    channel.show();
  },
  dispose: (): void => {
    channel.dispose();
  },
};
