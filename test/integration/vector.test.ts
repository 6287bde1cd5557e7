import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import * as fontkit from 'fontkit';
import sharp from 'sharp';
import { decodePicture, plane, readManifest, writePlane } from '../support/dataset';
import { fontFilesIn, type PdfFigure, readableBytes, readPdf } from '../support/readPdf';
import { runCli } from '../support/runCli';
import { skipWithout } from '../support/skipWithout';
import { temporaryFolder } from '../support/temporaryFolder';

type Row = Record<string, string>;

interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
  /** Its own text and that of all elements in it. */
  readonly text: string;
}

/** Any XML as a tree. This parser forgives much; see `assertWellFormed`. */
function parseXml(xml: string): Element {
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreAttributes: false,
    attributeNamePrefix: '',
    parseTagValue: false,
    parseAttributeValue: false,
    trimValues: false,
    ignoreDeclaration: true,
    htmlEntities: true,
  });
  const roots = (parser.parse(xml) as Record<string, unknown>[]).filter((node) => !('#text' in node));
  assert.equal(roots.length, 1);
  return toElement(roots[0]);
}

/** libxml2, which librsvg reads with, forgives nothing. */
async function assertWellFormed(xml: string): Promise<void> {
  const inside = xml.replace(/<\?[^]*?\?>/g, '');
  const wrapped = `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><metadata>${inside}</metadata></svg>`;
  await assert.doesNotReject(sharp(Buffer.from(wrapped)).png().toBuffer());
}

function toElement(node: Record<string, unknown>): Element {
  const tag = Object.keys(node).find((key) => key !== ':@')!;
  const inside = node[tag] as Record<string, unknown>[];
  const parts = inside.map((child) => ('#text' in child ? String(child['#text']) : toElement(child)));
  return {
    tag,
    attributes: (node[':@'] ?? {}) as Record<string, string>,
    children: parts.filter((part) => typeof part !== 'string'),
    text: parts.map((part) => (typeof part === 'string' ? part : part.text)).join(''),
  };
}

function all(element: Element, tag: string): Element[] {
  return [...(element.tag === tag ? [element] : []), ...element.children.flatMap((child) => all(child, tag))];
}

function byId(element: Element, id: string): Element {
  const found = [element, ...descendants(element)].find(({ attributes }) => attributes['id'] === id);
  assert.ok(found, `there is no ${id}`);
  return found;
}

function descendants(element: Element): Element[] {
  return element.children.flatMap((child) => [child, ...descendants(child)]);
}

function numbers({ attributes }: Element, ...names: string[]): number[] {
  return names.map((name) => Number(attributes[name]));
}

function assertNear(found: readonly number[], expected: readonly number[], tolerance: number, what = ''): void {
  const isNear =
    found.length === expected.length && found.every((each, i) => Math.abs(each - expected[i]) <= tolerance);
  assert.ok(isNear, `${what}: found ${found.join(', ')}, expected ${expected.join(', ')}`);
}

const cells = (x: number, y: number): number =>
  (x - 60) ** 2 + (y - 70) ** 2 < 900 ? 7 : (x - 110) ** 2 / 3 + (y - 70) ** 2 < 700 ? 9 : x > 250 && y < 30 ? 11 : 0;

/** FOVs of 300 × 200 pixels of half a micrometre, with cells, their table, and an annotation. */
function tissue(fovs: readonly string[] = ['A'], size: readonly [number, number] = [300, 200]): string {
  const folder = temporaryFolder();
  const [widthPx, heightPx] = size;
  const write = (file: string, value: (x: number, y: number) => number): void => {
    writePlane(path.join(folder, file), plane(widthPx, heightPx, value));
  };
  for (const fov of fovs) {
    write(path.join(fov, 'DNA.tiff'), (x, y) => (x * 7 + y * 3) % 200);
    write(path.join(fov, 'CD3.tiff'), (x, y) => (x * 2 + y * 11) % 250);
    write(path.join('masks', `${fov}_whole_cell.tiff`), cells);
    write(path.join('masks', `${fov}_nucleus.tiff`), (x, y) => (cells(x - 3, y + 2) > 0 ? 1 : 0));
    // Class 2 is in the first FOV only, class 3 in none.
    write(path.join('annotations', `${fov}_region.tiff`), (x) => (x < 150 ? 1 : fov === fovs[0] && x > 200 ? 2 : 0));
  }
  const rows = fovs.flatMap((fov, i) => [`${fov},7,T cell,1`, `${fov},9,${i === 0 ? 'B cell' : 'T cell'},5`]);
  writeFileSync(path.join(folder, 'cell_table.csv'), ['fov,label,type,size', ...rows, 'Z,1,Tumour,3'].join('\n'));
  return folder;
}

const channels = ['--channel', 'DNA=blue:0:255', '--channel', 'CD3=red:0:255'];

