import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from './project';
import { runAsScript } from './runAsScript';
import { runProcess } from './runProcess';

export interface PackageVsixOptions {
  /** The extension's directory; this repository unless told. */
  readonly extension?: string;
  /** The file to write; "<name>-<platform>-<arch>-<version>.vsix" in the extension's directory unless told. */
  readonly out?: string;
}

/**
 * Packages the built extension for this platform (sharp's native library is in it) and returns the file.
 * The bundles in dist/ are taken as they are: the npm scripts build them first.
 */
export async function packageVsix({ extension = repositoryRoot, out }: PackageVsixOptions = {}): Promise<string> {
  const target = `${process.platform}-${process.arch}`;
  const readme = path.join('dist', 'README.md');
  writeFileSync(path.join(extension, readme), withoutPictures(readFileSync(path.join(extension, 'README.md'), 'utf8')));
  const vsix = out ?? path.join(extension, defaultName(extension, target));
  await runProcess(
    [
      ...[process.execPath, require.resolve('@vscode/vsce/vsce')],
      ...['package', '--target', target, '--out', vsix, '--readme-path', readme],
      // Without a repository there is nothing that the links of the README could be rewritten to.
      ...['--allow-missing-repository', '--no-rewrite-relative-links'],
    ] as [string, ...string[]],
    { cwd: extension },
  );
  return vsix;
}

/** VS Code shows no pictures that lie in a package: paragraphs and tables of them are for who reads the repository. */
function withoutPictures(readme: string): string {
  return readme
    .split('\n\n')
    .filter((paragraph) => !paragraph.includes('](docs/'))
    .join('\n\n');
}

function defaultName(extension: string, target: string): string {
  const manifest = JSON.parse(readFileSync(path.join(extension, 'package.json'), 'utf8')) as Record<
    'name' | 'version',
    string
  >;
  return `${manifest.name}-${target}-${manifest.version}.vsix`;
}

if (require.main === module) {
  runAsScript(async () => {
    console.log(`Packaged ${await packageVsix()}`);
  });
}
