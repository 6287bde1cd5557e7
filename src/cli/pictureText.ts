import type { ComparedSource, EmbeddedRecipe, Recipe } from '../core/index';

const states: Readonly<Record<ComparedSource['state'], string>> = {
  same: 'as it was',
  changed: 'has changed',
  missing: 'missing',
  unknown: 'outside of the dataset; not in use now',
};

/** How a picture was made, as lines that a person reads. Sources are compared where a dataset was given. */
export function pictureText(
  picture: string,
  { version, recipe, item, file, sources }: EmbeddedRecipe,
  compared?: readonly ComparedSource[],
): string {
  const { x, y, widthPx, heightPx } = item.region;
  const { roi, label, pixelSize, tiles } = item;
  const about = [
    roi && `ROI ${roi.name || roi.id}`,
    label !== undefined && `cell ${label}`,
    tiles && `${tiles.length} tiles`,
  ].filter(Boolean);
  const lines = [
    `${picture}: made by Multiplex Batch Export ${version}`,
    '',
    `item         ${item.id}${about.length > 0 ? ` (${about.join(', ')})` : ''}`,
    `format       ${file.format}`,
    `region       ${widthPx} × ${heightPx} px at ${x}, ${y} of ${item.fov}${pixelSize ? `, ${pixelSize.um} µm per pixel` : ''}`,
    ...settingLines(recipe),
    ...(compared ?? sources).map((source) => `source       ${sourceText(source)}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** The same as JSON, without the sources' states where no dataset was given. */
export function pictureJson(picture: string, embedded: EmbeddedRecipe, compared?: readonly ComparedSource[]): object {
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
  return lines;
}

function sourceText(source: EmbeddedRecipe['sources'][number] | ComparedSource): string {
  const size = source.bytes === undefined ? '' : `  ${source.bytes} bytes`;
  const outside = source.isOutside ? '  (outside of the dataset)' : '';
  if (!('state' in source)) return `${source.file}${size}${outside}`;
  const now = source.bytesNow === undefined ? '' : `: ${source.bytesNow} bytes`;
  return `${source.file}${size}  ${states[source.state]}${now}`;
}