interface Exported {
  readonly rows: readonly Row[];
  readonly out: string;
  readonly bytes: (name: string) => Buffer;
  readonly svg: (fov?: string) => Element;
  readonly pdf: (fov?: string) => Promise<PdfFigure>;
}

function exportAs(formats: readonly string[], folder: string, ...flags: string[]): Exported {
  const out = path.join(temporaryFolder(), 'out');
  const named = formats.flatMap((format) => ['--format', format]);
  const given = flags.includes('--channel') || flags.includes('--masks-only') ? [] : channels;
  const { exitCode, stderr } = runCli('fovs', folder, '--out', out, ...given, ...named, ...flags);
  assert.equal(exitCode, 0, stderr);
  const bytes = (name: string): Buffer => readFileSync(path.join(out, name));
  return {
    out,
    rows: readManifest(out),
    bytes,
    svg: (fov = 'A') => parseXml(bytes(`${fov}.svg`).toString('utf8')),
    pdf: (fov = 'A') => readPdf(bytes(`${fov}.pdf`)),
  };
}

const both = ['pdf', 'svg'];

/** The only picture in an SVG, as bytes of a PNG. */
function embeddedPng(svg: Element): Buffer {
  const [image, ...others] = all(svg, 'image');
  assert.equal(others.length, 0);
  const [, data] = /^data:image\/png;base64,(.*)$/.exec(image.attributes['xlink:href'])!;
  return Buffer.from(data, 'base64');
}

async function rgbOf(bytes: Buffer): Promise<{ widthPx: number; heightPx: number; rgb: Buffer }> {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { widthPx: info.width, heightPx: info.height, rgb: data };
}

/** An SVG as pixels by librsvg, whose own size of points is of no interest here: the page is so many pixels wide. */
// What an SVG is rasterised with must be the font that it names, also on machines that lack it. Set when this file is loaded: the
// image library looks for fonts once, when it first meets text.
const fontsConfig = path.join(temporaryFolder(), 'fonts.conf');
writeFileSync(
  fontsConfig,
  `<?xml version="1.0"?><fontconfig><dir>${path.join(__dirname, '..', '..', 'media', 'fonts')}</dir><cachedir>${path.dirname(fontsConfig)}</cachedir></fontconfig>`,
);
process.env['FONTCONFIG_FILE'] = fontsConfig;

async function rasterized(svg: string, widthPx: number, heightPx: number): ReturnType<typeof rgbOf> {
  const sized = svg.replace(/ width="[\d.]+pt" height="[\d.]+pt" /, ` width="${widthPx}" height="${heightPx}" `);
  assert.notEqual(sized, svg);
  const raster = await rgbOf(await sharp(Buffer.from(sized)).png().toBuffer());
  assert.deepEqual([raster.widthPx, raster.heightPx], [widthPx, heightPx]);
  return raster;
}

/** What is written in an SVG, line by line. */
function linesOf(svg: Element): string[] {
  return all(svg, 'text').map(({ text }) => text);
}

/** The bar of a PDF: the white or black rectangle where the manifest says that the bar is. */
function barOf({ rectangles }: PdfFigure, row: Row, pointsPerPx: number): PdfFigure['rectangles'][number] {
  const [x, y] = ['scale_bar_x', 'scale_bar_y'].map((name) => Number(row[name]) * pointsPerPx);
  const found = rectangles.filter((box) => Math.abs(box.x - x) < 1e-3 && Math.abs(box.y + box.height / 2 - y) < 1e-3);
  assert.equal(found.length, 1, JSON.stringify({ x, y, rectangles }));
  return found[0];
}

