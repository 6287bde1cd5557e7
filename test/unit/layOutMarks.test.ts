import assert from 'node:assert/strict';
import type { FigureLayout, Mark, MarkGroup, MarkGroupName } from '../../src/core/model/figure';
import { textWidth } from '../../src/core/model/fontOutlines';
import type { Picture } from '../../src/core/model/image';
import { type Place, places } from '../../src/core/model/marks';
import { loadFont } from '../../src/core/read/loadFont';
import { isDark } from '../../src/core/render/darkness';
import type { LayoutOptions } from '../../src/core/render/layOutMarks';
import type { Decoration, LegendRow } from '../../src/core/render/markBlocks';
import { FigurePainter } from '../../src/core/render/paintMarks';
import { layOutOn, paintOn } from '../support/renderInMemory';

const font = loadFont();
const media = ['raster', 'vector'] as const;
const corners = ['top-left', 'top-right', 'bottom-left', 'bottom-right'] as const;
const titles: Record<MarkGroupName, string> = {
  'scale-bar': 'scale bar',
  'channel-legend': 'channel legend',
  'class-legend': 'class legend',
  title: 'title',
  caption: 'caption',
};

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Numbers from 0 up to 1, the same in every run (mulberry32). */
class Random {
  constructor(private state: number) {}

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let bits = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  }

  whole(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** Small and large ones equally often. */
  side(least: number, most: number): number {
    return Math.round(least * (most / least) ** this.next());
  }

  pick<T>(from: readonly T[]): T {
    return from[this.whole(0, from.length - 1)];
  }

  chance(share: number): boolean {
    return this.next() < share;
  }
}

/** Bytes without a pattern, enough for the largest picture. */
const noise = new Uint8Array(3000 * 3000 * 3);
for (let i = 0, bits = 1; i < 65_536; i++) {
  bits = (Math.imul(bits, 1_664_525) + 1_013_904_223) | 0;
  noise[i] = bits >>> 24;
}
for (let filled = 65_536; filled < noise.length; filled *= 2) noise.copyWithin(filled, 0, filled);

function noisePicture(widthPx: number, heightPx: number): Picture {
  return { widthPx, heightPx, rgb: noise.subarray(0, widthPx * heightPx * 3) };
}

const words = ['DNA', 'E-cadherin', 'CD3', 'a', 'pan-keratin', '20 µm,', 'of', 'Hypoxanthine-guanine', 'by', 'tumor'];

function randomText(random: Random, most: number): string {
  const text = Array.from({ length: random.whole(1, most) }, () => random.pick(words)).join(' ');
  return random.chance(0.2) ? text.replace(' ', '\n') : text;
}

function randomRows(random: Random): LegendRow[] {
  return Array.from({ length: random.whole(1, random.pick([3, 12])) }, (): LegendRow => {
    const name = randomText(random, 2);
    if (random.chance(0.2)) return { name };
    if (random.chance(0.6)) return { name, swatch: '#ff8800' };
    const ramp = { colors: ['#000000', '#ff8800'] as const, low: '0.01', high: random.pick(['1', '1234', '1.5e+21']) };
    return random.chance(0.5) ? { name, ramp } : { name, swatch: '#ff8800', ramp };
  });
}

function randomDecorations(random: Random, widthPx: number, placesAllowed: readonly Place[] = places): Decoration[] {
  const place = (): Place => random.pick(placesAllowed);
  const lengthPx = 1 + random.next() * (random.chance(0.9) ? widthPx / 8 : widthPx);
  const all: Decoration[] = [
    {
      name: 'scale-bar',
      place: place(),
      color: random.pick(['auto', 'white', 'black']),
      label: '20 µm',
      lengthPx,
      lengthUm: 20,
    },
    { name: 'channel-legend', place: place(), rows: randomRows(random) },
    { name: 'class-legend', place: place(), rows: randomRows(random) },
    { name: 'title', place: place(), text: randomText(random, 4) },
    { name: 'caption', place: place(), text: randomText(random, 20) },
  ];
  const chosen = all.filter(() => random.chance(0.55));
  return chosen.length > 0 ? chosen : [random.pick(all)];
}

interface Case {
  readonly name: string;
  readonly picture: Picture;
  readonly decorations: readonly Decoration[];
  readonly options: LayoutOptions;
  readonly layout: FigureLayout;
}

interface CaseLimits {
  readonly mostPx?: number;
  readonly mostFontPx?: number;
  readonly allowed?: readonly Place[];
  readonly media?: readonly LayoutOptions['medium'][];
}

