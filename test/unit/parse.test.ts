import assert from 'node:assert/strict';
import { parseAnnotation } from '../../src/cli/parseAnnotation';
import { parseChannel } from '../../src/cli/parseChannel';
import { parseFlags } from '../../src/cli/flags';
import { parseMask } from '../../src/cli/parseMask';
import { parseColor } from '../../src/core/model/color';
import { isExportError } from '../../src/core/model/exportError';

function isUsage(error: unknown): boolean {
  return isExportError(error, 'Usage');
}

describe('parseChannel reads from the right', () => {
  const table: [text: string, channel: string, color: string, limits: unknown[]][] = [
    ['DNA=blue:0:500', 'DNA', '#0000ff', [0, 500]],
    ['CD3=#FF0000:-1.5:2e3', 'CD3', '#ff0000', [-1.5, 2000]],
    ['a=b:c=green:1:2', 'a=b:c', '#00ff00', [1, 2]],
    ['X=white:p0.1:p99.8', 'X', '#ffffff', [{ percentile: 0.1 }, { percentile: 99.8 }]],
    ['NaK ATPase=Magenta:0:p100', 'NaK ATPase', '#ff00ff', [0, { percentile: 100 }]],
  ];
  for (const [text, channel, color, limits] of table) {
    it(text, () => {
      assert.deepEqual(parseChannel(text), { channel, color, contrastLimits: limits });
    });
  }
  for (const text of [
    'DNA',
    'DNA=blue',
    'DNA=blue:1',
    '=blue:0:1',
    'DNA=bleu:0:1',
    'DNA=blue:x:1',
    'DNA=blue:0:',
    'DNA=blue:0:p101',
    'DNA=blue:0:0x10',
    'DNA=blue:0:1e999',
    'DNA=blue:NaN:1',
  ]) {
    it(`refuses ${text}`, () => {
      assert.throws(() => parseChannel(text), isUsage);
    });
  }
});

const colorBy = { otherColor: '#a0a0a0' } as const;

describe('parseMask', () => {
  it('has defaults', () => {
    assert.deepEqual(parseMask('whole_cell', colorBy), {
      name: 'whole_cell',
      mode: 'outline',
      color: '#ffffff',
      alpha: 1,
      widthPx: 1,
    });
  });
  it('reads every option', () => {
    assert.deepEqual(parseMask('n,color=red,alpha=0.5,width=3px,mode=outline', colorBy), {
      name: 'n',
      mode: 'outline',
      color: '#ff0000',
      alpha: 0.5,
      widthPx: 3,
    });
  });
  for (const text of [
    '',
    'm,alpha=2',
    'm,width=0',
    'm,width=1.5px',
    'm,mode=glow',
    'm,colour=red',
    'm,color=nope',
    'm,alpha=',
    'm,color=by:',
    'm,color=red,color=blue',
    'm,mode=fill,width=2px',
  ]) {
    it(`refuses "${text}"`, () => {
      assert.throws(() => parseMask(text, colorBy), isUsage);
    });
  }
});

describe('parseMask with a column', () => {
  it('takes what the other flags say of its colours', () => {
    const layer = parseMask('m,mode=fill,color=by:CD3 mean', { ...colorBy, colorMap: 'magma' });
    assert.deepEqual(layer.color, { column: 'CD3 mean', otherColor: '#a0a0a0', colorMap: 'magma' });
  });
});

describe('parseAnnotation', () => {
  it('paints half, without the background, unless told otherwise', () => {
    assert.deepEqual(parseAnnotation('region'), {
      name: 'region',
      alpha: 0.5,
      background: false,
      otherColor: '#a0a0a0',
    });
    const { alpha, background } = parseAnnotation('region,alpha=1,background=on');
    assert.deepEqual([alpha, background], [1, true]);
  });
  for (const text of ['', 'a,alpha=-1', 'a,background=yes', 'a,color=red', 'a,alpha']) {
    it(`refuses "${text}"`, () => {
      assert.throws(() => parseAnnotation(text), isUsage);
    });
  }
});

describe('parseFlags', () => {
  const flags = [
    { name: 'fov', value: 'NAME', group: 'g', help: '', repeatable: true },
    { name: 'out', value: 'DIR', group: 'g', help: '' },
    { name: 'json', group: 'g', help: '' },
  ];
  it('reads values, switches and positionals in any order', () => {
    const parsed = parseFlags('c', flags, ['data', '--fov', 'A', '--json', '--fov=B=C', '--', '--odd']);
    assert.deepEqual(parsed.positionals, ['data', '--odd']);
    assert.deepEqual(parsed.texts('fov'), ['A', 'B=C']);
    assert.equal(parsed.on('json'), true);
    assert.equal(parsed.text('out'), undefined);
  });
  for (const args of [['--nope'], ['-f'], ['--out'], ['--out', 'a', '--out', 'b'], ['--json=1'], ['--out=']]) {
    it(`refuses ${args.join(' ')}`, () => {
      assert.throws(() => parseFlags('c', flags, args), isUsage);
    });
  }
});

describe('parseColor', () => {
  it('takes green for full green, unlike CSS', () => {
    assert.equal(parseColor('Green'), '#00ff00');
  });
  for (const text of ['#fff', 'rgb(1,2,3)', '#gggggg', 'constructor', '']) {
    it(`does not know "${text}"`, () => {
      assert.equal(parseColor(text), undefined);
    });
  }
});