describe('scale bars in PDF and SVG', () => {
  const cases = [
    // flags, dots per inch, length in µm, pixels of the picture
    [[], 300, 10, 20],
    [['--dpi', '150'], 150, 10, 20],
    [['--scale-bar', '13.7um'], 300, 13.7, 27.4],
    [['--pixel-size', '0.1083'], 300, 2, 2 / 0.1083],
    [['--downsample', '3', '--dpi', '600', '--scale-bar', '20um'], 600, 20, 20 / 1.5],
    [['--pixel-size', '2.6', '--place', 'bar=top-left'], 300, 50, 50 / 2.6],
    [['--place', 'margin', '--scale-bar', '7.3um'], 300, 7.3, 14.6],
    [['--width-mm', '20'], (300 * 25.4) / 20, 10, 20],
  ] as const;

  for (const [flags, dpi, lengthUm, lengthPx] of cases) {
    it(`are exact in points: ${flags.join(' ') || 'by default'}`, async () => {
      const { rows, svg, pdf } = exportAs(both, tissue(), ...flags);
      const pointsPerPx = 72 / dpi;
      const lengthPt = lengthPx * pointsPerPx;
      for (const row of rows) {
        assert.equal(row['scale_bar_um'], String(lengthUm));
        assertNear([Number(row['scale_bar_px'])], [lengthPx], 1e-9);
      }
      const [row] = rows;
      const box = barOf(await pdf(), row, pointsPerPx);
      assertNear([box.width], [lengthPt], 1e-4, 'PDF');
      const [bar, ...others] = all(byId(svg(), 'scale-bar'), 'rect');
      assert.equal(others.length, 0);
      const [x, y, width, height] = numbers(bar, 'x', 'y', 'width', 'height');
      assertNear([width], [lengthPt], 1e-6, 'SVG');
      assertNear([x, y, height], [box.x, box.y, box.height], 1e-4, 'SVG and PDF');
      const middle = Number(row['scale_bar_y']) * pointsPerPx;
      assertNear([x, y + height / 2], [Number(row['scale_bar_x']) * pointsPerPx, middle], 1e-5, 'SVG and manifest');
      const label = `${lengthUm} µm`;
      assert.ok((await pdf()).lines.includes(label), (await pdf()).lines.join(' | '));
      assert.ok(linesOf(svg()).includes(label), linesOf(svg()).join(' | '));
    });
  }

  it('are white on dark and black on bright, in the same corner as the painted ones', async () => {
    const folder = temporaryFolder();
    for (const [fov, value] of [
      ['A', 20],
      ['B', 230],
    ] as const) {
      writePlane(
        path.join(folder, fov, 'DNA.tiff'),
        plane(300, 200, () => value),
      );
    }
    const { rows, svg, pdf } = exportAs([...both, 'png'], folder, '--channel', 'DNA=white:0:255');
    for (const [fov, color] of [
      ['A', '#ffffff'],
      ['B', '#000000'],
    ] as const) {
      const own = rows.filter((row) => row['fov'] === fov);
      const painted = own.find((row) => row['format'] === 'png')!;
      assert.equal(barOf(await pdf(fov), own[0], 72 / 300).color, color);
      assert.equal(all(byId(svg(fov), 'scale-bar'), 'rect')[0].attributes['fill'], color);
      for (const name of ['scale_bar_x', 'scale_bar_y']) {
        assertNear([Number(own[0][name])], [Number(painted[name])], 2, name);
      }
    }
  });

  it('off: no bar, no text, no font', async () => {
    const { svg, pdf, bytes } = exportAs(both, tissue(), '--scale-bar', 'off');
    assert.deepEqual((await pdf()).texts, []);
    assert.deepEqual((await pdf()).rectangles, []);
    assert.deepEqual([...all(svg(), 'text'), ...all(svg(), 'rect'), ...all(svg(), 'style')], []);
    assert.deepEqual(fontFilesIn(bytes('A.pdf')), []);
  });
});

