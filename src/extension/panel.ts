import path from 'node:path';
import * as vscode from 'vscode';
import { type LocatedDataset, locateDataset, messageOf, readJobStatus, toErrorData } from '../core/index';
import type { HostMessage, HostState } from '../webview/protocol';
import { checkRequest, requestId } from './checkRequest';
import { ExportSession } from './exportSession';
import { log } from './log';
import { panelHtml } from './panelHtml';

/** What the host must know to show a panel again after the window was reloaded; kept per workspace. */
interface Remembered {
  readonly datasetFolder?: string;
  readonly outputFolder?: string;
  readonly jobFolder?: string;
}

const memoryKey = 'multiplexBatchExport.panel';

/** At most five snapshots a second. */
const postMs = 200;

/** The one panel: owns the webview, checks and answers its requests, and tells it the state of its session. */
export class Panel {
  static readonly viewType = 'multiplexBatchExport.panel';
  private static current: Panel | undefined;

  private readonly session: ExportSession;
  private postTimer: NodeJS.Timeout | undefined;
  private ready = false;

  /** The panel, revealed if it is there and made if not. */
  static show(context: vscode.ExtensionContext): Panel {
    if (Panel.current) Panel.current.panel.reveal();
    else {
      const panel = vscode.window.createWebviewPanel(
        Panel.viewType,
        'Multiplex Batch Export',
        vscode.ViewColumn.Active,
        {},
      );
      Panel.current = new Panel(context, panel);
    }
    return Panel.current;
  }

  /** Takes over the panel of a window that was reloaded, with its dataset and a job that may still be running. */
  static async restore(context: vscode.ExtensionContext, panel: vscode.WebviewPanel): Promise<void> {
    const restored = new Panel(context, panel);
    Panel.current = restored;
    const { datasetFolder, outputFolder, jobFolder } = context.workspaceState.get<Remembered>(memoryKey, {});
    if (datasetFolder) await restored.open(locateDataset([datasetFolder]), outputFolder);
    if (jobFolder) {
      const status = await readJobStatus(jobFolder).catch(() => undefined);
      if (status) restored.session.attach(jobFolder, status);
    }
  }

  private constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly panel: vscode.WebviewPanel,
  ) {
    const { extensionUri } = context;
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.svg');
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist'), vscode.Uri.joinPath(extensionUri, 'media')],
    };
    this.session = new ExportSession(extensionUri.fsPath, () => {
      this.sessionChanged();
    });
    const subscriptions = [
      panel.webview.onDidReceiveMessage((message: unknown) => this.answer(message)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.sessionChanged();
      }),
    ];
    panel.onDidDispose(() => {
      for (const subscription of subscriptions) subscription.dispose();
      clearTimeout(this.postTimer);
      this.session.dispose();
      if (Panel.current === this) Panel.current = undefined;
    });
    panel.webview.html = panelHtml(panel.webview, extensionUri);
  }

  get hasDataset(): boolean {
    return this.session.hasDataset;
  }

  /** Opens a dataset, or shows why it cannot be opened. */
  async open(located: Promise<LocatedDataset | undefined>, outputFolder?: string): Promise<void> {
    try {
      const found = await located;
      if (found) this.session.openDataset(found, outputFolder);
    } catch (error) {
      log.error(messageOf(error));
      this.session.showError(messageOf(error));
    }
  }

  /** Every request is answered exactly once, also one that is malformed or whose handler throws. */
  private async answer(message: unknown): Promise<void> {
    const id = requestId(message);
    if (id === undefined) {
      log.warn('The panel sent a message without an id; it was dropped.');
      return;
    }
    try {
      const request = checkRequest(message);
      if (request.method === 'ready') this.ready = true;
      const value = await this.session.handle(request);
      this.post({ kind: 'result', id, ok: true, value });
    } catch (error) {
      const { code, message: text, stack } = toErrorData(error);
      if (code === 'Internal') log.error(stack ?? text);
      this.post({ kind: 'result', id, ok: false, error: { code: codeOf(error) ?? code, message: text } });
    }
  }

  private sessionChanged(): void {
    const { datasetFolder, outputFolder, jobFolder } = this.session.folders;
    const remembered: Remembered = {
      ...(datasetFolder && { datasetFolder }),
      ...(outputFolder && { outputFolder }),
      ...(jobFolder && { jobFolder }),
    };
    void this.context.workspaceState.update(memoryKey, remembered);
    this.panel.title = datasetFolder ? `Batch Export: ${path.basename(datasetFolder)}` : 'Multiplex Batch Export';
    this.postTimer ??= setTimeout(() => {
      this.postTimer = undefined;
      if (this.ready) this.post({ kind: 'state', state: this.session.state() satisfies HostState });
    }, postMs);
  }

  private post(message: HostMessage): void {
    void this.panel.webview.postMessage(message);
  }
}

/** Codes of the session's own, such as a preview that was superseded, are not codes of core. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'panelCode' in error ? String(error.panelCode) : undefined;
}
