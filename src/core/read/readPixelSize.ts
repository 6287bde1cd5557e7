import type { StatedPixelSize } from '../model/image';
import { listNames } from '../model/listNames';
import { isPaperUnit, paperPixelSize, squarePixelSize, umPerNamedUnit } from './lengthUnits';
import { parseOmeXml } from './omeXml';
import type { TiffPage } from './tiff/tiffPage';

/** How the software of MIBI instruments begins to say its name. */
const mibiSoftware = 'IonpathMIBI';

/**
 * The pixel size that a TIFF's own metadata states: OME physical size, ImageJ's unit when it is a length, MIBI's own
 * field, or, where its older versions lack that, the resolution that they write. Resolution tags of other programs (72 dpi …)
 * are about paper, not about tissue: no pixel size.
 * @param first the file's first page; of many, only that one carries the description as a rule
 */
export function readPixelSize(page: TiffPage, first = page): StatedPixelSize {
  const text = (page.description ?? first.description)?.trim() ?? '';
  if (text.startsWith('<')) return fromOme(text, page);
  if (text.startsWith('ImageJ=')) return page.resolution ? fromImageJ(text, ...page.resolution) : {};
  const stated = text.startsWith('{') ? fromMibi(text, page) : {};
  const isMibi = (page.software ?? first.software)?.startsWith(mibiSoftware) === true;
  return isMibi && Object.keys(stated).length === 0 ? fromResolution(page) : stated;
}

/** Pixels per unit, which is the centimetre or the inch. */
function fromResolution({ resolution, resolutionUnit = 0 }: TiffPage): StatedPixelSize {
  const umPerUnit = { 2: 25_400, 3: 10_000 }[resolutionUnit];
  if (!resolution || umPerUnit === undefined) return {};
  return squarePixelSize(umPerUnit / resolution[0], umPerUnit / resolution[1], 'mibi');
}

/** What all images of a document state, if they are as big as this one: metadata may be those of the uncut original. */
function fromOme(xml: string, { widthPx, heightPx }: TiffPage): StatedPixelSize {
  const stating = (parseOmeXml(xml)?.images ?? []).filter(
    ({ pixelSize, pixelSizeProblem, printResolution }) =>
      pixelSize !== undefined || pixelSizeProblem !== undefined || printResolution !== undefined,
  );
  const fits = stating.filter(({ size }) => [0, widthPx].includes(size.x) && [0, heightPx].includes(size.y));
  if (stating.length > 0 && fits.length === 0) {
    const { x, y } = stating[0].size;
    return { pixelSizeProblem: `its metadata are of ${x} × ${y} pixels, and it has ${widthPx} × ${heightPx}` };
  }
  const printed = fits.find(({ printResolution }) => printResolution !== undefined)?.printResolution;
  if (printed !== undefined) return { printResolution: printed };
  const problem = fits.find(({ pixelSizeProblem }) => pixelSizeProblem !== undefined)?.pixelSizeProblem;
  if (problem !== undefined) return { pixelSizeProblem: problem };
  const sizes = new Set(fits.map(({ pixelSize }) => pixelSize!.um));
  if (sizes.size > 1)
    return {
      pixelSizeProblem: `its images have pixels of ${listNames([...sizes].map(String), { between: ' and ' })} µm`,
    };
  return fits.length > 0 ? { pixelSize: fits[0].pixelSize! } : {};
}

/** ImageJ writes `unit=` into the description, `yunit=` if that is another one, and pixels per unit into the tags. */
function fromImageJ(description: string, xPerUnit: number, yPerUnit: number): StatedPixelSize {
  const unitOf = (key: string): string | undefined => new RegExp(`^${key}=(.*)$`, 'm').exec(description)?.[1];
  const unit = unitOf('unit') ?? '';
  const umPer = (name: string): number => umPerNamedUnit(name) ?? Number.NaN;
  if (isPaperUnit(unit)) return paperPixelSize(umPer(unit) / xPerUnit);
  return squarePixelSize(umPer(unit) / xPerUnit, umPer(unitOf('yunit') ?? unit) / yPerUnit, 'imagej');
}

/** `mibi.size`: the side of the square FOV in µm, in the JSON description that the instrument's software writes. */
function fromMibi(json: string, { widthPx, heightPx }: TiffPage): StatedPixelSize {
  const size = Number(mibiFields(json)['mibi.size']);
  if (size > 0 && widthPx !== heightPx) {
    return { pixelSizeProblem: `its FOV is a square of ${size} µm, and it has ${widthPx} × ${heightPx} pixels` };
  }
  return squarePixelSize(size / widthPx, size / heightPx, 'mibi');
}

/** The fields of a description that is a JSON object; empty for any other text. */
export function mibiFields(json: string): Readonly<Record<string, unknown>> {
  if (!/^\s*\{/.test(json)) return {};
  try {
    const fields: unknown = JSON.parse(json);
    return typeof fields === 'object' && fields !== null ? (fields as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
