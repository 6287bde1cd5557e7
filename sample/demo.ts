import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSample } from './makeSample';

const repository = join(__dirname, '..');
const sampleData = 'sample-data';
const markerFile = join(repository, sampleData, '.made-by-npm-run-demo');
const dataset = `${sampleData}/dataset`;
const pictures = `${sampleData}/pictures`;
const cli = 'dist/cli.cjs';
const cliArguments = [
  'fovs',
  dataset,
  '--marker-set',
  'Tumour and T cells',
  '--mask',
  'whole_cell,alpha=0.5',
  '--out',
  pictures,
];

/** `npm run demo`: makes the sample dataset afresh and exports its FOVs with the built command line. */
async function main(): Promise<number> {
  if (!existsSync(join(repository, cli))) {
    console.error(`expected the built command line at ${cli}; run "npm run build" first`);
    return 2;
  }
  const folder = join(repository, sampleData);
  if (existsSync(folder)) {
    if (!existsSync(markerFile)) {
      console.error(`${sampleData} was not made by this demo and is left alone: move it away and try again`);
      return 2;
    }
    rmSync(folder, { recursive: true });
  }
  await mkdir(folder);
  await writeFile(markerFile, 'npm run demo makes this folder and removes it, with all in it, when it runs again.\n');

  const started = performance.now();
  await makeSample(join(repository, dataset));
  console.log(`Made the sample dataset in ${((performance.now() - started) / 1000).toFixed(1)} s: ${dataset}`);

  const command = ['node', cli, ...cliArguments].map((part) => (part.includes(' ') ? `"${part}"` : part)).join(' ');
  console.log(`\n> ${command}\n`);
  const exitCode = await run(process.execPath, [cli, ...cliArguments]);
  if (exitCode !== 0) {
    console.error(`\nThe export ended with exit code ${exitCode}.`);
    return exitCode;
  }
  console.log(`
The dataset   ${join(repository, dataset)}
The pictures  ${join(repository, pictures)}

Try next
  npm run code     the same dataset in VS Code's panel
  the command above with another marker set: "Immune", "Stroma and macrophages", "Proliferation"
  node ${cli} --help`);
  return 0;
}

/** The exit code of a command run in the repository's folder with this terminal's input and output. */
function run(command: string, parameters: readonly string[]): Promise<number> {
  // Ctrl-C reaches the command as well, which ends in its own way; wait for it.
  const ignore = () => undefined;
  process.on('SIGINT', ignore);
  return new Promise<number>((resolve, reject) => {
    const child = spawn(command, parameters, { cwd: repository, stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', (code) => {
      resolve(code ?? 1); // null: ended by a signal
    });
  }).finally(() => process.off('SIGINT', ignore));
}

main().then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