describe('the page of a print width', () => {
  const widthPt = (85 / 25.4) * 72;
  const sizes = [
    ['W2048', 2048, 300, 1024, 150],
    ['W1000', 1000, 300, 1000, 300],
    ['W700', 700, 300, 700, 300],
  ] as const;

  function folderOf(): string {
    const folder = temporaryFolder();
    for (const [fov, width, height] of sizes) {
      writePlane(
        path.join(folder, fov, 'DNA.tiff'),
        plane(width, height, (x, y) => (x * 7 + y * 3) % 60),
      );
    }
    return folder;
  }

  it('is exactly as wide as asked, in both formats; the picture keeps its own pixels', async () => {
    const flags = ['--width-mm', '85', '--dpi', '300', '--channel', 'DNA=white:0:255'];
    const { svg, pdf, rows } = exportAs(both, folderOf(), ...flags);
    for (const [fov, , , widthPx, heightPx] of sizes) {
      const heightPt = (widthPt * heightPx) / widthPx;
      const page = await pdf(fov);
      assertNear([page.widthPt, page.heightPt], [widthPt, heightPt], 1e-3, `PDF ${fov}`);
      const [image, ...others] = page.images;
      assert.equal(others.length, 0);
      assert.deepEqual([image.widthPx, image.heightPx], [widthPx, heightPx]);
      assertNear([image.x, image.y, image.widthPt, image.heightPt], [0, 0, widthPt, heightPt], 1e-3, `PDF ${fov}`);

      const root = svg(fov);
      const [, width] = /^([\d.]+)pt$/.exec(root.attributes['width'])!;
      const [, height] = /^([\d.]+)pt$/.exec(root.attributes['height'])!;
      assertNear([Number(width), Number(height)], [widthPt, heightPt], 1e-3, `SVG ${fov}`);
      const box = root.attributes['viewBox'].split(' ').map(Number);
      assertNear(box, [0, 0, widthPt, heightPt], 1e-3, `SVG ${fov}`);
      const png = await rgbOf(embeddedPng(root));
      assert.deepEqual([png.widthPx, png.heightPx], [widthPx, heightPx]);
      const place = numbers(all(root, 'image')[0], 'x', 'y', 'width', 'height');
      assertNear(place, [0, 0, widthPt, heightPt], 1e-3, `SVG ${fov}`);
      for (const row of rows.filter((each) => each['fov'] === fov)) {
        assert.equal(row['downsample'], fov === 'W2048' ? '2' : '1');
      }
    }
  });

  it('strips make it higher, never wider; the picture stays as it is', async () => {
    const flags = ['--channel', 'DNA=white:0:255', '--caption', 'Below.', '--title', 'Above', '--fov', 'W1000'];
    const { svg, pdf } = exportAs(both, folderOf(), '--width-mm', '85', '--scale-bar', 'off', ...flags);
    const page = await pdf('W1000');
    assertNear([page.widthPt], [widthPt], 1e-3);
    const [image] = page.images;
    assertNear([image.x, image.widthPt, image.heightPt], [0, widthPt, widthPt * 0.3], 1e-3);
    assert.ok(image.y > 7 && page.heightPt - image.y - image.heightPt > 7, JSON.stringify(image.y));
    const place = numbers(all(svg('W1000'), 'image')[0], 'x', 'y', 'width', 'height');
    assertNear(place, [image.x, image.y, image.widthPt, image.heightPt], 1e-3);
    const [above, below] = ['Above', 'Below.'].map((text) => page.texts.find((each) => each.text === text)!);
    assert.ok(above.y < image.y && below.y > image.y + image.heightPt);
  });

  it('has text of 7 points, or of as many as asked', async () => {
    const flags = ['--channel', 'DNA=white:0:255', '--legend', 'on', '--caption', 'A caption', '--title', 'A title'];
    for (const [own, points] of [
      [[], 7],
      [['--font-size', '5.5'], 5.5],
      [['--font-size', '12'], 12],
    ] as const) {
      const { svg, pdf } = exportAs(both, folderOf(), '--width-mm', '85', ...flags, ...own);
      for (const [fov] of sizes) {
        const texts = (await pdf(fov)).texts.filter(({ text }) => text.trim() !== '');
        assert.equal(texts.length, 4);
        for (const { sizePt, text } of texts) assertNear([sizePt], [points], 1e-4, text);
        const sizesInSvg = all(svg(fov), 'text').map((text) => Number(text.attributes['font-size']));
        assertNear(sizesInSvg, [points, points, points, points], 1e-4);
      }
    }
  });

  it('without a print width, pages are of 300 dots per inch, or of as many as asked', async () => {
    for (const [flags, dpi] of [
      [[], 300],
      [['--dpi', '96'], 96],
    ] as const) {
      const { svg, pdf } = exportAs(both, tissue(), ...flags);
      const page = await pdf();
      const expected = [(300 * 72) / dpi, (200 * 72) / dpi];
      assertNear([page.widthPt, page.heightPt], expected, 1e-3);
      assertNear([Number.parseFloat(svg().attributes['width'])], expected.slice(0, 1), 1e-3);
    }
  });
});

const caption = 'Größe, α and Ω, 5 µm, naïve café – {fov}';

