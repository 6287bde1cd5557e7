import type { StatedPixelSize } from '../model/image';
import { squarePixelSize, umPerNamedUnit } from './lengthUnits';
import { parseOmeXml } from './omeXml';
import type { TiffPage } from './tiff/tiffPage';

/**
 * The pixel size that a TIFF's own metadata states: OME physical size of its first image, ImageJ's unit when it is a
 * length, or MIBI's own field. Resolution tags alone (72 dpi …) are about paper, not about tissue: no pixel size.
 */
export function readPixelSize({ description, resolution, widthPx }: TiffPage): StatedPixelSize {
  const text = description?.trim() ?? '';
  if (text.startsWith('<')) {
    const { pixelSize, pixelSizeProblem } = parseOmeXml(text)?.images[0] ?? {};
    return { ...(pixelSize && { pixelSize }), ...(pixelSizeProblem !== undefined && { pixelSizeProblem }) };
  }
  if (text.startsWith('ImageJ=')) return resolution ? fromImageJ(text, ...resolution) : {};
  if (text.startsWith('{')) return fromMibi(text, widthPx);
  return {};
}

/** ImageJ writes `unit=` into the description and pixels per unit into the resolution tags. */
function fromImageJ(description: string, xPerUnit: number, yPerUnit: number): StatedPixelSize {
  const unit = /^unit=(.*)$/m.exec(description)?.[1];
  const um = unit === undefined ? undefined : umPerNamedUnit(unit);
  return um === undefined ? {} : squarePixelSize(um / xPerUnit, um / yPerUnit, 'imagej');
}

/** `mibi.size`: the side of the FOV in µm, in the JSON description that the instrument's software writes. */
function fromMibi(json: string, widthPx: number): StatedPixelSize {
  const size = Number(mibiFields(json)['mibi.size']);
  return squarePixelSize(size / widthPx, size / widthPx, 'mibi');
}

/** The fields of a description that is a JSON object; empty for any other text. */
export function mibiFields(json: string): Readonly<Record<string, unknown>> {
  try {
    const fields: unknown = JSON.parse(json);
    return typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
