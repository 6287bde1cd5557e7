import assert from 'node:assert/strict';
import { parseAnnotation } from '../../src/cli/parseAnnotation';
import { parseChannel } from '../../src/cli/parseChannel';
import { cellsFlags, fovsFlags, roisFlags } from '../../src/cli/exportCommands';
import { asksForHelp, type Flag, parseFlags } from '../../src/cli/flags';
import { importFlags } from '../../src/cli/importCommand';
import { inspectFlags } from '../../src/cli/inspect';
import { cancelFlags, resumeFlags, statusFlags } from '../../src/cli/jobCommands';
import { parseMask } from '../../src/cli/parseMask';
import { previewFlags } from '../../src/cli/preview';
import { runCommandFlags } from '../../src/cli/runCommand';
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
  it('takes what begins with one dash for a value, and what follows "=" as it stands', () => {
    const values: [args: string[], out: string][] = [
      [['--out', '-2:5'], '-2:5'],
      [['--out', '-x'], '-x'],
      [['--out', '-'], '-'],
      [['--out', '-h'], '-h'],
      [['--out=--x'], '--x'],
      [['--out=--'], '--'],
      [['--out=a=b'], 'a=b'],
    ];
    for (const [args, out] of values) assert.equal(parseFlags('c', flags, args).text('out'), out, args.join(' '));
  });

  const refused: [args: string[], message: RegExp][] = [
    [['--nope'], /^Unknown flag --nope\. See batch-export c --help\.$/],
    [['-f'], /^Unknown flag -f\./],
    [['-fov', 'A'], /^Unknown flag -fov\./],
    [['--out'], /^--out needs a value: DIR\. See/],
    [['--out='], /^--out needs a value: DIR\. See/],
    [['--out', ''], /^--out needs a value: DIR\. See/],
    [['--out', ' \t'], /^--out needs a value: DIR\. See/],
    // A forgotten value takes no flag for one, known or not.
    [['--out', '--json'], /^--out needs a value: DIR, but found --json; write --out=--json if /],
    [['--fov', '--fov', 'A'], /^--fov needs a value: NAME, but found --fov;/],
    [['--out', '--else=1'], /^--out needs a value: DIR, but found --else=1;/],
    [['--out', '--'], /^--out needs a value: DIR, but found --;/],
    [['--out', '--help'], /^--out needs a value: DIR, but found --help;/],
    [['--out', 'a', '--out', 'b'], /^--out is given twice\./],
    [['--json', '--json'], /^--json is given twice\./],
    [['--json=1'], /^--json takes no value, but found "1"\./],
    [['--json='], /^--json takes no value, but found ""\./],
  ];
  for (const [args, message] of refused) {
    it(`refuses ${JSON.stringify(args.join(' '))}`, () => {
      assert.throws(
        () => parseFlags('c', flags, args),
        (error: Error) => isUsage(error) && message.test(error.message),
      );
    });
  }

  it('knows who asks for help, and not whose value looks like it', () => {
    for (const args of [['--help'], ['data', '-h'], ['--out', 'x', '--help'], ['--out', '--help']]) {
      assert.equal(asksForHelp(flags, args), true, args.join(' '));
    }
    for (const args of [['--out', '-h'], ['--out=--help'], ['--', '--help'], ['--fov', '-h', '--fov', '-h']]) {
      assert.equal(asksForHelp(flags, args), false, args.join(' '));
    }
  });
});

describe('every flag of every command', () => {
  const tables = {
    fovs: fovsFlags,
    cells: cellsFlags,
    rois: roisFlags,
    preview: previewFlags,
    run: runCommandFlags,
    inspect: inspectFlags,
    import: importFlags,
    status: statusFlags,
    resume: resumeFlags,
    cancel: cancelFlags,
  };
  const refuses = (command: string, table: readonly Flag[], args: string[], message: RegExp): void => {
    assert.throws(
      () => parseFlags(command, table, args),
      (error: Error) => isUsage(error) && message.test(error.message),
      `${command} ${args.join(' ')}`,
    );
  };
  for (const [command, table] of Object.entries(tables)) {
    it(`of ${command} is refused by name without its value, with one too many, and twice`, () => {
      for (const { name, value, repeatable } of table) {
        const flag = `--${name}`;
        if (value === undefined) {
          refuses(command, table, [`${flag}=yes`], new RegExp(`^${flag} takes no value, but found "yes"`));
          refuses(command, table, [flag, flag], new RegExp(`^${flag} is given twice`));
          continue;
        }
        refuses(command, table, ['D', flag, '--scale-bar', 'off'], new RegExp(`^${flag} needs a .*found --scale-bar;`));
        refuses(command, table, ['D', flag], new RegExp(`^${flag} needs a value`));
        refuses(command, table, ['D', `${flag}=`], new RegExp(`^${flag} needs a value`));
        assert.equal(parseFlags(command, table, [flag, '-2:5']).text(name), '-2:5');
        assert.equal(parseFlags(command, table, [`${flag}=--x`]).text(name), '--x');
        if (!repeatable) refuses(command, table, [flag, 'a', `${flag}=b`], new RegExp(`^${flag} is given twice`));
      }
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
