/** How image files end, as programs write them into the tables that they make of them. */
const imageEnding =
  /(?:\.ome)?\.(?:tiff?|tf[28]|btf|zarr|qptiff|svs|ndpi|czi|nd2|lif|lsm|mcd|im3|scn|vsi|mrxs|png|jpe?g)$/i;

/**
 * The FOV that a row of a cell table is about, by the text of its FOV column: the FOV of exactly this name, else of
 * exactly this name without the ending of an image file. QuPath's `Image`, inForm's `Sample Name` and steinbock's `image`
 * hold file names.
 * @param fovs the dataset's FOVs
 * @returns the text itself if the dataset has no such FOV
 */
export function fovOfRow(text: string, fovs: ReadonlySet<string>): string {
  if (fovs.has(text)) return text;
  const name = text.replace(imageEnding, '');
  return fovs.has(name) ? name : text;
}
