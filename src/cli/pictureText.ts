import {
  type ComparedSource,
  type Embedded,
  type EmbeddedGallery,
  type EmbeddedRecipe,
  itemNouns,
  pixelSizeText,
  type Recipe,
} from '../core/index';

const states: Readonly<Record<ComparedSource['state'], string>> = {
  same: 'as it was',
  changed: 'has changed',
  missing: 'missing',
  unknown: 'outside of the dataset; not in use now',
};

/** How a picture was made, as lines that a person reads. Sources are compared where a dataset was given. */
export function pictureLines(
  picture: string,
  { version, recipe, item, file, sources }: EmbeddedRecipe,
  compared?: readonly ComparedSource[],
): string[] {
  const { x, y, widthPx, heightPx } = item.region;
  const { roi, label, pixelSize, tiles } = item;
  const about = [
    roi && `ROI ${roi.name || roi.id}`,
    label !== undefined && `cell ${label}`,
    tiles && `${tiles.length} tiles`,
  ].filter(Boolean);
  return [
    `${picture}: made by Multiplex Batch Export ${version}`,
    '',
    `item         ${item.id}${about.length > 0 ? ` (${about.join(', ')})` : ''}`,
    `format       ${file.format}`,
    `region       ${widthPx} × ${heightPx} px at ${x}, ${y} of ${item.fov}${pixelSize ? `, ${pixelSizeText(pixelSize.um)} per pixel` : ''}`,
    ...settingLines(recipe),
    ...(compared ?? sources).map((source) => `source       ${sourceText(source)}`),
  ];
}

/** The same of a gallery. */
export function galleryLines(
  picture: string,
  { version, recipe, gallery, sources }: EmbeddedGallery,
  compared: readonly (ComparedSource | SourceOf)[] = sources ?? [],
): string[] {
  const { cells, rois } = recipe;
  return [
    `${picture}: a gallery, made by Multiplex Batch Export ${version}`,
    '',
    `items        ${gallery.items} ${itemNouns[recipe.mode]}${gallery.items === 1 ? '' : 's'}`,
    ...(cells?.where === undefined ? [] : [`where        ${cells.where}`]),
    ...(rois?.tags === undefined ? [] : [`tags         ${rois.tags}`]),
    ...settingLines(recipe),
    ...compared.map((source) => `source       ${sourceText(source)}`),
  ];
}

type SourceOf = EmbeddedRecipe['sources'][number];

/** How either was made, as JSON, without the sources' states where no dataset was given. */
export function pictureJson(picture: string, embedded: Embedded, compared?: readonly ComparedSource[]): object {
  return { picture, ...embedded, ...(compared && { sources: compared }) };
}

function settingLines(recipe: Recipe): string[] {
  const { markerSet, channels, masks, annotation, masksOnly, downsample, resample, scaleBar, print, dpi } = recipe;
  const lines = markerSet === undefined ? [] : [`marker set   ${markerSet}`];
  for (const { channel, color, contrastLimits } of masksOnly ? [] : channels) {
    const limits = contrastLimits.map((limit) => (typeof limit === 'number' ? String(limit) : `p${limit.percentile}`));
    lines.push(`channel      ${channel}: ${color}, ${limits.join(' to ')}`);
  }
  for (const { name, mode, color, alpha } of masks) {
    const how = typeof color === 'string' ? color : `by ${color.column}`;
    lines.push(`mask         ${name}: ${mode}, ${how}${alpha === 1 ? '' : `, opacity ${alpha}`}`);
  }
  if (annotation) lines.push(`annotation   ${annotation.name}: opacity ${annotation.alpha}`);
  lines.push(`downsample   ${print ? `by the print width of ${print.widthMm} mm` : `${downsample}, ${resample}`}`);
  const bar = typeof scaleBar.length === 'number' ? `${scaleBar.length} µm` : scaleBar.length;
  lines.push(`scale bar    ${bar}`);
  if (dpi !== undefined) lines.push(`resolution   ${dpi} dpi`);
  if (recipe.allowMismatch) lines.push('mismatch     allowed: the cell table may not be about the mask');
  return lines;
}

function sourceText(source: SourceOf | ComparedSource): string {
  const size = source.bytes === undefined ? '' : `  ${source.bytes} bytes`;
  const outside = source.isOutside ? '  (outside of the dataset)' : '';
  if (!('state' in source)) return `${source.file}${size}${outside}`;
  const now = source.bytesNow === undefined ? '' : `: ${source.bytesNow} bytes`;
  return `${source.file}${size}  ${states[source.state]}${now}`;
}
