import assert from 'node:assert/strict';
import { plannedItemReader } from '../../src/core/job/plannedItemReader';
import { plannedItemSchema } from '../../src/core/model/plannedItem';

const region = { x: 0, y: 0, widthPx: 8, heightPx: 8 };

/** In no order that anybody promises. */
const cell = (label: number, fov = 'A', more: object = {}): Record<string, unknown> => ({
  label,
  id: `${fov}:${label}`,
  masks: [{ name: 'cells', file: `masks/${fov}.tiff` }],
  channels: [
    { name: 'DNA', file: `${fov}/DNA.tiff`, plane: { page: 0, sample: 0 } },
    { name: 'CD3', file: `${fov}/CD3.tiff`, later: 'what a newer version says' },
  ],
  fov,
  files: [{ path: `${fov}_${label}.png`, format: 'png' }],
  region,
  pixelSize: { um: 0.5, origin: 'given' },
  ...more,
});

describe('the items of a plan', () => {
  it('are read as the schema says, key by key, whichever others were read before', () => {
    const read = plannedItemReader();
    const cells = [cell(1), cell(2), cell(3, 'B'), cell(4, 'A', { own: { downsample: 2 } }), cell(5), cell(6, 'B')];
    for (const each of cells) {
      const line = JSON.stringify(each);
      assert.equal(JSON.stringify(read(line)), JSON.stringify(plannedItemSchema.parse(JSON.parse(line))));
    }
  });

  it('share what they say in the same words', () => {
    const read = plannedItemReader();
    const [first, second, other] = [cell(1), cell(2), cell(3, 'B')].map((each) => read(JSON.stringify(each)));
    assert.equal(second.channels, first.channels);
    assert.equal(second.masks, first.masks);
    assert.equal(second.pixelSize, first.pixelSize);
    assert.equal(other.pixelSize, first.pixelSize);
    assert.notEqual(other.channels, first.channels);
  });

  it('are refused for what is wrong in one of them, also where the rest was read before', () => {
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ region: { ...region, x: 0.5 } }, /"region"/],
      [{ channels: [{ name: 'DNA', file: '' }] }, /"channels"/],
      [{ masks: undefined }, /"masks"/],
      [{ own: { downsample: 'much' } }, /"own"/],
      [{ pixelSize: 1 }, /"pixelSize"/],
    ];
    for (const [more, place] of wrong) {
      const read = plannedItemReader();
      read(JSON.stringify(cell(1)));
      assert.throws(() => read(JSON.stringify(cell(2, 'A', more))), place);
    }
    assert.throws(() => plannedItemReader()('null'));
    assert.throws(() => plannedItemReader()('[]'));
  });

  it('are not mixed up where two of their parts have the same words', () => {
    const read = plannedItemReader();
    const same = [{ name: 'DNA', file: 'A/DNA.tiff' }];
    const item = read(JSON.stringify(cell(1, 'A', { channels: same, masks: same })));
    assert.deepEqual([item.channels, item.masks], [same, same]);
    // What is a channel is no pixel size, though its words are known.
    assert.throws(
      () => read(JSON.stringify(cell(2, 'A', { channels: same, masks: same, pixelSize: same }))),
      /"pixelSize"/,
    );
  });
});