function* randomCases(
  seed: number,
  count: number,
  { mostPx = 3000, mostFontPx = 60, allowed = places, media: some = media }: CaseLimits = {},
): Generator<Case> {
  const random = new Random(seed);
  for (let round = 0; round < count; round++) {
    const [widthPx, heightPx] = [random.side(24, mostPx), random.side(24, mostPx)];
    const picture = noisePicture(widthPx, heightPx);
    const decorations = randomDecorations(random, widthPx, allowed);
    const fontPx = random.chance(0.4) ? { fontPx: random.side(50, mostFontPx * 10) / 10 } : {};
    const marginColor = random.pick(['black', 'white'] as const);
    for (const medium of some) {
      const options = { font, medium, marginColor, ...fontPx, isDark: (box: Box) => isDark(picture, box) };
      yield {
        name: `seed ${seed}, round ${round}: ${widthPx} × ${heightPx}, ${medium}, font ${fontPx.fontPx ?? 'auto'}, ${decorations.map((each) => `${each.name} ${each.place}`).join(', ')}`,
        picture,
        decorations,
        options,
        layout: layOutOn(picture, decorations, options),
      };
    }
  }
}

function pictureBox({ pictureX, pictureY }: FigureLayout, { widthPx, heightPx }: Picture): Box {
  return { x: pictureX, y: pictureY, width: widthPx, height: heightPx };
}

function contains(outer: Box, inner: Box, tolerance = 1e-6): boolean {
  return (
    inner.x >= outer.x - tolerance &&
    inner.y >= outer.y - tolerance &&
    inner.x + inner.width <= outer.x + outer.width + tolerance &&
    inner.y + inner.height <= outer.y + outer.height + tolerance
  );
}

function overlap(a: Box, b: Box, gap = -1e-6): boolean {
  return (
    a.x < b.x + b.width + gap && b.x < a.x + a.width + gap && a.y < b.y + b.height + gap && b.y < a.y + a.height + gap
  );
}

function grown({ x, y, width, height }: Box, by: number): Box {
  return { x: x - by, y: y - by, width: width + 2 * by, height: height + 2 * by };
}

/** Above and below the baseline, in font units. */
const reaches = new Map<string, readonly [top: number, bottom: number]>();

function reachOf(char: string): readonly [top: number, bottom: number] {
  let reach = reaches.get(char);
  if (!reach) {
    const heights = font.glyph(char.codePointAt(0)!).commands.flatMap(({ args }) => args.filter((_, i) => i % 2 === 1));
    reach = [Math.max(0, ...heights), Math.min(0, ...heights)];
    reaches.set(char, reach);
  }
  return reach;
}

/** Where the ink of a mark is, from the outlines of its glyphs. */
function inkBox(mark: Mark): Box {
  if (mark.kind !== 'text') return mark;
  const scale = mark.size / font.unitsPerEm;
  const all = Array.from(mark.text, reachOf);
  const top = Math.max(...all.map(([each]) => each)) * scale;
  const bottom = Math.min(...all.map(([, each]) => each)) * scale;
  return { x: mark.x, y: mark.baselineY - top, width: textWidth(mark.text, font, mark.size), height: top - bottom };
}

function sizeOf(mark: Mark): number {
  return mark.kind === 'text' ? mark.size : 0;
}

/** Of the pixels of the picture outside all groups and their contours, those that painting changed. */
function changedOutside({ picture, layout }: Pick<Case, 'picture' | 'layout'>, painted: Picture): string[] {
  const allowed = new Uint8Array(layout.width * layout.height);
  for (const group of layout.groups) {
    const { x, y, width, height } = grown(group, group.halo?.width ?? 0);
    for (let row = Math.max(0, y); row < Math.min(layout.height, y + height); row++) {
      allowed.fill(1, row * layout.width + Math.max(0, x), row * layout.width + Math.min(layout.width, x + width));
    }
  }
  const changed: string[] = [];
  for (let y = 0; y < picture.heightPx; y++) {
    for (let x = 0; x < picture.widthPx; x++) {
      const at = (y + layout.pictureY) * layout.width + x + layout.pictureX;
      if (allowed[at]) continue;
      const from = (y * picture.widthPx + x) * 3;
      for (let c = 0; c < 3; c++) if (painted.rgb[at * 3 + c] !== picture.rgb[from + c]) changed.push(`${x}, ${y}`);
    }
  }
  return changed.slice(0, 3);
}

function layOut(
  decorations: readonly Decoration[],
  [widthPx, heightPx]: readonly [number, number],
  options: Partial<LayoutOptions> = {},
): FigureLayout {
  const picture = noisePicture(widthPx, heightPx);
  return layOutOn(picture, decorations, { font, medium: 'raster', marginColor: 'black', ...options });
}

function barAt(place: Place, lengthPx = 40): Decoration {
  return { name: 'scale-bar', place, color: 'auto', label: '20 µm', lengthPx, lengthUm: 20 };
}

