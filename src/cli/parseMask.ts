import {
  type ColorBy,
  defaultMaskLayer,
  ExportError,
  isWithin,
  type MaskLayer,
  numberRanges,
  parseDecimal,
  parseLineWidthPx,
  rangeText,
  requireColor,
} from '../core/index';

/**
 * Reads `NAME[,mode=outline|fill][,color=COLOR|by:COLUMN][,alpha=A][,width=Npx|Npt]`; points are for a print width.
 * @param colorBy what other flags say of colours by the cell table
 */
export function parseMask(text: string, colorBy: Omit<ColorBy, 'column'>): MaskLayer {
  const [name, ...options] = text.split(',');
  if (!name) throw new ExportError('Usage', `Expected --mask NAME, but found "${text}".`);
  let { mode, alpha, widthPx } = defaultMaskLayer(name);
  let color: MaskLayer['color'] = defaultMaskLayer(name).color;
  let widthPt: number | undefined;
  for (const option of options) {
    const [key, ...rest] = option.split('=');
    const value = rest.join('=');
    const fail = (expected: string): never => {
      throw new ExportError('Usage', `Expected ${expected} in --mask ${text}, but found "${option}".`);
    };
    if (options.some((other) => other !== option && other.startsWith(`${key}=`))) fail(`${key} once`);
    switch (key) {
      case 'mode':
        if (value !== 'outline' && value !== 'fill') return fail('mode=outline or mode=fill');
        mode = value;
        break;
      case 'color': {
        const column = /^by:(.+)$/.exec(value)?.[1];
        color = column === undefined ? requireColor(value, `mask ${name}`) : { ...colorBy, column };
        break;
      }
      case 'alpha':
        alpha = parseDecimal(value) ?? Number.NaN;
        if (!isWithin(alpha, numberRanges.opacity)) fail('alpha from 0 to 1');
        break;
      case 'width':
        if (value.endsWith('pt')) {
          widthPt = parseDecimal(value.slice(0, -2)) ?? Number.NaN;
          if (!isWithin(widthPt, numberRanges.lineWidthPt))
            fail(`a width ${rangeText(numberRanges.lineWidthPt, 'pt')}`);
          break;
        }
        widthPx = parseLineWidthPx(value) ?? fail(`a width ${rangeText(numberRanges.lineWidthPx, 'px')}`);
        break;
      default:
        fail('mode, color, alpha or width');
    }
  }
  if (mode === 'fill' && options.some((option) => option.startsWith('width='))) {
    throw new ExportError('Usage', `Expected a width for outlines only, but found one for the fill in --mask ${text}.`);
  }
  return { name, mode, color, alpha, widthPx, ...(widthPt !== undefined && { widthPt }) };
}