describe('PDF', () => {
  it('holds what is written as text: label, names, title and caption, inside the page', async () => {
    const flags = ['--legend', 'on', '--title', '{fov}: {channel}', '--caption', caption, '--scale-bar', '20um'];
    const overlays = ['--annotation', 'region', '--mask', 'whole_cell,color=by:type'];
    const page = await exportAs(both, tissue(), ...overlays, ...flags).pdf();
    const expected = ['20 µm', 'DNA', 'CD3', 'A: DNA, CD3', 'Größe, α and Ω, 5 µm, naïve café – A', 'T cell', 'B cell'];
    for (const text of expected) assert.ok(page.lines.includes(text), `${text} is missing: ${page.lines.join(' | ')}`);
    for (const { text, x, y, widthPt, sizePt } of page.texts) {
      const isInside =
        x >= 0 && x + widthPt <= page.widthPt && y - sizePt * 0.7 >= 0 && y + sizePt * 0.2 <= page.heightPt;
      assert.ok(isInside, `${text} is cut off at ${x}, ${y}`);
    }
  });

  it('has metadata and the alternative text that the manifest has', async () => {
    const { rows, pdf } = exportAs(both, tissue());
    const page = await pdf();
    assert.equal(page.title, 'A: DNA, CD3');
    assert.equal(
      page.subject,
      'A: DNA (blue, 0 to 255), CD3 (red, 0 to 255); intensities shown from black to full colour; scale bar, 10 µm.',
    );
    assert.equal(page.subject, rows[0]['caption']);
    assert.deepEqual(page.alternatives, [
      'Multiplexed image of A, showing DNA in blue and CD3 in red. The picture is 150 µm wide. A scale bar marks 10 µm.',
    ]);
    assert.equal(page.alternatives[0], rows[0]['alt_text']);
    const packet = parseXml(page.xmp.replace(/<\?xpacket[^]*?\?>/g, ''));
    assert.equal(all(packet, 'dc:title')[0].text, page.title);
    assert.equal(all(packet, 'dc:description')[0].text, page.subject);
  });

  it("embeds the picture with the FOV's own pixels, without marks and outlines, and a TrueType font", async () => {
    const folder = tissue();
    const { pdf, bytes } = exportAs(['pdf'], folder, '--mask', 'whole_cell', '--legend', 'on');
    const bare = exportAs(['png'], folder, '--scale-bar', 'off');
    const { rgb } = await decodePicture(path.join(bare.out, 'A.png'));
    const { images, evenOddFills } = await pdf();
    assert.equal(images.length, 1);
    assert.deepEqual([images[0].widthPx, images[0].heightPx], [300, 200]);
    assert.ok(images[0].rgb.equals(rgb), 'the embedded picture has other pixels');
    assert.equal(evenOddFills, 1, 'the outlines are one path');
    const [font, ...others] = fontFilesIn(bytes('A.pdf'));
    assert.equal(others.length, 0);
    // The version of an OpenType file with TrueType outlines, or Apple's word for it.
    assert.ok(['00010000', '74727565'].includes(font.toString('hex', 0, 4)));
  });

  it('has a path for each colour of outlines, and transparency where it was asked for', async () => {
    const { pdf, bytes } = exportAs(
      ['pdf'],
      tissue(),
      '--mask',
      'whole_cell,color=by:type,alpha=0.25',
      '--mask',
      'nucleus',
    );
    // T cell, B cell, and the cell without a row; the nuclei.
    assert.equal((await pdf()).evenOddFills, 4);
    assert.match(readableBytes(bytes('A.pdf')), /\/ca 0\.25\b/);
  });

  it('says nothing of when, where and by whom it was made; equal exports give equal bytes', () => {
    const folder = tissue();
    const copy = path.join(temporaryFolder(), 'elsewhere');
    cpSync(folder, copy, { recursive: true });
    const flags = ['--legend', 'on', '--caption', caption, '--mask', 'whole_cell,color=by:type'];
    const first = exportAs(both, folder, ...flags);
    const second = exportAs(both, copy, ...flags);
    for (const name of ['A.pdf', 'A.svg']) assert.ok(first.bytes(name).equals(second.bytes(name)), name);
    const texts = [readableBytes(first.bytes('A.pdf')), first.bytes('A.svg').toString('utf8')];
    const secrets = [folder, first.out, path.dirname(folder) + path.sep, process.cwd()];
    const { USER: user } = process.env;
    for (const secret of [...secrets, hostname(), `/${user}/`].filter((each) => each.length > 5)) {
      for (const text of texts) assert.ok(!text.includes(secret), secret);
    }
    const year = new Date().getFullYear();
    for (const text of texts) {
      assert.doesNotMatch(text, /CreationDate|ModDate|CreateDate|ModifyDate|D:(19|20)\d\d/);
      assert.doesNotMatch(text, new RegExp(`\\b(${year}|1970)-\\d\\d-\\d\\d`));
    }
  });
});

