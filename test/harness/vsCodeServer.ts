import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { childEnvironment } from './childEnvironment';
import { installVsCodeServer } from './installVsCodeServer';
import { startOwnedProcess } from './ownedProcess';
import type { RunDirectory } from './runDirectory';

export interface VsCodeServer {
  /** Where a browser finds VS Code, on a free port of the loopback address. */
  readonly url: string;
  /** Fulfilled when the server has ended. */
  readonly exited: Promise<void>;
  log(): string;
  /** What the log says if an extension host has crashed: the workbench itself reports success then. */
  crashed(): string | undefined;
  stop(): Promise<void>;
}

export interface VsCodeServerOptions {
  /** Ask whether the opened folder is trusted, as a desktop does, instead of trusting it. */
  readonly workspaceTrust?: boolean;
  /** Let the workbench report the results of an extension's tests to the page. */
  readonly automation?: boolean;
  /** Added to the environment of the server and so of the extension host. */
  readonly environment?: Readonly<Record<string, string>>;
}

const START_TIMEOUT_MS = 180_000;
const CRASH = /Extension Host Process exited with code: (?!0,|null, signal: SIGTERM).*/;

/** Starts VS Code's server for one run; it ends with this process at the latest. */
export async function startVsCodeServer(run: RunDirectory, options: VsCodeServerOptions = {}): Promise<VsCodeServer> {
  const server = startOwnedProcess(
    [
      ...(await serverCommand(run)),
      ...['--host', '127.0.0.1', '--port', '0', '--without-connection-token'],
      ...['--telemetry-level', 'off', '--disable-telemetry', '--disable-update-check'],
      ...(options.workspaceTrust === true ? [] : ['--disable-workspace-trust']),
      ...(options.automation === true ? ['--enable-smoke-test-driver'] : []),
    ],
    {
      cwd: run.root,
      environment: childEnvironment(run, options.environment),
      logFile: path.join(run.root, 'server.log'),
    },
  );

  const deadline = Date.now() + START_TIMEOUT_MS;
  let url: string | undefined;
  while (url === undefined && !server.hasExited() && Date.now() < deadline) {
    await sleep(50);
    const port = /Server bound to 127\.0\.0\.1:(\d+)/.exec(server.log())?.[1];
    if (port !== undefined && (await answers(`http://127.0.0.1:${port}/`))) url = `http://127.0.0.1:${port}/`;
  }
  if (url === undefined) {
    await server.stop();
    throw new Error(`The VS Code server did not start:\n${server.log()}`);
  }
  return {
    url,
    exited: server.exited,
    log: () => server.log(),
    crashed: () => CRASH.exec(server.log())?.[0],
    stop: () => server.stop(),
  };
}

/** The command line that every use of the server for a run begins with. */
export async function serverCommand(run: RunDirectory): Promise<[string, ...string[]]> {
  const { server } = await installVsCodeServer();
  return [
    process.execPath,
    path.join(server, 'out/server-main.js'),
    '--accept-server-license-terms',
    ...['--server-data-dir', run.serverData],
    ...['--user-data-dir', run.userData],
    ...['--extensions-dir', run.extensions],
  ];
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    (response) => response.ok,
    () => false,
  );
}