describe('layOutMarks, of hundreds of pictures', () => {
  const cases = [...randomCases(1, 400)];

  it('keeps every group inside the figure', () => {
    for (const { name, picture, layout } of cases) {
      const figure = { x: 0, y: 0, width: layout.width, height: layout.height };
      assert.ok(contains(figure, pictureBox(layout, picture)), name);
      for (const group of layout.groups) assert.ok(contains(figure, group), `${name}: ${group.name}`);
    }
  });

  it('keeps every mark inside its group', () => {
    for (const { name, layout } of cases) {
      for (const group of layout.groups) {
        for (const mark of group.marks) {
          assert.ok(contains(group, inkBox(mark), 0.1), `${name}: ${JSON.stringify([{ ...group, marks: [] }, mark])}`);
        }
      }
    }
  });

  it('never lays a mark over another one', () => {
    for (const { name, layout } of cases) {
      const marks = layout.groups.flatMap((group) => group.marks);
      const boxes = marks.map(inkBox);
      for (let i = 0; i < marks.length; i++) {
        for (let j = 0; j < i; j++) {
          // A swatch lies in its frame.
          if (marks[i].kind !== 'text' && marks[j].kind !== 'text') continue;
          if (overlap(boxes[i], boxes[j])) assert.fail(`${name}: ${JSON.stringify([marks[i], marks[j]])}`);
        }
      }
    }
  });

  it('never lets the boxes of groups overlap', () => {
    for (const { name, layout } of cases) {
      for (const [i, group] of layout.groups.entries()) {
        for (const other of layout.groups.slice(0, i)) {
          assert.ok(!overlap(group, other), `${name}: ${group.name}, ${other.name}`);
        }
      }
    }
  });

  it('never lets a contour reach the marks of another group', () => {
    for (const { name, layout } of cases) {
      const inside = layout.groups.filter(({ halo }) => halo);
      for (const [i, group] of inside.entries()) {
        for (const other of inside.slice(0, i)) {
          assert.ok(!overlap(grown(group, group.halo!.width), other), `${name}: ${group.name}, ${other.name}`);
        }
      }
    }
  });

  it('keeps contours inside the picture', () => {
    for (const { name, picture, layout } of cases) {
      for (const group of layout.groups.filter(({ halo }) => halo)) {
        assert.ok(contains(pictureBox(layout, picture), grown(group, group.halo!.width)), `${name}: ${group.name}`);
      }
    }
  });

  it('places every decoration once, with all that it says', () => {
    const textsOf = (decoration: Decoration): string[] => {
      if ('rows' in decoration) {
        // A line break in a name is a blank.
        return decoration.rows.flatMap(({ name, ramp }) => [
          name.replace(/\s+/g, ' '),
          ...(ramp ? [ramp.low, ramp.high] : []),
        ]);
      }
      return 'text' in decoration ? decoration.text.split(/\s+/) : [decoration.label];
    };
    for (const { name, decorations, layout } of cases) {
      const found = layout.groups.map((group) => group.name);
      assert.deepEqual([...found].sort(), decorations.map((each) => each.name).sort(), name);
      for (const decoration of decorations) {
        const { marks } = layout.groups.find((group) => group.name === decoration.name)!;
        const texts = marks.flatMap((mark) => (mark.kind === 'text' ? [mark.text] : []));
        const expected = textsOf(decoration);
        assert.deepEqual('text' in decoration ? texts.join(' ').split(' ') : texts, expected, name);
      }
    }
  });

  it('puts a group wholly into the picture, with a contour, or wholly into a strip, without one', () => {
    for (const { name, picture, layout } of cases) {
      for (const group of layout.groups) {
        const isInside = contains(pictureBox(layout, picture), group);
        assert.equal(isInside || !overlap(pictureBox(layout, picture), group), true, `${name}: ${group.name}`);
        assert.equal(group.halo !== undefined, isInside, `${name}: ${group.name}`);
      }
    }
  });

  it('obeys who asks for a strip, and says of all others that they are in one', () => {
    for (const { name, picture, decorations, layout, options } of cases) {
      const strips = layout.notes.filter((note) => / margin strip of \d+ pixels (above|below) the picture$/.test(note));
      for (const decoration of decorations) {
        const title = titles[decoration.name];
        const group = layout.groups.find((each) => each.name === decoration.name)!;
        const isInStrip = !overlap(pictureBox(layout, picture), group);
        const note = `the ${title} does not fit into the picture`;
        assert.equal(layout.notes.includes(note), isInStrip && decoration.place !== 'margin', `${name}: ${title}`);
        const named = strips.filter((strip) =>
          strip.split(` in a ${options.marginColor}`)[0].split(', ').includes(title),
        );
        assert.equal(named.length, isInStrip ? 1 : 0, `${name}: ${title}, ${layout.notes.join('; ')}`);
        if (!isInStrip) continue;
        assert.match(named[0], decoration.name === 'title' ? / above / : / below /, name);
        assert.equal(group.y < layout.pictureY, decoration.name === 'title', name);
        assert.ok(
          group.marks.every((mark) => mark.kind !== 'text' || mark.color !== layout.background),
          name,
        );
      }
    }
  });

  it('stands in the corner that was asked for', () => {
    for (const { name, picture, decorations, layout } of cases) {
      for (const { name: which, place } of decorations) {
        const group = layout.groups.find((each) => each.name === which)!;
        if (!group.halo || place === 'margin') continue;
        const left = group.x - layout.pictureX;
        const right = picture.widthPx - left - group.width;
        assert.ok(place.endsWith('left') ? left <= right + 1e-6 : right <= left + 1e-6, `${name}: ${which}`);
      }
    }
  });

  it('is no larger than it must be', () => {
    for (const { name, picture, layout } of cases) {
      const note = 'the figure is wider than the picture, which is too narrow for its marks';
      assert.equal(layout.width > picture.widthPx, layout.notes.includes(note), name);
      const inStrips = layout.groups.filter(({ halo }) => !halo);
      const widest = Math.max(0, ...inStrips.map(({ width }) => width));
      const font = Math.max(0, ...layout.groups.flatMap(({ marks }) => marks.map((mark) => sizeOf(mark))));
      if (layout.width > picture.widthPx) assert.ok(layout.width - widest <= Math.max(10, 1.3 * font), name);
      if (inStrips.length === 0) {
        assert.deepEqual([layout.width, layout.height], [picture.widthPx, picture.heightPx], name);
      }
    }
  });

  it('stays on whole pixels where it is painted', () => {
    for (const { name, layout, options } of cases) {
      if (options.medium === 'vector') continue;
      const numbers = [layout.width, layout.height, layout.pictureX, layout.pictureY];
      for (const { x, y, width, height, halo, marks } of layout.groups) {
        numbers.push(x, y, width, height, halo?.width ?? 0);
        for (const mark of marks) {
          numbers.push(mark.x, ...(mark.kind === 'text' ? [mark.baselineY] : [mark.y, mark.width, mark.height]));
        }
      }
      assert.ok(
        numbers.every(Number.isInteger),
        `${name}: ${numbers.filter((each) => !Number.isInteger(each)).join()}`,
      );
    }
  });

  it('keeps the bar to its length: exact as a vector, within half a pixel where it is painted', () => {
    for (const { name, decorations, layout, options } of cases) {
      const bar = decorations.find((each) => each.name === 'scale-bar');
      assert.equal(layout.scaleBar === undefined, bar === undefined, name);
      if (!bar) continue;
      const group = layout.groups.find((each) => each.name === 'scale-bar')!;
      const drawn = group.marks.find((mark) => mark.kind === 'box')!;
      const off = Math.abs(drawn.width - bar.lengthPx);
      assert.ok(options.medium === 'vector' ? off === 0 : off <= 0.5, name);
      const { lengthPx, lengthUm, xPx, yPx } = layout.scaleBar!;
      assert.deepEqual([lengthPx, lengthUm, xPx], [drawn.width, 20, drawn.x], name);
      assert.ok(yPx >= drawn.y && yPx < drawn.y + drawn.height, name);
    }
  });
});