describe('SVG', () => {
  it('holds text as text, in an embedded font that has every letter of it', () => {
    const title = '{fov}: {channel}';
    const svg = exportAs(both, tissue(), '--legend', 'on', '--title', title, '--caption', caption).svg();
    const lines = linesOf(svg);
    assert.deepEqual(lines, ['10 µm', 'DNA', 'CD3', 'A: DNA, CD3', 'Größe, α and Ω, 5 µm, naïve café – A']);
    const [style] = all(svg, 'style');
    const [, family, data] = /@font-face\{font-family:'([^']+)';src:url\(data:font\/ttf;base64,([^)]+)\)/.exec(
      style.text,
    )!;
    const bytes = Buffer.from(data, 'base64');
    assert.equal(bytes.toString('hex', 0, 4), '00010000');
    const font = fontkit.create(bytes) as fontkit.Font;
    const whole = fontkit.openSync(path.join('media', 'fonts', 'LiberationSans-Regular.ttf')) as fontkit.Font;
    for (const char of new Set(lines.join(''))) {
      const code = char.codePointAt(0)!;
      assert.ok(font.hasGlyphForCodePoint(code), `the font lacks ${char}`);
      const [own, original] = [font, whole].map((each) => each.glyphForCodePoint(code));
      assert.equal(own.advanceWidth, original.advanceWidth, char);
      assert.equal(own.path.toSVG(), original.path.toSVG(), char);
    }
    for (const text of all(svg, 'text')) assert.match(text.attributes['font-family'], new RegExp(`^'${family}'`));
  });

  it('has title, description and metadata', () => {
    const { svg, rows } = exportAs(['svg'], tissue());
    const root = svg();
    const [title, description] = root.children;
    assert.deepEqual([title.tag, title.text], ['title', 'A: DNA, CD3']);
    assert.deepEqual([description.tag, description.text], ['desc', rows[0]['alt_text']]);
    assert.match(rows[0]['alt_text'], /^Multiplexed image of A, showing DNA in blue and CD3 in red\./);
    assert.equal(all(root, 'dc:description')[0].text, rows[0]['caption']);
    assert.match(rows[0]['caption'], /scale bar, 10 µm\.$/);
  });

  const drawn: [name: string, flags: string[], paths: number][] = [
    ['plain outlines', ['--mask', 'whole_cell'], 1],
    ['thick outlines in colour', ['--mask', 'whole_cell,width=5px,color=#ffa500'], 1],
    ['half transparent outlines of two masks', ['--mask', 'whole_cell,alpha=0.5', '--mask', 'nucleus,color=red'], 2],
    ['outlines by class over an annotation', ['--annotation', 'region', '--mask', 'whole_cell,color=by:type'], 3],
    ['outlines over a fill', ['--mask', 'nucleus,mode=fill,color=green', '--mask', 'whole_cell,width=2px'], 1],
    ['downsampled outlines', ['--mask', 'whole_cell,color=by:type,width=2px', '--downsample', '3'], 3],
    ['outlines on black', ['--masks-only', '--mask', 'whole_cell,color=by:type'], 3],
  ];
  for (const [name, flags, paths] of drawn) {
    it(`is the picture that PNG is: ${name}`, async () => {
      const folder = tissue(['A'], [600, 400]);
      const marks = ['--legend', 'on', '--title', 'A', '--place', 'title=bottom-left'];
      const { svg, bytes } = exportAs(['svg'], folder, ...flags, ...marks);
      const bare = exportAs(['png'], folder, ...flags, '--scale-bar', 'off');
      const expected = await decodePicture(path.join(bare.out, 'A.png'));
      const shapes = svg().children.filter(({ tag }) => tag === 'path');
      assert.equal(shapes.length, paths);

      // The embedded picture is the one without outlines.
      const others = flags.filter((flag, i) => !isOutline(flag) && !(flag === '--mask' && isOutline(flags[i + 1])));
      if (!flags.includes('--masks-only')) {
        const under = exportAs(['png'], folder, ...others, '--scale-bar', 'off');
        const plain = await decodePicture(path.join(under.out, 'A.png'));
        assert.ok((await rgbOf(embeddedPng(svg()))).rgb.equals(plain.rgb), 'the embedded picture has other pixels');
      }

      const withoutMarks = bytes('A.svg')
        .toString('utf8')
        .replace(/<g id="[^]*?<\/g>/g, '');
      assert.doesNotMatch(withoutMarks, /<text|halo/);
      const [width, height] = numbers(all(svg(), 'image')[0], 'width', 'height');
      assert.equal(svg().attributes['viewBox'], `0 0 ${width} ${height}`, 'a mark did not fit into the picture');
      const raster = await rasterized(withoutMarks, expected.widthPx, expected.heightPx);
      let worst = 0;
      for (let i = 0; i < raster.rgb.length; i++) worst = Math.max(worst, Math.abs(raster.rgb[i] - expected.rgb[i]));
      assert.ok(worst <= 1, `up to ${worst} levels off`);
    });
  }

  it('draws marks where PNG paints them', async () => {
    const folder = tissue();
    const flags = ['--channel', 'DNA=white:0:1e9', '--title', 'Hxg', '--place', 'title=bottom-left', '--dpi', '300'];
    const { bytes, out } = exportAs(['svg', 'png'], folder, ...flags);
    const painted = await decodePicture(path.join(out, 'A.png'));
    assert.deepEqual([painted.widthPx, painted.heightPx], [300, 200]);
    const vector = await rasterized(bytes('A.svg').toString('utf8'), 300, 200);
    // Boxes around all ink, on black: left, top, right, bottom.
    const boxes = [vector.rgb, painted.rgb].map((rgb) => {
      const inked = Array.from({ length: 300 * 200 }, (_, i) => i).filter((i) => rgb[i * 3] > 127);
      const xs = inked.map((i) => i % 300);
      const ys = inked.map((i) => Math.floor(i / 300));
      return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
    });
    assertNear(boxes[0], boxes[1], 2);
  });
});

function isOutline(flag: string | undefined): boolean {
  return flag !== undefined && /^(whole_cell|nucleus)/.test(flag) && !flag.includes('mode=fill');
}

