import assert from 'node:assert/strict';
import type { HexColor } from '../../src/core/model/color';
import type { LabelImage } from '../../src/core/model/image';
import type { ColorBy, MaskLayer, Recipe } from '../../src/core/model/recipe';
import { loadFont } from '../../src/core/read/loadFont';
import type { Figure } from '../../src/core/render/composeFigure';
import type { Decoration, LegendRow } from '../../src/core/render/markBlocks';
import { exampleRecipe } from '../support/exampleRecipe';
import { figureOf, type RenderInput } from '../support/renderInMemory';

const size = { widthPx: 100, heightPx: 50 };

/** Labels by pixel, row by row from the top left; the rest is 0. */
function labelsOf(...first: number[]): LabelImage {
  const labels = new Uint32Array(size.widthPx * size.heightPx);
  labels.set(first);
  return { ...size, labels };
}

const twoChannels: Recipe = {
  ...exampleRecipe,
  channels: [
    { channel: 'DNA', color: '#0000ff', contrastLimits: [0, 1] },
    { channel: 'CD3', color: '#123456', contrastLimits: [0.000_123_46, 1234.56] },
  ],
};
const autoBar: Recipe['scaleBar'] = { length: 'auto', maxPercent: 10, color: 'black', place: 'top-right' };
const outline: MaskLayer = { name: 'whole_cell', mode: 'outline', color: '#ffffff', alpha: 1, widthPx: 1 };

function compose(recipe: Recipe, input: Partial<RenderInput> = {}, shown?: readonly number[]): Figure {
  const samples = new Float32Array(size.widthPx * size.heightPx);
  const full: RenderInput = {
    fov: 'F1',
    index: 3,
    planes: recipe.masksOnly ? [] : recipe.channels.map(() => ({ ...size, samples })),
    masks: recipe.masks.map(() => labelsOf(1, 2, 3)),
    font: loadFont(),
    ...input,
  };
  return figureOf(recipe, full, shown);
}

function rowsOf({ decorations }: Figure, name: 'channel-legend' | 'class-legend'): readonly LegendRow[] {
  const found = decorations.find((decoration) => decoration.name === name);
  return found && 'rows' in found ? found.rows : [];
}

function textOf({ decorations }: Figure, name: 'title' | 'caption'): string | undefined {
  const found = decorations.find((decoration) => decoration.name === name);
  return found && 'text' in found ? found.text : undefined;
}

describe('names of any length', () => {
  it('are cut in titles and legends, with an ellipsis, and not within a character', () => {
    const long = `${'w'.repeat(299)}😀${'w'.repeat(100_000)}`;
    const recipe: Recipe = {
      ...exampleRecipe,
      channels: [{ channel: long, color: '#0000ff', contrastLimits: [0, 1] }],
      legend: { ...exampleRecipe.legend, channels: 'names' },
      title: { text: '{channel}', place: 'margin' },
      caption: { text: 'All of it', place: 'margin' },
    };
    const figure = compose(recipe);
    assert.deepEqual(
      rowsOf(figure, 'channel-legend').map(({ name }) => name),
      [`${'w'.repeat(299)}…`],
    );
    assert.equal(textOf(figure, 'title'), `${long.slice(0, 4000)}…`);
    assert.equal(textOf(figure, 'caption'), 'All of it');
  });
});

