import assert from 'node:assert/strict';
import { planFiles } from '../../src/core/plan/planFiles';
import type { Recipe } from '../../src/core/model/recipe';
import { exampleRecipe } from '../support/exampleRecipe';

function endings(change: Partial<Recipe>): (readonly [string, string])[] {
  return planFiles({ ...exampleRecipe, ...change }).map(({ channel, extension, channels }) => [
    (channel === undefined ? '' : `_${channel}`) + extension,
    channels?.join() ?? '',
  ]);
}

const channel = (name: string, color: '#ff0000' | '#0000ff'): Recipe['channels'][number] => ({
  channel: name,
  color,
  contrastLimits: [0, 1],
});
const channels = [channel('CD3', '#ff0000'), channel('DNA', '#0000ff'), channel('CD8', '#ff0000')];

describe('planFiles', () => {
  it('one picture in each format', () => {
    assert.deepEqual(endings({ channels, formats: ['png', 'jpeg', 'ome-tiff'] }), [
      ['.png', ''],
      ['.jpg', ''],
      ['.ome.tiff', ''],
    ]);
  });

  it('a picture for each channel; the unrendered channels stay together', () => {
    assert.deepEqual(endings({ channels, separate: 'channels', formats: ['webp', 'ome-tiff'] }), [
      ['_CD3.webp', '0'],
      ['_DNA.webp', '1'],
      ['_CD8.webp', '2'],
      ['.ome.tiff', ''],
    ]);
  });

  it('a picture for each colour, in order of first appearance', () => {
    assert.deepEqual(endings({ channels, separate: 'colors' }), [
      ['_CD3_CD8.png', '0,2'],
      ['_DNA.png', '1'],
    ]);
  });

  it('numbers names that would be one, also by letter case', () => {
    const clashing = [channel('a/b', '#ff0000'), channel('A_b', '#0000ff')];
    assert.deepEqual(endings({ channels: clashing, separate: 'channels' }), [
      ['_a_b.png', '0'],
      ['_A_b_2.png', '1'],
    ]);
  });
});