describe('painting what was laid out', () => {
  it('changes no pixel of the picture outside of the groups and their contours', () => {
    for (const each of randomCases(2, 100, { mostPx: 250, mostFontPx: 16, media: ['raster'] })) {
      const before = Uint8Array.from(each.picture.rgb);
      const painted = paintOn(each.picture, each.layout, font);
      assert.deepEqual(each.picture.rgb, before, `${each.name}: the picture that was given`);
      assert.deepEqual([painted.widthPx, painted.heightPx], [each.layout.width, each.layout.height]);
      assert.deepEqual(changedOutside(each, painted), [], each.name);
    }
  });

  it('paints the same band after band as at once', () => {
    for (const { name, picture, layout } of randomCases(5, 60, { mostPx: 250, mostFontPx: 16, media: ['raster'] })) {
      const painter = new FigurePainter(layout, picture, font);
      const { widthPx, heightPx, rgb } = picture;
      const rows: Uint8Array[] = [];
      for (let y = 0, height; y < heightPx; y += height) {
        height = Math.min(1 + ((7 * y) % 40), heightPx - y);
        const band = rgb.slice(3 * y * widthPx, 3 * (y + height) * widthPx);
        rows.push(painter.paint({ widthPx, heightPx: height, rgb: band }, y).rgb);
      }
      assert.ok(Buffer.concat(rows).equals(paintOn(picture, layout, font).rgb), name);
    }
  });

  it('leaves every pixel of the picture as it was where all is in strips', () => {
    for (const each of randomCases(3, 60, { mostPx: 200, mostFontPx: 16, allowed: ['margin'], media: ['raster'] })) {
      const painted = paintOn(each.picture, each.layout, font);
      assert.ok(each.layout.height > each.picture.heightPx);
      const withoutGroups = { ...each, layout: { ...each.layout, groups: [] } };
      assert.deepEqual(changedOutside(withoutGroups, painted), [], each.name);
    }
  });

  it('paints every mark of a strip where it is said to be, on a plain background', () => {
    for (const { name, picture, layout, options } of randomCases(4, 60, {
      mostPx: 350,
      mostFontPx: 16,
      allowed: ['margin'],
      media: ['raster'],
    })) {
      const painted = paintOn(picture, layout, font);
      const background = options.marginColor === 'black' ? 0 : 255;
      const isInk = (x: number, y: number): boolean => {
        const o = (y * layout.width + x) * 3;
        const { rgb } = painted;
        return rgb[o] !== background || rgb[o + 1] !== background || rgb[o + 2] !== background;
      };
      const boxes = layout.groups.map((group) => grown(group, 1));
      const isInGroup = (x: number, y: number): boolean =>
        boxes.some((box) => x >= box.x && y >= box.y && x < box.x + box.width && y < box.y + box.height);
      for (let y = 0; y < layout.height; y++) {
        const isPictureRow = y >= layout.pictureY && y < layout.pictureY + picture.heightPx;
        for (let x = isPictureRow ? picture.widthPx : 0; x < layout.width; x++) {
          if (isInk(x, y) && !isInGroup(x, y)) assert.fail(`${name}: ink at ${x}, ${y}`);
        }
      }
      for (const mark of layout.groups.flatMap((group) => group.marks)) {
        const { x, y, width, height } = inkBox(mark);
        let ink = 0;
        for (let py = Math.floor(y); py < y + height; py++) {
          for (let px = Math.floor(x); px < x + width; px++) if (isInk(px, py)) ink++;
        }
        assert.ok(ink > 0, `${name}: ${JSON.stringify(mark)} leaves no ink`);
      }
    }
  });

  it('gives back the same picture where there is nothing to paint', () => {
    const picture = noisePicture(50, 40);
    const layout = layOut([], [50, 40]);
    assert.deepEqual([layout.width, layout.height, layout.groups, layout.notes], [50, 40, [], []]);
    assert.equal(new FigurePainter(layout, picture, font).paint(picture, 0), picture);
  });

  it('blends a ramp from its first colour to its last', () => {
    const ramp = { colors: ['#000000', '#ff0000', '#ffff00'] as const, low: '0', high: '1' };
    const layout = layOut([{ name: 'channel-legend', place: 'margin', rows: [{ name: 'DNA', ramp }] }], [300, 200]);
    const mark = layout.groups[0].marks.find(({ kind }) => kind === 'ramp')!;
    assert.ok(mark.kind === 'ramp' && mark.width >= 30);
    const { rgb } = paintOn(noisePicture(300, 200), layout, font);
    const at = (x: number): number[] => {
      const o = ((mark.y + 1) * layout.width + mark.x + x) * 3;
      return [...rgb.subarray(o, o + 3)];
    };
    for (let x = 0; x < mark.width; x++) {
      const along = (2 * (x + 0.5)) / mark.width;
      const expected = [255 * Math.min(along, 1), 255 * Math.max(along - 1, 0), 0];
      for (const [c, value] of at(x).entries()) assert.ok(Math.abs(value - expected[c]) <= 0.51, `column ${x}`);
    }
  });

  it('keeps letters with accents inside their group', () => {
    for (const place of ['top-left', 'bottom-right'] as const) {
      const picture = noisePicture(400, 300);
      const layout = layOut([{ name: 'title', place, text: 'ÅÉÑ ş Ǻ' }], [400, 300]);
      assert.deepEqual(changedOutside({ picture, layout }, paintOn(picture, layout, font)), [], place);
      for (const mark of layout.groups[0].marks) assert.ok(contains(layout.groups[0], inkBox(mark), 0.1), place);
    }
  });
});