describe('legends in words', () => {
  const classes = ['--legend', 'classes', '--annotation', 'region', '--mask', 'whole_cell,color=by:type'];

  it('have the classes that occur in the picture, and no others', async () => {
    const folder = tissue(['A', 'B']);
    mkdirSync(path.join(folder, '.UELer', 'pixel_annotation_palettes'), { recursive: true });
    const palette = {
      name: 'r',
      annotation: 'region',
      colors: { '1': '#00ff00', '2': '#ff00ff', '3': '#00ffff' },
      labels: { '1': 'tumour', '2': 'stroma', '3': 'necrosis' },
      default_color: '#a0a0a0',
    };
    const file = path.join(folder, '.UELer', 'pixel_annotation_palettes', 'r.pixelannotations.json');
    writeFileSync(file, JSON.stringify(palette));
    const { svg, pdf } = exportAs(both, folder, ...classes, '--scale-bar', 'off');
    // Cell 11 has no row in the table, and no cell of B is a B cell; no cell of the two FOVs is a tumour cell.
    const expected = {
      A: ['region', 'tumour', 'stroma', 'type', 'B cell', 'T cell', 'other'],
      B: ['region', 'tumour', 'type', 'T cell', 'other'],
    };
    for (const [fov, words] of Object.entries(expected)) {
      assert.deepEqual(linesOf(svg(fov)).sort(), [...words].sort(), fov);
      assert.deepEqual([...(await pdf(fov)).lines].sort(), [...words].sort(), fov);
    }
    const fills = all(byId(svg('A'), 'class-legend'), 'rect').map(({ attributes }) => attributes['fill']);
    for (const color of ['#00ff00', '#ff00ff']) assert.ok(fills.includes(color), color);
    assert.ok(!fills.includes('#00ffff'));
  });

  it('leave out a class that does not occur also where another one has its colour', () => {
    const folder = tissue();
    const file = path.join(temporaryFolder(), 'p.json');
    const colors = { 'T cell': 'red', 'B cell': 'blue', Tumour: 'red' };
    writeFileSync(file, JSON.stringify({ name: 'Mine', column: 'type', colors, otherColor: '#010203' }));
    const mask = ['--mask', 'whole_cell,color=by:type', '--mask-palette', file];
    const svg = exportAs(['svg'], folder, ...mask, '--legend', 'classes', '--scale-bar', 'off').svg();
    assert.deepEqual(linesOf(svg), ['type', 'T cell', 'B cell', 'other']);
  });

  it('channels or classes alone', () => {
    const flags = ['--annotation', 'region', '--scale-bar', 'off'];
    assert.deepEqual(linesOf(exportAs(['svg'], tissue(), ...flags, '--legend', 'channels').svg()), ['DNA', 'CD3']);
    const svg = exportAs(['svg'], tissue(), ...flags, '--legend', 'classes').svg();
    assert.deepEqual(linesOf(svg), ['region', 'class 1', 'class 2']);
  });

  it('the calibration bar has the limits, those of percentiles in numbers', async () => {
    const given = ['--channel', 'DNA=blue:12.5:200', '--channel', 'CD3=red:p0:p100', '--scale-bar', 'off'];
    const { svg, pdf } = exportAs(both, tissue(), ...given, '--calibration-bar');
    // CD3 is (2x + 11y) mod 250: every number from 0 to 249.
    const words = ['DNA', '12.5', '200', 'CD3', '0', '249'];
    assert.deepEqual([...linesOf(svg())].sort(), [...words].sort());
    assert.deepEqual([...(await pdf()).lines].sort(), [...words].sort());
    const ramps = all(svg(), 'linearGradient').map((ramp) =>
      all(ramp, 'stop').map((stop) => stop.attributes['stop-color']),
    );
    assert.deepEqual(ramps, [
      ['#000000', '#0000ff'],
      ['#000000', '#ff0000'],
    ]);
  });

  it('numbers of cells have a ramp with the ends of their range', () => {
    const flags = ['--mask', 'whole_cell,mode=fill,color=by:size', '--color-map', 'magma', '--color-range', '0:8'];
    const svg = exportAs(['svg'], tissue(), ...flags, '--legend', 'classes', '--scale-bar', 'off').svg();
    assert.deepEqual([...linesOf(svg)].sort(), ['0', '8', 'magma', 'no value', 'size']);
  });

  it('separate channels have each its own', () => {
    const { bytes } = exportAs(['svg'], tissue(), '--separate-channels', '--legend', 'on', '--scale-bar', 'off');
    for (const channel of ['DNA', 'CD3']) {
      assert.deepEqual(linesOf(parseXml(bytes(`A_${channel}.svg`).toString('utf8'))), [channel]);
    }
  });
});

