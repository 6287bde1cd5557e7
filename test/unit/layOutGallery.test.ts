import assert from 'node:assert/strict';
import type { GallerySettings } from '../../src/core/model/gallery';
import { textWidth } from '../../src/core/model/fontOutlines';
import { loadFont } from '../../src/core/read/loadFont';
import { type GalleryEntry, GalleryLayout } from '../../src/core/render/layOutGallery';

const font = loadFont();
const facts = {
  title: 'dataset: Single Cells',
  settings: ['7 cells', 'downsample 1'],
  looks: [[{ title: 'Channels', rows: [{ name: 'DNA', swatch: '#0000ff', detail: '0 to 1' }] }]],
} as const;
const a4: GallerySettings = { rows: 2, columns: 3, page: { widthMm: 210, heightMm: 297 }, order: [] };

function entry(id: string, caption = ''): GalleryEntry {
  return { id, caption, alt: '', look: 0 };
}

function layout(change: Partial<GallerySettings> = {}, ids = 7, caption = ''): GalleryLayout {
  const entries = Array.from({ length: ids }, (_, i) => entry(`cell ${i}`, caption));
  return new GalleryLayout({ ...a4, ...change }, facts, entries, font);
}

const near = (a: number, b: number): void => {
  assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);
};

describe('the layout of a gallery', () => {
  it('has as many pages as its pictures need, the last one with what is left', () => {
    for (const [pictures, pages, last] of [
      [1, 1, 1],
      [6, 1, 6],
      [7, 2, 1],
      [12, 2, 6],
      [13, 3, 1],
    ] as const) {
      const made = layout({}, pictures);
      assert.deepEqual([made.pages, made.entriesOf(pages - 1).length], [pages, last]);
    }
  });

  it('is of exactly the size that was asked for', () => {
    const page = layout({ page: { widthMm: 254, heightMm: 127 } }).layOut(0, []);
    near(page.widthPt, 720);
    near(page.heightPt, 360);
  });

  it('fits pictures without distortion, side by side and row by row, within the page', () => {
    const sizes = [
      { widthPx: 100, heightPx: 100 },
      { widthPx: 300, heightPx: 100 },
      { widthPx: 100, heightPx: 900 },
      { widthPx: 7, heightPx: 5 },
      { widthPx: 4000, heightPx: 3000 },
      { widthPx: 1, heightPx: 1 },
    ];
    const page = layout().layOut(0, sizes);
    const boxes = page.cells.map(({ box }) => box);
    const widest = Math.max(...boxes.map(({ width }) => width));
    for (const [i, { x, y, width, height }] of boxes.entries()) {
      near(width / height, sizes[i].widthPx / sizes[i].heightPx);
      assert.ok(x >= 0 && y >= 0 && x + width <= page.widthPt && y + height <= page.heightPt);
      // Of a column, and below the row before it.
      near(x, boxes[i % 3].x);
      if (i % 3 > 0) assert.ok(x >= boxes[i - 1].x + widest, 'pictures of a row overlap');
      // Feet of a row are on one line.
      near(y + height, boxes[i - (i % 3)].y + boxes[i - (i % 3)].height);
    }
    const secondTop = Math.min(...boxes.slice(3).map(({ y }) => y));
    for (const cell of page.cells.slice(0, 3)) {
      for (const mark of cell.words) assert.ok(mark.kind === 'text' && mark.baselineY < secondTop);
    }
    // Square pictures use all of the width, or all of the height, of their cells.
    near(boxes[0].width, boxes[5].width);
  });

  it('writes every id beneath its picture, in full, smaller or in lines if it is long', () => {
    const ids = ['A:1', `FOV_${'x'.repeat(40)}:12`, 'y'.repeat(300)];
    const made = new GalleryLayout(
      a4,
      facts,
      ids.map((id) => entry(id)),
      font,
    );
    const page = made.layOut(
      0,
      ids.map(() => ({ widthPx: 10, heightPx: 10 })),
    );
    for (const [i, { box, words }] of page.cells.entries()) {
      const lines = words.flatMap((mark) => (mark.kind === 'text' ? [mark] : []));
      assert.equal(lines.map(({ text }) => text).join(''), ids[i]);
      for (const { x, size, text, baselineY } of lines) {
        assert.ok(x + textWidth(text, font, size) <= box.x + made.layOut(0, []).cells[0].box.width + 1e-6);
        assert.ok(baselineY > box.y + box.height && baselineY < page.heightPt);
      }
    }
    const [short, long] = page.cells.map(({ words }) => (words[0].kind === 'text' ? words[0].size : 0));
    assert.ok(long < short);
  });

  it('shortens captions to the room there is, and leaves them out where there is none', () => {
    const captions = (made: GalleryLayout): string[] => {
      const [cell] = made.layOut(0, []).cells;
      return cell.words.slice(1).flatMap((mark) => (mark.kind === 'text' ? [mark.text] : []));
    };
    const sentence = 'FOV: DNA (blue, 0 to 1); intensities shown from black to full colour; scale bar, 20 µm.';
    assert.equal(captions(layout({}, 6, sentence)).join(' '), sentence);
    const long = captions(layout({}, 6, sentence.repeat(20)));
    assert.ok(long.length > 1 && long.at(-1)!.endsWith('…'), long.join('\n'));
    assert.ok(sentence.repeat(20).startsWith(long.join(' ').slice(0, -1)));
    assert.deepEqual(captions(layout({ rows: 15, columns: 10 }, 6, sentence)), []);
  });

  it('says in a frame why there is no picture', () => {
    const problem = { kind: 'failed', title: 'Failed: image unreadable', reason: 'It ends too early.' } as const;
    const made = new GalleryLayout(a4, facts, [{ ...entry('A'), problem }], font);
    const [{ box, frame, words, alt }] = made.layOut(0, [{ widthPx: 300, heightPx: 200 }]).cells;
    near(box.width / box.height, 1.5);
    assert.equal(alt, undefined);
    assert.deepEqual(
      words.map((mark) => (mark.kind === 'text' ? mark.text : '')),
      ['Failed: image unreadable', 'It ends too early.', 'A'],
    );
    for (const mark of words.slice(0, 2)) {
      assert.ok(mark.kind === 'text' && mark.baselineY > box.y && mark.baselineY < box.y + box.height);
    }
    assert.ok(frame.length > 1, 'an empty frame is seen');
    const [sliver] = made.layOut(0, [{ widthPx: 4, heightPx: 500 }]).cells;
    assert.deepEqual(
      [sliver.words.length, sliver.box.width > 60],
      [words.length, true],
      'a sliver has its reason, too',
    );
  });

  it('has on every page the title, its number, the settings and the legend of what it shows', () => {
    const looks = [facts.looks[0], [{ title: 'Other', rows: [{ name: 'CD3', swatch: '#ff0000' }] }]] as const;
    const entries = ['a', 'b'].map((id, look) => ({ ...entry(id), look }));
    const made = new GalleryLayout({ ...a4, rows: 1, columns: 1 }, { ...facts, looks }, entries, font);
    const texts = (page: number): string[] =>
      made.layOut(page, []).header.flatMap((mark) => (mark.kind === 'text' ? [mark.text] : []));
    const head = (n: number): string[] => ['dataset: Single Cells', `Page ${n} of 2`, '7 cells · downsample 1'];
    assert.deepEqual(texts(0), [...head(1), 'Channels', 'DNA', '0 to 1']);
    assert.deepEqual(texts(1), [...head(2), 'Other', 'CD3']);
  });

  it('wraps a legend that is wider than the page, and keeps swatches with their names', () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({ name: `marker number ${i}`, swatch: '#00ff00' }) as const);
    const made = new GalleryLayout(a4, { ...facts, looks: [[{ title: 'Channels', rows }]] }, [entry('a')], font);
    const page = made.layOut(0, [{ widthPx: 1, heightPx: 1 }]);
    const names = page.header.flatMap((mark) => (mark.kind === 'text' && mark.text.startsWith('marker') ? [mark] : []));
    assert.equal(names.length, 60);
    assert.ok(new Set(names.map(({ baselineY }) => baselineY)).size > 5);
    const swatches = page.header.flatMap((mark) => (mark.kind === 'box' && mark.color === '#00ff00' ? [mark] : []));
    for (const [i, { x, baselineY, size, text }] of names.entries()) {
      assert.ok(x + textWidth(text, font, size) <= page.widthPt);
      const { x: left, y, width } = swatches[i];
      assert.ok(left + width < x && x - left < 2 * size && y < baselineY && baselineY - y < 1.2 * size);
      assert.ok(baselineY < page.cells[0].box.y, 'a legend covers no picture');
    }
  });

  it('names the legend where it is that which leaves no room', () => {
    const name = (i: number): string => `marker_${i}_with_a_long_antibody_clone_name_(abcam_ab${10_000 + i})`;
    const rows = Array.from(
      { length: 300 },
      (_, i) => ({ name: name(i), swatch: '#ff8800', detail: '0 to 60000' }) as const,
    );
    const long = { ...facts, looks: [[{ title: 'Channels', rows }]] };
    for (const [grid, page] of [
      [
        { rows: 1, columns: 1 },
        { widthMm: 210, heightMm: 297 },
      ],
      [
        { rows: 5, columns: 4 },
        { widthMm: 210, heightMm: 297 },
      ],
      [
        { rows: 5, columns: 4 },
        { widthMm: 297, heightMm: 420 },
      ],
    ] as const) {
      const size = `${grid.rows} × ${grid.columns} pictures with their ids on pages of ${page.widthMm} × ${page.heightMm} mm`;
      assert.throws(
        () => new GalleryLayout({ ...a4, ...grid, page }, long, [entry('F1')], font),
        new RegExp(
          `Expected room for ${size}, but the legend at the head of a page has 300 entries and is \\d{3,4} mm high; choose fewer channels or classes, or a larger page\\.$`,
        ),
      );
    }
    // It has room on a larger page.
    const page = { widthMm: 841, heightMm: 1189 };
    assert.equal(new GalleryLayout({ ...a4, page }, long, [entry('F1')], font).pages, 1);
    // Not to blame: without it there is none, either.
    const tiny = { rows: 50, columns: 50, page: { widthMm: 100, heightMm: 100 } };
    assert.throws(
      () => new GalleryLayout({ ...a4, ...tiny }, long, [entry('F1')], font),
      /choose fewer rows or columns/,
    );
  });

  it('refuses rows and columns that leave no room', () => {
    const refusal = /RecipeInvalid.*Expected room for 50 × 50 pictures.*100 × 100 mm/;
    assert.throws(
      () => layout({ rows: 50, columns: 50, page: { widthMm: 100, heightMm: 100 } }),
      (error: Error & { code: string }) => refusal.test(`${error.code} ${error.message}`),
    );
  });
});