describe('a figure in words', () => {
  it('names one channel', () => {
    assert.deepEqual(compose(exampleRecipe).text, {
      title: 'F1: DNA',
      alt: 'Multiplexed image of F1, showing DNA in blue.',
      caption: 'F1: DNA (blue, 0 to 1); intensities shown from black to full colour.',
    });
  });

  it('names channels, overlays, width and bar', () => {
    const recipe: Recipe = {
      ...twoChannels,
      masks: [outline, { ...outline, name: 'nucleus', mode: 'fill', color: { column: 'type', otherColor: '#808080' } }],
      annotation: { name: 'tissue', alpha: 0.5, background: false, otherColor: '#808080' },
      scaleBar: autoBar,
    };
    const { text } = compose(recipe, { annotation: labelsOf(1), pixelSizeUm: 0.5 });
    assert.deepEqual(text, {
      title: 'F1: DNA, CD3',
      alt: 'Multiplexed image of F1, showing DNA in blue and CD3 in #123456, with annotation tissue, whole_cell outlined in white and nucleus filled by type. The picture is 50 µm wide. A scale bar marks 5 µm.',
      caption:
        'F1: DNA (blue, 0 to 1), CD3 (#123456, 0.0001235 to 1235); intensities shown from black to full colour; annotation tissue, whole_cell outlined in white and nucleus filled by type; scale bar, 5 µm.',
    });
  });

  it('names the channels of a separate picture only, with the limits of this FOV', () => {
    const contrastLimits = [
      [0, 1],
      [5, 9],
    ] as const;
    assert.deepEqual(compose(twoChannels, { contrastLimits }, [1]).text, {
      title: 'F1: CD3',
      alt: 'Multiplexed image of F1, showing CD3 in #123456.',
      caption: 'F1: CD3 (#123456, 5 to 9); intensities shown from black to full colour.',
    });
  });

  it('is about its own item, limits and width, whichever other was described before', () => {
    const recipe = { ...twoChannels, scaleBar: autoBar };
    const textOfCell = (label: number, input: Partial<RenderInput>): string[] => {
      const { title, alt, caption } = compose(recipe, {
        focal: { label, radiusPx: 1, box: undefined },
        ...input,
      } as never).text;
      return [title, alt, caption];
    };
    const wanted = (label: number, high: string, wide: string, bar: string): string[] => [
      `F1, cell ${label}: DNA, CD3`,
      `Multiplexed image of F1, cell ${label}, showing DNA in blue and CD3 in #123456. The picture is ${wide} wide. A scale bar marks ${bar}.`,
      `F1, cell ${label}: DNA (blue, 0 to ${high}), CD3 (#123456, 0 to 1); intensities shown from black to full colour; scale bar, ${bar}.`,
    ];
    const limits = (high: number): Partial<RenderInput> => ({ contrastLimits: [[0, high], [0, 1]] }); // prettier-ignore
    for (let round = 0; round < 2; round++) {
      assert.deepEqual(textOfCell(1, { pixelSizeUm: 0.5, ...limits(5) }), wanted(1, '5', '50 µm', '5 µm'));
      assert.deepEqual(textOfCell(2, { pixelSizeUm: 0.5, ...limits(5) }), wanted(2, '5', '50 µm', '5 µm'));
      assert.deepEqual(textOfCell(2, { pixelSizeUm: 0.5, ...limits(6) }), wanted(2, '6', '50 µm', '5 µm'));
      assert.deepEqual(textOfCell(2, { pixelSizeUm: 1, ...limits(6) }), wanted(2, '6', '100 µm', '10 µm'));
    }
  });

  it('says white of a channel in grayscale', () => {
    const { text } = compose({ ...twoChannels, separate: 'channels', grayscale: true }, {}, [0]);
    assert.equal(text.alt, 'Multiplexed image of F1, showing DNA in white.');
    assert.equal(text.caption, 'F1: DNA (white, 0 to 1); intensities shown from black to full colour.');
  });

  it('speaks of a segmentation where there are masks only', () => {
    const recipe: Recipe = { ...twoChannels, masksOnly: true, masks: [outline], scaleBar: autoBar };
    assert.deepEqual(compose(recipe, { pixelSizeUm: 20 }).text, {
      title: 'F1',
      alt: 'Segmentation of F1, with whole_cell outlined in white. The picture is 2 mm wide. A scale bar marks 200 µm.',
      caption: 'F1; whole_cell outlined in white; scale bar, 200 µm.',
    });
  });

  it('states the width of what is seen, downsampled or not', () => {
    for (const downsample of [1, 2, 5]) {
      const { text } = compose({ ...exampleRecipe, downsample }, { pixelSizeUm: 0.39 });
      assert.ok(text.alt.endsWith('. The picture is 39 µm wide.'), text.alt);
    }
  });
});

