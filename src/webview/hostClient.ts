import type { HostMessage, HostState, Method, PreviewResult, RequestMessage, Requests } from './protocol';

/** A request that the host refused or could not fulfil. */
export class HostError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** The message of whatever was thrown. */
export function failureText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const aboutDataset: ReadonlySet<Method> = new Set<Method>([
  'choosePart',
  'resetPart',
  'describeCells',
  'describeFov',
  'autoContrast',
  'listItems',
  'stepItem',
  'preview',
  'chooseSettings',
  'dropSettings',
  'start',
  'preflight',
]);

interface Pending {
  resolve(value: Requests[Method]['result']): void;
  reject(error: HostError): void;
  readonly onDraft: ((draft: PreviewResult) => void) | undefined;
}

/** Asks the host and listens to its state. One per page. */
export class HostClient {
  /** The dataset that the page shows; the host refuses what is about another one. */
  datasetId = '';
  private nextId = 1;
  private readonly pending = new Map<number, Pending>();

  constructor(
    private readonly vscode: { postMessage(message: RequestMessage): void },
    onState: (state: HostState) => void,
  ) {
    window.addEventListener('message', (event: MessageEvent<HostMessage>) => {
      const message = event.data;
      if (message.kind === 'state') {
        onState(message.state);
        return;
      }
      const pending = this.pending.get(message.id);
      if (message.kind === 'draft') {
        pending?.onDraft?.(message.draft);
        return;
      }
      this.pending.delete(message.id);
      if (message.ok) pending?.resolve(message.value);
      else pending?.reject(new HostError(message.error.code, message.error.message));
    });
  }

  /** @param onDraft called before the result is there, if a draft of it comes first */
  request<M extends Method>(
    method: M,
    params: Requests[M]['params'],
    onDraft?: (draft: PreviewResult) => void,
  ): Promise<Requests[M]['result']> {
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.pending.set(id, { resolve: resolve, reject, onDraft });
      const about = aboutDataset.has(method) && { datasetId: this.datasetId };
      this.vscode.postMessage({ kind: 'request', id, method, params, ...about });
    });
  }
}