describe('what must stay clear', () => {
  /** Where a decoration stands alone in each corner, if it fits there. */
  function aloneIn(picture: Picture, decoration: Decoration, options: LayoutOptions): MarkGroup[] {
    return corners.flatMap((place) =>
      layOutOn(picture, [{ ...decoration, place }], options).groups.filter(({ halo }) => halo),
    );
  }

  function randomBox(random: Random, picture: Picture): Box {
    const width = random.side(4, picture.widthPx);
    const height = random.side(4, picture.heightPx);
    return {
      x: random.whole(0, picture.widthPx - width),
      y: random.whole(0, picture.heightPx - height),
      width,
      height,
    };
  }

  it('is not covered by a mark while any corner is free, and nothing moves without need', () => {
    const random = new Random(5);
    let moved = 0;
    for (const { name, picture, decorations, options } of randomCases(6, 150, { mostPx: 800, allowed: corners })) {
      const decoration = decorations[0];
      const keepClear = randomBox(random, picture);
      const alone = aloneIn(picture, decoration, options);
      if (alone.length !== 4 && alone.length !== 0) continue;
      const withBox = { ...options, keepClear };
      const [group] = layOutOn(picture, [decoration], withBox).groups;
      const asked = layOutOn(picture, [decoration], options).groups[0];
      const isCovered = ({ x, y, width, height, halo }: MarkGroup): boolean =>
        overlap(grown({ x, y, width, height }, halo!.width), keepClear, 0);
      if (alone.length === 0) {
        assert.equal(group.halo, undefined, name);
        continue;
      }
      assert.ok(asked.halo && group.halo, `${name}: fits into a corner, but not into the one that was asked for`);
      if (!isCovered(asked)) {
        assert.deepEqual(group, asked, name);
      } else if (alone.some((each) => !isCovered(each))) {
        assert.ok(!isCovered(group), `${name}, ${JSON.stringify(keepClear)}`);
        moved++;
      } else {
        assert.deepEqual(group, asked, name);
      }
    }
    assert.ok(moved >= 10, `${moved} were moved`);
  });

  it('is covered by none of several marks that had a free corner', () => {
    const random = new Random(7);
    for (const { name, picture, decorations, options } of randomCases(8, 200, { mostPx: 1500, allowed: corners })) {
      const keepClear = randomBox(random, picture);
      const layout = layOutOn(picture, decorations, { ...options, keepClear });
      const inPicture = layout.groups
        .filter(({ halo }) => halo)
        .map((group) => ({ ...group, y: group.y - layout.pictureY }));
      for (const [i, group] of inPicture.entries()) {
        for (const other of inPicture.slice(0, i)) assert.ok(!overlap(group, other), name);
        if (!overlap(grown(group, group.halo!.width), keepClear, 0)) continue;
        const decoration = decorations.find((each) => each.name === group.name)!;
        for (const alone of aloneIn(picture, decoration, options)) {
          const margin = Math.max(options.fontPx ?? 0, 0.02 * Math.min(picture.widthPx, picture.heightPx), 10);
          const isTaken = inPicture.slice(0, i).some((other) => overlap(alone, other, margin));
          assert.ok(isTaken || overlap(grown(alone, alone.halo!.width), keepClear, 0), `${name}: ${group.name}`);
        }
      }
    }
  });

  it('moves a bar away from its cell, to a corner of the same picture', () => {
    const keepClear = { x: 240, y: 150, width: 40, height: 40 };
    for (const medium of media) {
      const layout = layOut([barAt('bottom-right')], [300, 200], { medium, keepClear });
      const [bar] = layout.groups;
      assert.ok(!overlap(bar, keepClear) && bar.halo);
      assert.deepEqual([layout.width, layout.height], [300, 200]);
    }
  });

  it('says that a mark is not in the corner that was asked for', () => {
    const keepClear = { x: 240, y: 150, width: 40, height: 40 };
    const { notes } = layOut([barAt('bottom-right')], [300, 200], { keepClear });
    assert.ok(
      notes.some((note) => note.includes('scale bar')),
      `notes: ${JSON.stringify(notes)}`,
    );
  });
});

