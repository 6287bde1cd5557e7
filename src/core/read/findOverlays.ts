import path from 'node:path';
import type { ImageSource, Problem } from '../model/dataset';
import { listFolder, tiffPattern } from './listFolder';
import { stackName } from './stack/nameChannels';

/**
 * Masks or annotations: `<fov>_<name>.tif[f]`, where the longest FOV name that fits wins (FOV `A` never takes the files
 * of FOV `A_1`), `<name>/<fov>.tif[f]`, and `<fov>.tif[f]`, which is named after its folder.
 */
export async function findOverlays(
  folders: readonly string[],
  fovs: readonly string[],
  warnings: Problem[],
): Promise<Map<string, ImageSource[]>> {
  const byFov = new Map<string, ImageSource[]>();
  const ambiguous = new Set<string>();
  const add = (fov: string, source: ImageSource): void => {
    const list = byFov.get(fov) ?? [];
    const twin = list.find((other) => other.name === source.name);
    const key = `${fov}/${source.name}`;
    if (twin || ambiguous.has(key)) {
      ambiguous.add(key);
      byFov.set(
        fov,
        list.filter((other) => other.name !== source.name),
      );
      warnings.push({
        code: 'DatasetInvalid',
        message: `Expected one file for ${source.name} of FOV ${fov}, but found ${twin ? `${twin.file} and ` : 'also '}${source.file}; ${source.name} is left out.`,
      });
    } else byFov.set(fov, [...list, source]);
  };
  for (const folder of folders) {
    const listing = await listFolder(folder, 'a folder of masks or annotations');
    for (const file of listing.files) {
      if (!tiffPattern.test(file)) continue;
      const stem = stemOf(file, fovs);
      // steinbock: one mask for each FOV, by the FOV's own name.
      if (fovs.includes(stem)) {
        add(stem, { name: path.basename(folder), file: path.join(folder, file) });
        continue;
      }
      const fov = longest(fovs.filter((name) => stem.startsWith(`${name}_`) && stem.length > name.length + 1));
      if (fov) add(fov, { name: stem.slice(fov.length + 1), file: path.join(folder, file) });
    }
    for (const name of listing.folders) {
      for (const file of (await listFolder(path.join(folder, name), 'a folder of masks')).files) {
        const stem = stemOf(file, fovs);
        if (tiffPattern.test(file) && fovs.includes(stem)) add(stem, { name, file: path.join(folder, name, file) });
      }
    }
  }
  return byFov;
}

/** A file's name without its ending, of which `.ome.tif` is one; a FOV's folder may be called `A.ome`, though. */
function stemOf(file: string, fovs: readonly string[]): string {
  const stem = tiffPattern.exec(file)?.[1] ?? '';
  return fovs.includes(stem) ? stem : stackName(file);
}

function longest(names: readonly string[]): string | undefined {
  return names.reduce<string | undefined>(
    (best, name) => (best && best.length >= name.length ? best : name),
    undefined,
  );
}
