import assert from 'node:assert/strict';
import { isExportError } from '../../src/core/model/exportError';
import { checkRequest, requestId } from '../../src/extension/checkRequest';
import { maxDroppedBytes } from '../../src/webview/protocol';
import { exampleRecipe } from '../support/exampleRecipe';

function start(change: object): unknown {
  return { kind: 'request', id: 3, method: 'start', params: { recipe: { ...exampleRecipe, ...change } } };
}

describe('checkRequest: nothing that the panel sends is trusted', () => {
  it('takes a request as it should be', () => {
    assert.deepEqual(checkRequest(start({})), start({}));
    for (const params of [{}, { anchor: 'corner' }]) {
      const request = { kind: 'request', id: 4, method: 'describeRois', params };
      assert.deepEqual(checkRequest(request), request);
    }
  });

  it('takes what the table of bad ones has just too much of', () => {
    const part = { part: 'cellTableFile' };
    const dropped = { name: 'a'.repeat(1000), bytes: new ArrayBuffer(1) };
    const good: [method: string, params: unknown][] = [
      ['choosePart', part],
      ['stepItem', { recipe: exampleRecipe, from: 'A', by: -1 }],
      ['preview', { recipe: exampleRecipe, item: 'A', channel: 0 }],
      ['listOutcomes', { state: 'failed', offset: 0 }],
      ['dropSettings', dropped],
      ['dropSettings', { uri: 'file:///a.png' }],
    ];
    for (const [method, params] of good) checkRequest({ kind: 'request', id: 1, method, params });
  });

  it('takes columns of the cell table and the unit of its centroids', () => {
    const params = { columns: { x: 'X' }, unit: 'um', mask: 'cells' };
    const request = { kind: 'request', id: 1, method: 'describeCells', params };
    assert.deepEqual(checkRequest(request), request);
  });

  it('takes at most 1000 channels and 1000 layers, and says how many were found', () => {
    const channel = exampleRecipe.channels[0];
    const mask = { name: 'm', mode: 'outline', color: '#ffffff', alpha: 1, widthPx: 1 };
    const annotation = { name: 'a', alpha: 1, background: false, otherColor: '#000000' };
    const many = <T>(each: T, count: number): T[] => Array<T>(count).fill(each);
    checkRequest(start({ channels: many(channel, 1000), masks: many(mask, 1000) }));
    checkRequest(start({ masks: many(mask, 999), annotation }));
    const refused: [change: object, message: string][] = [
      [{ channels: many(channel, 1001) }, 'recipe.channels: at most 1000 channels are possible, but found 1001.'],
      [{ masks: many(mask, 1001) }, 'recipe.masks: at most 1000 layers are possible, but found 1001.'],
      [{ masks: many(mask, 1000), annotation }, 'recipe.annotation: at most 1000 layers are possible, but found 1001.'],
      [
        { channels: many({ ...channel, channel: '' }, 10) },
        `${Array.from({ length: 8 }, (_, i) => `recipe.channels.${i}.channel: Too small: expected string to have >=1 characters`).join('; ')} and 2 more.`,
      ],
    ];
    for (const [change, message] of refused) {
      assert.throws(() => checkRequest(start(change)), { message: `The settings are not valid: ${message}` });
    }
    const contrast = (count: number): unknown => {
      return { kind: 'request', id: 1, method: 'autoContrast', params: { fovs: [], channels: many('DNA', count) } };
    };
    checkRequest(contrast(1000));
    assert.throws(() => checkRequest(contrast(1001)), { message: /channels: at most 1000 channels are possible/ });
  });

  it('takes any number of FOVs and labels', () => {
    const names = Array.from({ length: 200_000 }, (_, i) => `FOV${i}`);
    checkRequest(start({ fovs: names }));
    checkRequest({ kind: 'request', id: 1, method: 'autoContrast', params: { fovs: names, channels: ['DNA'] } });
  });

  const request = (method: string, params: unknown): object => ({ kind: 'request', id: 1, method, params });
  const recipe = exampleRecipe;
  const bad: [name: string, message: unknown][] = [
    ['something besides', { ...request('openFolder', null), command: 'x' }],
    ['an unknown part of a dataset', request('choosePart', { part: 'home' })],
    ['a part of a dataset with its path', request('choosePart', { part: 'cellTableFile', path: '/etc' })],
    ['an unknown role of a column', request('describeCells', { columns: { path: 'x' } })],
    ['half a step', request('stepItem', { recipe, from: 'A', by: 0.5 })],
    ['a channel before the first', request('preview', { recipe, item: 'A', channel: -1 })],
    ['a channel by name', request('preview', { recipe, item: 'A', channel: 'DNA' })],
    ['a page before the first', request('listItems', { recipe, offset: -1 })],
    ['a page of outcomes before the first', request('listOutcomes', { offset: -1 })],
    ['an unknown outcome', request('listOutcomes', { state: 'lost', offset: 0 })],
    ['a job by number', request('showJob', { id: 1 })],
    ['a file that is too large', request('dropSettings', { name: 'a', bytes: new ArrayBuffer(maxDroppedBytes + 1) })],
    ['a file of no bytes', request('dropSettings', { name: 'a', bytes: 'x' })],
    ['an endless name of a file', request('dropSettings', { name: 'a'.repeat(1001), bytes: new ArrayBuffer(1) })],
    ['an endless address', request('dropSettings', { uri: `file:///${'a'.repeat(10_000)}` })],
    ['no object', 'start'],
    ['another kind', { kind: 'result', id: 1, method: 'ready', params: null }],
    ['an unknown method', { kind: 'request', id: 1, method: 'executeCommand', params: null }],
    ['a method of Object', { kind: 'request', id: 1, method: 'constructor', params: null }],
    ['parameters where none belong', { kind: 'request', id: 1, method: 'openFolder', params: { folder: '/etc' } }],
    [
      'another unit of centroids',
      { kind: 'request', id: 1, method: 'describeCells', params: { columns: {}, unit: 'mm' } },
    ],
    ['another place of a box', { kind: 'request', id: 1, method: 'describeRois', params: { anchor: 'top' } }],
    ['no parameters', { kind: 'request', id: 1, method: 'preview' }],
    ['a recipe with an unknown key', start({ outputFolder: '/etc' })],
    ['limits in the wrong order', start({ channels: [{ channel: 'DNA', color: '#0000ff', contrastLimits: [1, 0] }] })],
    [
      'a limit that is no number',
      start({ channels: [{ channel: 'DNA', color: '#0000ff', contrastLimits: [0, Infinity] }] }),
    ],
    ['no channel', start({ channels: [] })],
    ['a downsample of zero', start({ downsample: 0 })],
    ['masks only without a mask', start({ masksOnly: true })],
    ['white channels that are not apart', start({ grayscale: true })],
    ['no format', start({ formats: [] })],
    ['a format twice', start({ formats: ['png', 'png'] })],
    [
      'a percentile above 100',
      start({ channels: [{ ...exampleRecipe.channels[0], contrastLimits: [0, { percentile: 101 }] }] }),
    ],
    [
      'a palette and a colour map for one column',
      start({
        masks: [
          {
            name: 'm',
            mode: 'fill',
            color: { column: 'c', colors: {}, colorMap: 'viridis', otherColor: '#000000' },
            alpha: 1,
            widthPx: 1,
          },
        ],
      }),
    ],
    [
      'a colour that is no colour',
      start({ masks: [{ name: 'm', mode: 'outline', color: 'url(x)', alpha: 1, widthPx: 1 }] }),
    ],
  ];
  for (const [name, message] of bad) {
    it(`refuses ${name}`, () => {
      assert.throws(
        () => checkRequest(message),
        (error) => isExportError(error, 'Usage', 'RecipeInvalid'),
      );
    });
  }

  it('finds the id of a malformed request, so that it is answered, too', () => {
    assert.equal(requestId({ id: 7, method: 42 }), 7);
    assert.equal(requestId({ id: 'x' }), undefined);
    assert.equal(requestId(null), undefined);
  });
});