describe('marks in one corner', () => {
  for (const medium of media) {
    it(`fit into every corner if they fit into one: ${medium}`, () => {
      for (let side = 200; side < 2000; side += 3) {
        for (const fontPx of [undefined, 9.375, 12.5]) {
          for (const place of corners) {
            const { notes } = layOut([barAt(place)], [side, side], { medium, ...(fontPx !== undefined && { fontPx }) });
            assert.deepEqual(notes, [], `${side} px, ${place}, font ${fontPx ?? 'auto'}`);
          }
        }
      }
    });
  }

  for (const medium of media) {
    for (const place of corners) {
      it(`stand beyond each other, the first at the edge: ${place}, ${medium}`, () => {
        for (let side = 300; side < 1500; side += 2) {
          const fontPx = [undefined, 9.375, 11.3, 17.77][(side / 2) % 4];
          const decorations: Decoration[] = [
            { name: 'caption', place, text: 'below' },
            { name: 'title', place, text: 'above' },
            barAt(place, side / 10),
          ];
          const layout = layOut(decorations, [side, side], { medium, ...(fontPx !== undefined && { fontPx }) });
          assert.deepEqual(layout.notes, [], `${side} px, font ${fontPx ?? 'auto'}`);
          assert.deepEqual(
            layout.groups.map(({ name }) => name),
            ['scale-bar', 'title', 'caption'],
          );
          const [bar, title, caption] = layout.groups;
          const isTop = place.startsWith('top');
          const margin = isTop ? bar.y : side - bar.y - bar.height;
          const distance = (a: Box, b: Box): number => (isTop ? b.y - a.y - a.height : a.y - b.y - b.height);
          for (const each of [distance(bar, title), distance(title, caption)]) {
            assert.ok(Math.abs(each - margin) < 1e-6, `${side} px: ${each}`);
          }
          for (const { x, width } of layout.groups) {
            assert.ok(Math.abs((place.endsWith('left') ? x : side - x - width) - margin) < 1e-6, `${side} px`);
          }
        }
      });
    }
  }

  it('stand on one line where they share a row of a strip', () => {
    for (const medium of media) {
      const rows = [{ name: 'DNA', swatch: '#ff0000' as const }];
      const legend: Decoration = { name: 'channel-legend', place: 'margin', rows };
      const [bar, key] = layOut([barAt('margin'), legend], [600, 400], { medium }).groups;
      const shareRow = bar.y < key.y + key.height && key.y < bar.y + bar.height;
      assert.ok(!shareRow || Math.abs(bar.y + bar.height - key.y - key.height) < 1e-6, medium);
    }
  });

  it('go into a strip, and say so, when the corner is full', () => {
    const rows = Array.from({ length: 4 }, (_, i) => ({ name: `channel ${i}`, swatch: '#ff0000' as const }));
    const decorations: Decoration[] = [
      barAt('top-left'),
      { name: 'channel-legend', place: 'top-left', rows },
      { name: 'class-legend', place: 'top-left', rows },
    ];
    const { groups, notes, height } = layOut(decorations, [300, 120]);
    assert.deepEqual(
      groups.map(({ name, halo }) => [name, halo !== undefined]),
      [
        ['scale-bar', true],
        ['channel-legend', true],
        ['class-legend', false],
      ],
    );
    assert.deepEqual(notes, [
      'the class legend does not fit into the picture',
      `class legend in a black margin strip of ${height - 120} pixels below the picture`,
    ]);
  });
});

