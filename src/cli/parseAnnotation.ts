import {
  type AnnotationLayer,
  defaultOtherColor,
  ExportError,
  isWithin,
  numberRanges,
  parseDecimal,
} from '../core/index';

/** Reads `NAME[,alpha=A][,background=on]`. */
export function parseAnnotation(text: string): AnnotationLayer {
  const [name, ...options] = text.split(',');
  if (!name) throw new ExportError('Usage', `Expected --annotation NAME, but found "${text}".`);
  let alpha = 0.5;
  let background = false;
  for (const option of options) {
    const [, key, value] = /^([^=]*)=(.*)$/.exec(option) ?? [];
    const fail = (expected: string): never => {
      throw new ExportError('Usage', `Expected ${expected} in --annotation ${text}, but found "${option}".`);
    };
    if (key === 'alpha') {
      alpha = parseDecimal(value) ?? Number.NaN;
      if (!isWithin(alpha, numberRanges.opacity)) fail('alpha from 0 to 1');
    } else if (key === 'background') {
      if (value !== 'on' && value !== 'off') fail('background=on or background=off');
      background = value === 'on';
    } else fail('alpha or background');
  }
  return { name, alpha, background, otherColor: defaultOtherColor };
}
