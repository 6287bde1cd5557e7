import path from 'node:path';
import * as vscode from 'vscode';
import { inkColors, places, type RunLimits } from '../core/index';
import type { HostState } from '../webview/protocol';

/** What the user's settings say about a dataset's folder. Written by hand, they may hold anything. */
export class PanelSettings {
  private readonly configuration: vscode.WorkspaceConfiguration;

  /** @param datasetFolder absent: of the workspace */
  constructor(private readonly datasetFolder: string | undefined) {
    const scope = datasetFolder === undefined ? null : vscode.Uri.file(datasetFolder);
    this.configuration = vscode.workspace.getConfiguration('multiplexBatchExport', scope);
  }

  /** Where pictures go if the user chooses no other folder. */
  get outputFolder(): string {
    const configured = this.configuration.get<string>('outputFolder', 'exports');
    return path.resolve(this.datasetFolder ?? '', configured || 'exports');
  }

  get previewMaxSidePx(): number {
    return Math.min(Math.max(Math.round(this.configuration.get<number>('previewMaxSide', 1024)), 256), 4096);
  }

  /** How new forms begin. */
  get defaults(): HostState['defaults'] {
    return {
      scaleBar: this.oneOf('scaleBar', ['auto', 'off']),
      color: this.oneOf('scaleBarColor', inkColors),
      place: this.oneOf('scaleBarPlace', places, 'bottom-right'),
    };
  }

  /** What a job may take of the machine; 0 stands for what suits the machine. */
  get limits(): RunLimits {
    const number = (key: string): number => Math.max(0, Math.floor(this.configuration.get<number>(key, 0)));
    const [jobs, memoryMiB] = [number('jobs'), number('memoryMiB')];
    return {
      ...(jobs > 0 && { jobs: Math.min(jobs, 256) }),
      ...(memoryMiB > 0 && { memoryBytes: Math.max(memoryMiB, 256) * 2 ** 20 }),
    };
  }

  private oneOf<T extends string>(key: string, choices: readonly T[], fallback = choices[0]): T {
    const value = this.configuration.get<string>(key);
    return choices.find((choice) => choice === value) ?? fallback;
  }
}