describe('tokens', () => {
  it('stand for what differs from picture to picture; doubled braces for themselves; line breaks stay', () => {
    const title = '{index} {fov} {channel} {marker_set}|{scale_bar} {pixel_size} {width} {{fov}}\nnext';
    const { svg } = exportAs(['svg'], tissue(['A', 'B'], [600, 200]), '--title', title, '--scale-bar', '5um');
    // 600 px × 0.5 µm
    for (const [fov, index] of [
      ['A', 1],
      ['B', 2],
    ] as const) {
      const lines = linesOf(svg(fov)).filter((line) => line !== '5 µm');
      assert.deepEqual(lines, [`${index} ${fov} DNA, CD3 |5 µm 500 nm 300 µm {fov}`, 'next']);
    }
  });

  it('{description} is the caption of the manifest', () => {
    const { svg, rows } = exportAs(['svg'], tissue(), '--caption', '{description}');
    const lines = linesOf(svg()).filter((line) => line !== '10 µm');
    assert.equal(lines.join(' '), rows[0]['caption']);
  });
});

describe('names that are markup elsewhere', () => {
  before(function () {
    if (process.platform === 'win32') skipWithout('files of such names', this);
  });

  const fov = `A <&"'> ]]> (\\) %PDF 🧬`;
  const channel = `CD3 <b>&amp;"'\u0007)`;
  const words = `]]></text><script>&"'\u0001\u001b\ufffe (\\) 😀 end`;

  it('leave XML well-formed and PDF readable, and say what they say', async () => {
    const folder = temporaryFolder();
    const image = plane(800, 300, (x, y) => (x + y) % 50);
    writePlane(path.join(folder, fov, `${channel}.tiff`), image);
    const flags = ['--title', '{fov}', '--caption', words, '--legend', 'on'];
    const { bytes, rows } = exportAs(both, folder, '--channel', `${channel}=red:0:255`, ...flags);
    const files = Object.fromEntries(rows.map((row) => [row['format'], row['path']]));
    const text = bytes(files['svg']).toString('utf8');
    // What XML 1.0 has no way to write.
    assert.doesNotMatch(text, /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/);
    const svg = parseXml(text);
    assert.equal(all(svg, 'script').length, 0);
    const lines = linesOf(svg);
    const shown = (name: string): string => name.replace(/[\u0001\u0007\u001b\ufffe]/g, '\ufffd');
    // What has no shape in the font is a box, what is no letter a blank.
    const drawn = (name: string): string => name.replace(/[\s\p{Cc}]+/gu, ' ').replace(/[\ufffe🧬😀]/gu, '□');
    for (const each of [fov, channel, words]) {
      assert.ok(
        lines.some((line) => line.includes(drawn(each))),
        `${each} is missing: ${lines.join(' | ')}`,
      );
    }
    assert.equal(all(svg, 'title')[0].text, `${fov}: ${shown(channel)}`);
    await assertWellFormed(text);

    const page = await readPdf(bytes(files['pdf']));
    assert.equal(page.title, `${fov}: ${channel}`);
    assert.ok(page.alternatives[0].includes(fov) && page.alternatives[0].includes(channel));
    await assertWellFormed(page.xmp);
    const packet = parseXml(page.xmp.replace(/<\?xpacket[^]*?\?>/g, ''));
    assert.equal(all(packet, 'dc:title')[0].text, `${fov}: ${shown(channel)}`);
    assert.ok(page.lines.some((line) => line.startsWith(`]]></text><script>&"'`) && line.endsWith('end')));
    for (const { text: own, x, widthPt } of page.texts) {
      assert.ok(x >= 0 && x + widthPt <= page.widthPt, `${own} is cut off`);
    }
  });

  it('line breaks in a name do not break lines of a legend, nor draw a box', async () => {
    const folder = temporaryFolder();
    writePlane(
      path.join(folder, 'A', 'CD3\nlow.tiff'),
      plane(300, 200, () => 1),
    );
    const { svg, pdf } = exportAs(
      both,
      folder,
      '--channel',
      'CD3\nlow=red:0:255',
      '--legend',
      'on',
      '--scale-bar',
      'off',
    );
    assert.deepEqual(linesOf(svg()), ['CD3 low']);
    assert.deepEqual((await pdf()).lines, ['CD3 low']);
  });

  it('a letter without a shape is as wide in PDF as in the layout', async () => {
    const { pdf } = exportAs(['pdf'], tissue(), '--scale-bar', 'off', '--caption', 'x🧬y');
    const { texts, widthPt } = await pdf();
    const [only] = texts.filter(({ text }) => text !== '');
    assert.equal(only.text, 'x□y');
    // Liberation Sans, of 2048 units: x 1024, □ 1237, y 1024; text is 10 px high at 300 dpi.
    assertNear([only.widthPt], [((1024 + 1237 + 1024) / 2048) * only.sizePt], 1e-3);
    assert.ok(only.x + only.widthPt < widthPt);
  });
});
