import { ExportError, type MaskLayer, requireColor } from '../core/index';

/** Reads `NAME[,color=COLOR][,alpha=A][,width=Npx][,mode=outline]`. */
export function parseMask(text: string): MaskLayer {
  const [name, ...options] = text.split(',');
  const layer = { name: name, mode: 'outline' as const, color: requireColor('white', ''), alpha: 1, widthPx: 1 };
  if (!name) throw new ExportError('Usage', `Expected --mask NAME, but found "${text}".`);
  for (const option of options) {
    const [key, ...rest] = option.split('=');
    const value = rest.join('=');
    const fail = (expected: string): never => {
      throw new ExportError('Usage', `Expected ${expected} in --mask ${text}, but found "${option}".`);
    };
    switch (key) {
      case 'mode':
        if (value !== 'outline') fail('mode=outline');
        break;
      case 'color':
        layer.color = requireColor(value, `mask ${name}`);
        break;
      case 'alpha':
        layer.alpha = value.trim() === '' ? Number.NaN : Number(value);
        if (!(layer.alpha >= 0 && layer.alpha <= 1)) fail('alpha from 0 to 1');
        break;
      case 'width':
        layer.widthPx = Number(/^(\d+)(?:px)?$/.exec(value)?.[1] ?? Number.NaN);
        if (!(layer.widthPx >= 1 && layer.widthPx <= 100)) fail('a width from 1px to 100px');
        break;
      default:
        fail('mode, color, alpha or width');
    }
  }
  return layer;
}