describe('what is written on a figure', () => {
  it('is nothing unless asked', () => {
    assert.deepEqual(compose(twoChannels, { pixelSizeUm: 1 }).decorations, []);
  });

  it('is a bar of its exact length', () => {
    const recipe: Recipe = { ...exampleRecipe, scaleBar: { ...autoBar, maxPercent: 25 }, downsample: 2 };
    const expected: Decoration = {
      name: 'scale-bar',
      place: 'top-right',
      color: 'black',
      label: '5 µm',
      lengthPx: 5 / 0.78,
      lengthUm: 5,
    };
    assert.deepEqual(compose(recipe, { pixelSizeUm: 0.39 }).decorations, [expected]);
  });

  it('has the font of its print width', () => {
    const recipe: Recipe = { ...exampleRecipe, print: { widthMm: 25.4, fontPt: 7.2 } };
    assert.equal(compose(recipe).fontPx, 10); // 100 px on an inch
    assert.equal(compose(exampleRecipe).fontPx, undefined);
  });

  it('is in title and caption with this picture in place of tokens', () => {
    const all = '{fov}|{channel}|{marker_set}|{index}|{scale_bar}|{pixel_size}|{width}';
    const bare: Recipe = {
      ...twoChannels,
      title: { text: all, place: 'top-left' },
      caption: { text: '{{{description}}}', place: 'margin' },
    };
    const recipe: Recipe = { ...bare, markerSet: 'T cells', scaleBar: autoBar };
    const figure = compose(recipe, { pixelSizeUm: 0.5 });
    assert.equal(textOf(figure, 'title'), 'F1|DNA, CD3|T cells|3|5 µm|500 nm|50 µm');
    assert.equal(textOf(figure, 'caption'), `{${figure.text.caption}}`);
    assert.equal(textOf(compose(recipe, { pixelSizeUm: 0.5 }, [1]), 'title'), 'F1|CD3|T cells|3|5 µm|500 nm|50 µm');
    assert.equal(textOf(compose(bare), 'title'), 'F1|DNA, CD3||3|||');
  });

  it('leaves out a title of which nothing remains', () => {
    const title = { text: ' {scale_bar}\n{pixel_size} ', place: 'top-left' } as const;
    assert.deepEqual(compose({ ...exampleRecipe, title }).decorations, []);
  });

  it('comes as bar, channels, classes, title, caption, each at its place', () => {
    const recipe: Recipe = {
      ...exampleRecipe,
      scaleBar: { ...autoBar, place: 'margin' },
      legend: { channels: 'names', channelsPlace: 'bottom-left', classes: true, classesPlace: 'bottom-right' },
      annotation: { name: 'tissue', alpha: 1, background: false, otherColor: '#808080' },
      title: { text: 'T', place: 'top-right' },
      caption: { text: 'C', place: 'top-left' },
    };
    const { decorations } = compose(recipe, { pixelSizeUm: 1, annotation: labelsOf(1) });
    assert.deepEqual(
      decorations.map(({ name, place }) => [name, place]),
      [
        ['scale-bar', 'margin'],
        ['channel-legend', 'bottom-left'],
        ['class-legend', 'bottom-right'],
        ['title', 'top-right'],
        ['caption', 'top-left'],
      ],
    );
  });
});