/** A legend's names in the order in which they are drawn, by where their columns begin. */
function columnsOf({ groups }: FigureLayout, name: MarkGroupName): string[][] {
  const columns: string[][] = [];
  let above = Infinity;
  for (const mark of groups.find((group) => group.name === name)!.marks) {
    if (mark.kind !== 'text') continue;
    if (mark.baselineY <= above) columns.push([]);
    above = mark.baselineY;
    columns.at(-1)!.push(mark.text);
  }
  return columns;
}

describe('a legend of many rows', () => {
  const numbered = (count: number, name: (i: number) => string): LegendRow[] => {
    return Array.from({ length: count }, (_, i) => ({ name: name(i), swatch: '#ff8800' as const }));
  };
  const long = (i: number): string => `marker_${i}_with_a_long_antibody_clone_name_(abcam_ab${10_000 + i})`;
  const short = (i: number): string => `CD${i}`;

  for (const medium of media) {
    for (const [what, name] of [
      ['long', long],
      ['short', short],
    ] as const) {
      for (const place of ['top-left', 'margin'] as const) {
        for (const [widthPx, heightPx] of [
          [24, 24],
          [300, 300],
          [1024, 700],
          [200, 900],
        ] as const) {
          it(`is no higher than the picture, or than it is wide: ${what} names, ${widthPx} × ${heightPx}, ${place}, ${medium}`, () => {
            const rows = numbered(300, name);
            const decorations: Decoration[] = [barAt('bottom-right', 5), { name: 'channel-legend', place, rows }];
            const layout = layOut(decorations, [widthPx, heightPx], { medium });
            const legend = layout.groups.find((group) => group.name === 'channel-legend')!;
            const bound = Math.max(heightPx, legend.halo ? 0 : 2 * layout.width);
            assert.ok(
              legend.height <= bound,
              `${legend.width} × ${legend.height} of ${layout.width} × ${layout.height}`,
            );
            const figure = { x: 0, y: 0, width: layout.width, height: layout.height };
            assert.ok(contains(figure, legend));
            const texts = legend.marks.filter((mark) => mark.kind === 'text');
            assert.deepEqual(
              texts.map(({ text }) => text),
              rows.map((row) => row.name),
            );
            const boxes = layout.groups.flatMap(({ marks }) => marks).map((mark) => ({ mark, box: inkBox(mark) }));
            for (const [i, one] of boxes.entries()) {
              assert.ok(contains(figure, one.box, 0.1), JSON.stringify(one));
              for (const other of boxes.slice(0, i)) {
                // A swatch lies in its frame.
                if (one.mark.kind !== 'text' && other.mark.kind !== 'text') continue;
                if (overlap(one.box, other.box)) assert.fail(JSON.stringify([one, other]));
              }
            }
            if (medium === 'vector') return;
            for (const mark of legend.marks) assert.ok(Number.isInteger(mark.x), JSON.stringify(mark));
          });
        }
      }
    }
  }

  it('of 300 long names makes a figure of about a square, where it was a ribbon of 5 700 pixels', () => {
    const layout = layOut([{ name: 'channel-legend', place: 'top-left', rows: numbered(300, long) }], [300, 300]);
    assert.deepEqual(
      columnsOf(layout, 'channel-legend').map(({ length }) => length),
      [75, 75, 75, 75],
    );
    assert.ok(layout.height < 1500 && layout.width < 2000, `${layout.width} × ${layout.height}`);
    assert.deepEqual(layout.notes, [
      'the channel legend does not fit into the picture',
      `channel legend in a black margin strip of ${layout.height - 300} pixels below the picture`,
      'the figure is wider than the picture, which is too narrow for its marks',
    ]);
  });

  it('makes no figure wider that has a width on paper', () => {
    for (const medium of media) {
      const rows = numbered(300, short);
      const decorations: Decoration[] = [{ name: 'channel-legend', place: 'top-left', rows }];
      const layout = layOut(decorations, [300, 300], { medium, fontPx: 20 });
      assert.equal(layout.width, 300);
      assert.equal(layout.groups[0].marks.filter(({ kind }) => kind === 'text').length, 300);
    }
  });

  it('stays in its corner, in columns read downwards, if half of the width has room for them', () => {
    for (const medium of media) {
      const rows = numbered(20, short);
      const layout = layOut([{ name: 'channel-legend', place: 'top-right', rows }], [1024, 1024], { medium });
      assert.deepEqual([layout.width, layout.height, layout.notes], [1024, 1024, []]);
      const [legend] = layout.groups;
      assert.ok(legend.halo && legend.width <= 512 && legend.height <= 512);
      assert.deepEqual(columnsOf(layout, 'channel-legend'), [
        ['CD0', 'CD1', 'CD2', 'CD3', 'CD4', 'CD5', 'CD6', 'CD7', 'CD8', 'CD9'],
        ['CD10', 'CD11', 'CD12', 'CD13', 'CD14', 'CD15', 'CD16', 'CD17', 'CD18', 'CD19'],
      ]);
    }
  });

  it('does not cover what the picture is about, and goes into a strip', () => {
    const rows = numbered(20, short);
    const cell = { x: 30, y: 30, width: 964, height: 964 };
    const { groups } = layOut([{ name: 'channel-legend', place: 'top-right', rows }], [1024, 1024], {
      keepClear: cell,
    });
    assert.equal(groups[0].halo, undefined);
  });

  it('leaves no heading at the foot of a column', () => {
    const classes = (count: number, from: number): LegendRow[] => numbered(count, (i) => `class ${from + i}`);
    const rows = [{ name: 'region' }, ...classes(8, 0), { name: 'cell type' }, ...classes(10, 8)];
    const layout = layOut([{ name: 'class-legend', place: 'top-left', rows }], [1024, 1400]);
    // Ten rows each would end the first column with a heading.
    const columns = columnsOf(layout, 'class-legend');
    assert.deepEqual(
      columns.map((column) => [column.length, column.at(-1)]),
      [
        [11, 'class 8'],
        [9, 'class 17'],
      ],
    );
    const longer = [{ name: 'region' }, ...classes(9, 0), { name: 'cell type' }, ...classes(11, 9)];
    const [first, second] = columnsOf(
      layOut([{ name: 'class-legend', place: 'top-left', rows: longer }], [1024, 1400]),
      'class-legend',
    );
    assert.deepEqual([first.at(-1), second[0], first.length + second.length], ['class 9', 'class 10', 22]);
  });

  it('stays as it was where it fits in one column', () => {
    const rows = numbered(9, short);
    const { groups, notes } = layOut([{ name: 'channel-legend', place: 'top-left', rows }], [1024, 1024]);
    assert.deepEqual(notes, []);
    const lines = groups[0].marks.flatMap((mark) =>
      mark.kind === 'text' ? [[mark.text, mark.x, mark.baselineY]] : [],
    );
    // A margin of 20, letters of 36 pixels, a line of 45; a swatch of 25 in a frame of 2, and 18 to the name.
    assert.deepEqual(
      lines,
      rows.map(({ name }, i) => [name, 20 + 25 + 4 + 18, 20 + 34 + 45 * i]),
    );
  });
});

