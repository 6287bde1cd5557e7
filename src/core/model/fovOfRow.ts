/** How image files end, as programs write them into the tables that they make of them. */
const imageEnding =
  /(?:\.ome)?\.(?:tiff?|tf[28]|btf|zarr|qptiff|svs|ndpi|czi|nd2|lif|lsm|mcd|im3|scn|vsi|mrxs|png|jpe?g)$/i;

/**
 * The FOV that a row of a cell table is about, by the text of its FOV column: the FOV of exactly this name, else of
 * exactly this name without the ending of an image file; else the same of the text without blanks around it, and of the
 * last part of a path. QuPath's `Image`, inForm's `Sample Name` and steinbock's `image` hold file names, HALO's
 * `Image Location` paths of Windows.
 * @param fovs the dataset's FOVs
 * @returns the text itself if the dataset has no such FOV
 */
export function fovOfRow(text: string, fovs: ReadonlySet<string>): string {
  for (const name of [text, text.trim(), lastPart(text)]) {
    if (fovs.has(name)) return name;
    const bare = name.replace(imageEnding, '');
    if (fovs.has(bare)) return bare;
  }
  return text;
}

/** Whether a text ends as the name of an image file does. */
export function isImageFile(text: string): boolean {
  return imageEnding.test(text.trim());
}

/** A path without its last part, as far as it goes; empty for a plain name. Paths of Linux, Windows and addresses. */
export function folderOfRow(text: string): string {
  const path = withoutEnd(text);
  return path.slice(0, path.length - lastPart(text).length);
}

function lastPart(text: string): string {
  return withoutEnd(text).split(/[\\/]/).at(-1)!.trim();
}

/** Without blanks around it, and without what may stand at the end of a folder's path. */
function withoutEnd(text: string): string {
  const path = text.trim();
  let end = path.length;
  while (end > 0 && (path[end - 1] === '/' || path[end - 1] === '\\')) end--;
  return path.slice(0, end);
}
