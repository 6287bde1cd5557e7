import type { Mark, MarkGroup, OutlineShape, VectorFigure } from '../model/figure';
import { type BundledFonts, type FontRun, splitByFont } from '../model/fontOutlines';
import { escapeXml } from './escapeXml';
import { haloPath } from './haloPath';
import { embeddedDescription } from './xmpPacket';

/**
 * A figure as SVG 1.1: the picture at its own pixels, outlines as paths, marks as shapes and real text in an embedded
 * font. One user unit is a point, so that programs which take units for points and those which read the size agree.
 * Equal figures give equal bytes.
 * @returns the file in pieces
 */
export async function encodeSvg(figure: VectorFigure, font: BundledFonts): Promise<Buffer[]> {
  const { layout, text, pointsPerPx: scale, png, outlines, embedded } = figure;
  const [width, height] = [number(layout.width * scale), number(layout.height * scale)];
  const used = layout.groups
    .flatMap(({ marks }) => marks.map((mark) => (mark.kind === 'text' ? mark.text : '')))
    .join('');
  const fonts = await fontStyles(splitByFont(used, font));
  const hasStrips = layout.width > figure.widthPx || layout.height > figure.heightPx;
  const before = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" width="${width}pt" height="${height}pt" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escapeXml(text.title)}</title>`,
    `<desc id="description">${escapeXml(text.alt)}</desc>`,
    `<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/"><rdf:Description rdf:about=""><dc:title>${escapeXml(text.title)}</dc:title><dc:description>${escapeXml(text.caption)}</dc:description></rdf:Description>${embedded === undefined ? '' : embeddedDescription(embedded)}</rdf:RDF></metadata>`,
    ...(fonts === '' ? [] : [`<style>${fonts}</style>`]),
    ...(hasStrips ? [`<rect id="background" width="${width}" height="${height}" fill="${layout.background}"/>`] : []),
    `<image id="picture" x="${number(layout.pictureX * scale)}" y="${number(layout.pictureY * scale)}" width="${number(figure.widthPx * scale)}" height="${number(figure.heightPx * scale)}" preserveAspectRatio="none" style="image-rendering:pixelated" xlink:href="data:image/png;base64,`,
  ];
  const after = [
    '"/>',
    ...outlines.map((shape, i) => outlinePath(shape, i, figure)),
    ...layout.groups.map((group) => markGroup(group, font, scale)),
    '</svg>\n',
  ];
  return [Buffer.from(before.join('\n'), 'utf8'), ...base64Pieces(png), Buffer.from(after.join('\n'), 'utf8')];
}

/** A multiple of three, so that the pieces join without padding. */
const base64PieceBytes = 3 * 2 ** 20;

/** In pieces: the text of a large picture would be longer than a string can be. */
function base64Pieces(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += base64PieceBytes) {
    pieces.push(Buffer.from(bytes.toString('base64', at, at + base64PieceBytes), 'latin1'));
  }
  return pieces;
}

/** Six digits after the point: a millionth of a point. */
function number(value: number): string {
  return String(Number(value.toFixed(6)));
}

/** The fonts that are used, each reduced to what is written in it. */
async function fontStyles(runs: readonly FontRun[]): Promise<string> {
  let faces = '';
  for (const file of new Set(runs.map((run) => run.file))) {
    const own = runs.filter((run) => run.file === file);
    const data = Buffer.from(await file.subset(own.map(({ text }) => text).join(''))).toString('base64');
    faces += `@font-face{font-family:'${file.family}';src:url(data:font/ttf;base64,${data}) format('truetype')}`;
  }
  return faces;
}

/** The fonts in which a text is looked for, character by character. */
function familiesOf(text: string, font: BundledFonts): string {
  const bundled = new Set([font.files[0], ...splitByFont(text, font).map(({ file }) => file)]);
  return [...Array.from(bundled, ({ family }) => `'${family}'`), 'Arial', 'Helvetica', 'sans-serif'].join(', ');
}

/** The outlines of one mask in one colour, on the picture's pixels. */
function outlinePath({ name, color, alpha, loops }: OutlineShape, i: number, figure: VectorFigure): string {
  const { layout, pointsPerPx: scale } = figure;
  const place = `matrix(${number(scale)} 0 0 ${number(scale)} ${number(layout.pictureX * scale)} ${number(layout.pictureY * scale)})`;
  const opacity = alpha < 1 ? ` fill-opacity="${number(alpha)}"` : '';
  return `<path id="outline-${i + 1}" transform="${place}" fill="${color}"${opacity} fill-rule="evenodd" d="${loops.map(loopPath).join('')}"><title>${escapeXml(name)}</title></path>`;
}

/** Steps along the pixels' edges, right and down by turns. */
function loopPath(loop: readonly number[]): string {
  let path = `M${loop[0]} ${loop[1]}`;
  for (let i = 2; i < loop.length; i += 2) {
    const dx = loop[i] - loop[i - 2];
    path += dx === 0 ? `v${loop[i + 1] - loop[i - 1]}` : `h${dx}`;
  }
  return `${path}z`;
}

function markGroup({ name, marks, halo }: MarkGroup, font: BundledFonts, scale: number): string {
  const contour = halo
    ? `<path class="halo" fill="${halo.color}" stroke="${halo.color}" stroke-width="${number(2 * halo.width * scale)}" stroke-linejoin="round" d="${marks.map((mark) => haloPath(mark, font, scale)).join('')}"/>`
    : '';
  return `<g id="${name}">${contour}${marks.map((mark, i) => markElement(mark, `${name}-ramp-${i}`, font, scale)).join('')}</g>`;
}

function markElement(mark: Mark, id: string, font: BundledFonts, scale: number): string {
  if (mark.kind === 'text') {
    const at = `x="${number(mark.x * scale)}" y="${number(mark.baselineY * scale)}"`;
    return `<text ${at} font-family="${familiesOf(mark.text, font)}" font-size="${number(mark.size * scale)}" fill="${mark.color}" style="font-kerning:none" xml:space="preserve">${escapeXml(mark.text)}</text>`;
  }
  const [x, y, width, height] = [mark.x, mark.y, mark.width, mark.height].map((value) => number(value * scale));
  const box = `<rect x="${x}" y="${y}" width="${width}" height="${height}"`;
  if (mark.kind === 'box') return `${box} fill="${mark.color}"/>`;
  const stops = mark.colors.map(
    (color, i) => `<stop offset="${number(i / (mark.colors.length - 1))}" stop-color="${color}"/>`,
  );
  return `<linearGradient id="${id}">${stops.join('')}</linearGradient>${box} fill="url(#${id})"/>`;
}
