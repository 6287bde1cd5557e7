/**
 * `npm test`: everything that must be true, from formatting to the packaged extension in a real VS Code. Installs what
 * it needs (the VS Code server, a browser) into .vscode-test/, and ends with the counts on a line of their own.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { findBrowser } from './harness/findBrowser';
import { installVsCodeServer } from './harness/installVsCodeServer';
import { packageVsix } from './harness/packageVsix';
import { artifactsDirectory, downloadsDirectory, repositoryRoot } from './harness/project';
import { runExtensionHost } from './harness/runExtensionHost';
import type { LevelResult } from './support/levelResult';

/** What no check and no level takes, on the busiest machine: one that takes longer hangs, and is ended. */
const bounds = { timeout: 4 * 3_600_000, killSignal: 'SIGKILL' } as const;

const total = { passed: 0, failed: 0, skipped: [] as string[] };

function add({ passed, failed, skipped }: LevelResult): void {
  total.passed += passed;
  total.failed += failed;
  total.skipped.push(...skipped);
}

function heading(title: string): void {
  console.log(`\n── ${title} ${'─'.repeat(Math.max(3, 76 - title.length))}`);
}

/** One npm script as one check. */
function check(script: string): void {
  const { status } = spawnSync('npm', ['run', '--silent', script], {
    cwd: repositoryRoot,
    ...bounds,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  console.log(`${status === 0 ? '✔' : '✖'} ${script}`);
  add({ passed: status === 0 ? 1 : 0, failed: status === 0 ? 0 : 1, skipped: [] });
}

/** One level of tests, in processes of its own, so many files at once. A run that reports nothing is a failure. */
function level(folder: string, jobs: number, environment: NodeJS.ProcessEnv = {}): void {
  heading(`${folder} tests`);
  const resultFile = path.join(downloadsDirectory, `${folder}.json`);
  rmSync(resultFile, { force: true });
  const mocha = path.join(path.dirname(require.resolve('mocha/package.json')), 'bin', 'mocha.js');
  const reporter = path.join(__dirname, 'support', 'resultReporter.ts');
  const { status } = spawnSync(
    process.execPath,
    [
      ...[mocha, '--config', 'test/mocharc.json', '--reporter', reporter],
      ...(jobs > 1 ? ['--parallel', '--jobs', String(jobs)] : []),
      `test/${folder}/**/*.test.ts`,
    ],
    {
      ...bounds,
      cwd: repositoryRoot,
      stdio: 'inherit',
      env: { ...process.env, ...environment, MBE_RESULT: resultFile },
    },
  );
  try {
    const result = JSON.parse(readFileSync(resultFile, 'utf8')) as LevelResult;
    add(result);
    if (status !== 0 && result.failed === 0) throw new Error(`mocha ended with code ${String(status)}`);
  } catch (error) {
    fail(`The ${folder} tests did not end: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function fail(message: string): void {
  console.error(`✖ ${message}`);
  add({ passed: 0, failed: 1, skipped: [] });
}

async function inRealVsCode(): Promise<void> {
  heading('the packaged extension in a real VS Code');
  if (process.platform !== 'linux') {
    const reason = 'the VS Code server of the tests runs on Linux; use npm run test:desktop';
    add({ passed: 0, failed: 0, skipped: [`extension host tests: ${reason}`, `e2e tests: ${reason}`] });
    return;
  }
  await installVsCodeServer();
  console.log(`✔ VS Code server; browser: ${await findBrowser()}`);
  const vsix = await packageVsix({ out: path.join(downloadsDirectory, 'tested.vsix') });
  console.log(`✔ packaged: ${path.relative(repositoryRoot, vsix)}`);
  heading('extension host tests');
  const { passed, failed, skipped, failures } = await runExtensionHost({ vsix });
  add({ passed, failed, skipped: Array.from({ length: skipped }, () => 'a test in the extension host') });
  for (const title of failures) console.error(`✖ ${title}`);
  level('e2e', 1, { MBE_VSIX: vsix });
}

async function main(): Promise<void> {
  mkdirSync(downloadsDirectory, { recursive: true });
  const startedAt = Date.now();
  rmSync(artifactsDirectory, { recursive: true, force: true });
  heading('static checks');
  for (const script of ['format:check', 'lint', 'typecheck', 'deps', 'build']) check(script);
  // Some files' tests take a GiB or two.
  const jobs = Math.min(availableParallelism(), 4);
  level('unit', jobs);
  level('integration', jobs);
  try {
    await inRealVsCode();
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
  heading(`done in ${Math.round((Date.now() - startedAt) / 1000)} s`);
  for (const title of total.skipped) console.log(`skipped: ${title}`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped.length} skipped`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

void main();
