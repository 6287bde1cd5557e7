import path from 'node:path';
import * as vscode from 'vscode';
import { type DatasetOptions, type LocatedDataset, messageOf, openDataset, toErrorData } from '../core/index';
import { type HostMessage, openCommand } from '../webview/protocol';
import { checkRequest, requestId } from './checkRequest';
import { ExportSession, type RememberedSession } from './exportSession';
import type { JobMonitor } from './jobMonitor';
import { log } from './log';
import { panelHtml } from './panelHtml';
import { giveTitle } from './tell';

const memoryKey = 'multiplexBatchExport.panel';

/** At most five snapshots a second. */
const postMs = 200;

/** What a panel needs from the extension. */
export interface PanelServices {
  readonly context: vscode.ExtensionContext;
  readonly jobs: JobMonitor;
}

/** The one panel: owns the webview, checks and answers its requests, and tells it the state of its session. */
export class Panel {
  static readonly viewType = 'multiplexBatchExport.panel';
  private static current: Panel | undefined;
  private static replacing: Promise<void> | undefined;

  private readonly session: ExportSession;
  private postTimer: NodeJS.Timeout | undefined;
  private ready = false;
  private disposed = false;

  /** The panel, revealed if it is there and made if not. */
  static show(services: PanelServices): Panel {
    if (Panel.current) {
      Panel.current.panel.reveal();
      return Panel.current;
    }
    const orphans = findOrphans();
    const title = 'Multiplex Batch Export';
    const column = orphans[0]?.group.viewColumn ?? vscode.ViewColumn.Active;
    const panel = new Panel(services, vscode.window.createWebviewPanel(Panel.viewType, title, column, {}));
    void vscode.window.tabGroups.close(orphans);
    return panel;
  }

  /**
   * Shows, in place of a panel whose extension host has crashed, a new one with the same dataset and job. Its page asks again
   * until it is gone: what it asks meanwhile is the same.
   */
  static async replaceOrphan(services: PanelServices): Promise<boolean> {
    if (!Panel.replacing) {
      if (Panel.current || findOrphans().length === 0) return false;
      Panel.replacing = Panel.show(services)
        .recall()
        .finally(() => {
          Panel.replacing = undefined;
        });
    }
    await Panel.replacing;
    return true;
  }

  /** Takes over the panel of a window that was reloaded, with its dataset and a job that may still be running. */
  static async restore(services: PanelServices, panel: vscode.WebviewPanel): Promise<void> {
    await new Panel(services, panel).recall();
  }

  private constructor(
    private readonly services: PanelServices,
    private readonly panel: vscode.WebviewPanel,
  ) {
    Panel.current?.panel.dispose();
    Panel.current = this;
    const { extensionUri } = services.context;
    panel.iconPath = vscode.Uri.joinPath(extensionUri, 'media', 'icon.svg');
    panel.webview.options = {
      enableScripts: true,
      enableCommandUris: [openCommand],
      localResourceRoots: [vscode.Uri.joinPath(extensionUri, 'dist'), vscode.Uri.joinPath(extensionUri, 'media')],
    };
    const changed = (): void => {
      this.sessionChanged();
    };
    this.session = new ExportSession(services.jobs, changed);
    const subscriptions = [
      panel.webview.onDidReceiveMessage((message: unknown) => this.answer(message)),
      vscode.workspace.onDidGrantWorkspaceTrust(changed),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('multiplexBatchExport')) changed();
      }),
    ];
    panel.onDidDispose(() => {
      this.disposed = true;
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

  /** Takes over the settings of a picture or recipe file; fails where it holds none. */
  async loadSettings(file: string): Promise<void> {
    await this.session.loadSettings(file);
  }

  /** Opens a dataset, or shows why it cannot be opened. */
  async open(located: Promise<LocatedDataset | undefined>, remembered?: RememberedSession): Promise<void> {
    try {
      const found = await located;
      if (found) await this.session.openDataset(found, remembered);
    } catch (error) {
      log.error(messageOf(error));
      this.session.showError(messageOf(error));
    }
  }

  /** Opens the dataset that was open last in this workspace, with its job. */
  private async recall(): Promise<void> {
    const remembered = this.services.context.workspaceState.get<RememberedSession>(memoryKey, {});
    if (remembered.datasetFolder === undefined) return;
    const { datasetFolder, datasetOptions = {} } = remembered;
    const open = async (options: DatasetOptions): Promise<void> => {
      const located = openDataset(datasetFolder, options).then((dataset) => ({ dataset, fovs: [] }));
      await this.open(located, { ...remembered, datasetOptions: options });
    };
    await open(datasetOptions);
    if (this.hasDataset || Object.keys(datasetOptions).length === 0) return;
    // A file that was chosen is gone: the rest of the session need not be lost with it.
    const { error } = this.session.state();
    await open({});
    if (error !== undefined) this.session.showError(error);
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
      const value = await this.session.handle(request, (draft) => {
        this.post({ kind: 'draft', id, draft });
      });
      this.post({ kind: 'result', id, ok: true, value });
    } catch (error) {
      const { code, message: text, stack } = toErrorData(error);
      const panelCode = panelCodeOf(error);
      if (code === 'Internal' && panelCode === undefined) log.error(text, stack);
      this.post({ kind: 'result', id, ok: false, error: { code: panelCode ?? code, message: text } });
    }
  }

  private sessionChanged(): void {
    if (this.disposed) return;
    const { remembered } = this.session;
    const { workspaceState } = this.services.context;
    if (JSON.stringify(workspaceState.get(memoryKey)) !== JSON.stringify(remembered)) {
      void workspaceState.update(memoryKey, remembered);
    }
    const { datasetFolder } = remembered;
    giveTitle(this.panel, datasetFolder ? `Batch Export: ${path.basename(datasetFolder)}` : 'Multiplex Batch Export');
    this.postTimer ??= setTimeout(() => {
      this.postTimer = undefined;
      if (this.ready) this.post({ kind: 'state', state: this.session.state() });
    }, postMs);
  }

  /** Nobody listens to a panel that was closed while its request was at work. */
  private post(message: HostMessage): void {
    if (!this.disposed) void this.panel.webview.postMessage(message);
  }
}

/** Tabs of panels that nobody answers: VS Code keeps them when their extension host crashes, and starts another. */
function findOrphans(): vscode.Tab[] {
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  // VS Code puts something of its own before the type.
  return tabs.filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith(Panel.viewType));
}

/** Codes of the session's own, such as a preview that was superseded, are not codes of core. */
function panelCodeOf(error: unknown): string | undefined {
  return error instanceof Error && 'panelCode' in error ? String(error.panelCode) : undefined;
}