describe('the channel legend', () => {
  const names: Recipe = { ...twoChannels, legend: { ...exampleRecipe.legend, channels: 'names' } };
  const limits: Recipe = { ...twoChannels, legend: { ...exampleRecipe.legend, channels: 'limits' } };

  it('names channels beside their colours', () => {
    assert.deepEqual(rowsOf(compose(names), 'channel-legend'), [
      { name: 'DNA', swatch: '#0000ff' },
      { name: 'CD3', swatch: '#123456' },
    ]);
  });

  it('adds the contrast limits, with four digits', () => {
    assert.deepEqual(rowsOf(compose(limits), 'channel-legend'), [
      { name: 'DNA', swatch: '#0000ff', ramp: { colors: ['#000000', '#0000ff'], low: '0', high: '1' } },
      { name: 'CD3', swatch: '#123456', ramp: { colors: ['#000000', '#123456'], low: '0.0001235', high: '1235' } },
    ]);
  });

  it('has the channels that are drawn, white in grayscale', () => {
    assert.deepEqual(rowsOf(compose({ ...limits, separate: 'channels', grayscale: true }, {}, [1]), 'channel-legend'), [
      { name: 'CD3', swatch: '#ffffff', ramp: { colors: ['#000000', '#ffffff'], low: '0.0001235', high: '1235' } },
    ]);
  });

  it('is not there for masks only', () => {
    assert.deepEqual(compose({ ...limits, masksOnly: true, masks: [outline] }).decorations, []);
  });
});