describe('text', () => {
  it('is broken into lines that fit into the picture', () => {
    const text = 'All that is to be seen here, in many words, which do not fit into one line of this picture';
    for (const medium of media) {
      const { groups, width } = layOut([{ name: 'caption', place: 'margin', text }], [120, 150], { medium });
      const lines = groups[0].marks.map((mark) => (mark.kind === 'text' ? mark.text : ''));
      assert.equal(width, 120);
      assert.ok(lines.length > 2 && lines.length < 12);
      assert.equal(lines.join(' '), text);
      for (const line of lines) assert.ok(textWidth(line, font, 10) <= 120);
      for (const [i, line] of lines.slice(1).entries()) {
        assert.ok(textWidth(`${lines[i]} ${line.split(' ')[0]}`, font, 10) > 100, 'no line ends too early');
      }
    }
  });

  it('keeps its own line breaks and blank lines', () => {
    const { groups } = layOut([{ name: 'caption', place: 'margin', text: 'a\n\nb\r\nc' }], [400, 300]);
    const lines = groups[0].marks.map((mark) => (mark.kind === 'text' ? [mark.text, mark.baselineY] : []));
    assert.deepEqual(
      lines.map(([text]) => text),
      ['a', 'b', 'c'],
    );
    const [a, b, c] = lines.map(([, y]) => Number(y));
    assert.equal(b - a, 2 * (c - b));
  });

  it('that is wider than the picture makes the figure wider, never narrower text', () => {
    const text = 'Pneumonoultramicroscopicsilicovolcanoconiosis';
    for (const medium of media) {
      const layout = layOut([{ name: 'caption', place: 'bottom-left', text }], [60, 300], { medium });
      assert.ok(layout.width >= textWidth(text, font, 10));
      assert.ok(layout.notes.includes('the figure is wider than the picture, which is too narrow for its marks'));
    }
  });

  it('is at least 8 pixels high where it is painted, and says so; as a vector it is as asked', () => {
    const sizes = media.map((medium) => {
      const { groups, notes } = layOut([{ name: 'title', place: 'top-left', text: 'x' }], [200, 150], {
        medium,
        fontPx: 5.5,
      });
      const [mark] = groups[0].marks;
      return [mark.kind === 'text' && mark.size, notes];
    });
    assert.deepEqual(sizes, [
      [8, ['text is 8 pixels high, larger than asked, because smaller text cannot be read in pixels']],
      [5.5, []],
    ]);
  });
});
