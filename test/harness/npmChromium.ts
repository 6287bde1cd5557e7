import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { installVsCodeServer } from './installVsCodeServer';
import { downloadsDirectory } from './project';
import { runProcess } from './runProcess';
import serverPackage from './server/package.json';

const DIRECTORY = path.join(downloadsDirectory, `chromium-${serverPackage.dependencies['@sparticuz/chromium']}`);

/**
 * Starts the browser with what a bare system lacks: the shared libraries, only where the system has none of its own
 * (--version is over in 10 ms, and fails where one is missing), and a font, beside the system's.
 */
const LAUNCHER = `#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
export FONTCONFIG_FILE="$here/fonts.conf"
"$here/chromium" --version >/dev/null 2>&1 || export LD_LIBRARY_PATH="$here/lib"
exec "$here/chromium" "$@"
`;

const FONTS = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir prefix="relative">fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
`;

/**
 * Unpacks, once, the Chromium inside the npm package @sparticuz/chromium, and returns a launcher for it.
 * The package's own JavaScript is not used: it unpacks into /tmp, and chooses flags for a cloud function.
 */
export async function npmChromium(): Promise<string> {
  const launcher = path.join(DIRECTORY, 'launch-chromium');
  if (await exists(launcher)) return launcher;

  const { packages } = await installVsCodeServer();
  const archives = path.join(packages, '@sparticuz/chromium/bin');
  // Made aside and renamed at the end, so that an interrupted unpacking is not mistaken for a browser.
  const unpacking = await mkdtemp(path.join(downloadsDirectory, 'chromium-unpacking-'));
  try {
    const executable = path.join(unpacking, 'chromium');
    await decompress(path.join(archives, 'chromium.br'), executable, 0o755);
    for (const name of ['al2023.tar.br', 'fonts.tar.br']) {
      const archive = path.join(unpacking, 'archive.tar');
      await decompress(path.join(archives, name), archive);
      await runProcess(['tar', '-xf', archive, '--no-same-owner', '-C', unpacking]);
      await rm(archive);
    }
    await writeFile(path.join(unpacking, 'fonts.conf'), FONTS);
    await writeFile(path.join(unpacking, path.basename(launcher)), LAUNCHER, { mode: 0o755 });
    await rename(unpacking, DIRECTORY);
  } catch (error) {
    // Another process may have just unpacked the same browser.
    if (!(await exists(launcher))) throw error;
  } finally {
    await rm(unpacking, { recursive: true, force: true });
  }
  return launcher;
}

async function decompress(source: string, target: string, mode = 0o644): Promise<void> {
  await pipeline(createReadStream(source), createBrotliDecompress(), createWriteStream(target, { mode }));
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