describe('the class legend', () => {
  const legend: Recipe['legend'] = { ...exampleRecipe.legend, classes: true };

  function annotated(changes: Partial<NonNullable<Recipe['annotation']>>): Recipe {
    return {
      ...exampleRecipe,
      legend,
      annotation: { name: 'tissue', alpha: 0.5, background: false, otherColor: '#808080', ...changes },
    };
  }

  it('has the classes of the annotation that are in the picture, by number', () => {
    const recipe = annotated({
      colors: { '1': '#ff0000', '2': '#00ff00', '10': '#0000ff' },
      names: { '10': 'stroma', '1': 'tumor' },
    });
    assert.deepEqual(rowsOf(compose(recipe, { annotation: labelsOf(10, 1, 1, 7) }), 'class-legend'), [
      { name: 'tissue' },
      { name: 'tumor', swatch: '#ff0000' },
      { name: 'class 7', swatch: '#808080' },
      { name: 'stroma', swatch: '#0000ff' },
    ]);
  });

  it('has the background only where it is painted', () => {
    const names = { '0': 'glass' };
    const expected = [{ name: 'tissue' }, { name: 'glass', swatch: '#808080' }, { name: 'class 1', swatch: '#e69f00' }];
    const annotation = labelsOf(1);
    assert.deepEqual(rowsOf(compose(annotated({ names, background: true }), { annotation }), 'class-legend'), expected);
    const [heading, , one] = expected;
    assert.deepEqual(rowsOf(compose(annotated({ names }), { annotation }), 'class-legend'), [heading, one]);
  });

  it('is not there without classes in the picture, or if it is off', () => {
    assert.deepEqual(compose(annotated({}), { annotation: labelsOf() }).decorations, []);
    const off = { ...annotated({}), legend: exampleRecipe.legend };
    assert.deepEqual(compose(off, { annotation: labelsOf(1) }).decorations, []);
  });

  it('leaves out what lies beyond the crop', () => {
    const region = { x: 1, y: 0, widthPx: 60, heightPx: 20 };
    const recipe = annotated({ colors: { '1': '#ff0000', '2': '#00ff00' } });
    assert.deepEqual(rowsOf(compose(recipe, { annotation: labelsOf(1, 2), region }), 'class-legend'), [
      { name: 'tissue' },
      { name: 'class 2', swatch: '#00ff00' },
    ]);
  });

  function cells(by: Partial<ColorBy>, mode: MaskLayer['mode'] = 'fill'): Recipe {
    const color: ColorBy = { column: 'cell type', otherColor: '#a0a0a0', ...by };
    return { ...exampleRecipe, legend, masks: [outline, { ...outline, mode, color }] };
  }
  const classes: Record<string, HexColor> = { T: '#ff0000', B: '#00ff00', M: '#0000ff' };

  function cellRows(recipe: Recipe, colors: [number, HexColor][], input: Partial<RenderInput> = {}) {
    const nameOf = (color: HexColor): string => Object.keys(classes).find((name) => classes[name] === color) ?? '';
    const cellClasses = [undefined, new Map(colors.map(([label, color]) => [label, nameOf(color)]))];
    return rowsOf(compose(recipe, { cellColors: [undefined, new Map(colors)], cellClasses, ...input }), 'class-legend');
  }

  it('has the classes of cells in the picture, in the order of the palette, and the others', () => {
    const rows = cellRows(cells({ colors: classes }), [
      [1, '#0000ff'],
      [2, '#ff0000'],
    ]);
    assert.deepEqual(rows, [
      { name: 'cell type' },
      { name: 'T', swatch: '#ff0000' },
      { name: 'M', swatch: '#0000ff' },
      { name: 'other', swatch: '#a0a0a0' },
    ]);
  });

  it('has no others where every cell has a class, and no class that no cell has, whatever its colour', () => {
    const every: [number, HexColor][] = [
      [1, '#0000ff'],
      [2, '#0000ff'],
      [3, '#0000ff'],
    ];
    assert.deepEqual(cellRows(cells({ colors: classes }), every), [
      { name: 'cell type' },
      { name: 'M', swatch: '#0000ff' },
    ]);
    assert.deepEqual(cellRows(cells({ colors: { ...classes, none: '#a0a0a0' } }), every.slice(1)), [
      { name: 'cell type' },
      { name: 'M', swatch: '#0000ff' },
      { name: 'other', swatch: '#a0a0a0' },
    ]);
  });

  it('leaves out cells beyond the crop, also where outlines look beyond it', () => {
    const region = { x: 2, y: 0, widthPx: 60, heightPx: 20 };
    const rows = cellRows(
      cells({ colors: classes }, 'outline'),
      [
        [1, '#ff0000'],
        [2, '#00ff00'],
        [3, '#0000ff'],
      ],
      { region },
    );
    assert.deepEqual(rows, [{ name: 'cell type' }, { name: 'M', swatch: '#0000ff' }]);
  });

  it('has a colour map with its range, and cells without a value', () => {
    const rows = cellRows(cells({ colorMap: 'greys', range: [0.5, 1234.56] }), [[1, '#ffffff']]);
    assert.deepEqual(rows.slice(0, 1), [{ name: 'cell type' }]);
    assert.equal(rows.length, 3);
    assert.deepEqual(rows[2], { name: 'no value', swatch: '#a0a0a0' });
    const { name, swatch, ramp } = rows[1];
    assert.deepEqual([name, swatch, ramp?.low, ramp?.high], ['greys', undefined, '0.5', '1235']);
    assert.ok(ramp!.colors.length >= 16);
    assert.equal(new Set(ramp!.colors).size, ramp!.colors.length);
    for (const color of ramp!.colors) assert.match(color, /^#([0-9a-f]{2})\1\1$/);
  });

  it('says through what values of a colour map went', () => {
    const by = { colorMap: 'viridis', range: [0, 10], arcsinhCofactor: 5 } as const;
    const rows = cellRows(cells(by), [
      [1, '#ffffff'],
      [2, '#ffffff'],
      [3, '#ffffff'],
    ]);
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['cell type', 'arcsinh(v/5)'],
    );
    assert.deepEqual([rows[1].ramp!.colors[0], rows[1].ramp!.colors.at(-1)], ['#440154', '#fde725']);
  });

  it('has annotation and cells below each other', () => {
    const recipe: Recipe = {
      ...cells({ colors: classes }),
      annotation: { name: 'tissue', alpha: 0.5, background: false, otherColor: '#808080' },
    };
    const rows = cellRows(recipe, [[1, '#ff0000']], { annotation: labelsOf(1) });
    assert.deepEqual(
      rows.map(({ name }) => name),
      ['tissue', 'class 1', 'cell type', 'T', 'other'],
    );
  });

  it('says nothing of masks of one colour', () => {
    assert.deepEqual(compose({ ...exampleRecipe, legend, masks: [outline] }).decorations, []);
  });
});
