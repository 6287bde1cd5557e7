import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TiffOptions } from '../../sample/writeTiff';
import type { Dataset } from '../../src/core/model/dataset';
import { locateDataset } from '../../src/core/read/locateDataset';
import { openDataset } from '../../src/core/read/openDataset';
import { plane, smallDataset, writePlane } from '../support/dataset';
import { ordinaryUser } from '../support/ordinaryUser';
import { runCli } from '../support/runCli';
import { temporaryFolder } from '../support/temporaryFolder';

const flat = plane(6, 4, () => 9);

function ome(...names: string[]): TiffOptions {
  const channels = names.map((name, i) => `<Channel ID="Channel:0:${i}" Name="${name}"/>`).join('');
  return {
    imageDescription: `<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint16" SizeX="6" SizeY="4" SizeC="${names.length}" SizeZ="1" SizeT="1">${channels}<TiffData IFD="0"/></Pixels></Image></OME>`,
  };
}

function write(folder: string, name: string, options: TiffOptions = {}): string {
  const file = path.join(folder, name);
  writePlane(file, flat, options);
  return file;
}

function namesOf({ fovs }: Dataset): Record<string, string[]> {
  return Object.fromEntries(
    fovs.map((fov) => [
      fov.name,
      [...fov.channels.map(({ name }) => name), ...fov.masks.map(({ name }) => `+${name}`)],
    ]),
  );
}

function messagesOf({ warnings }: Dataset, folder: string): string[] {
  return warnings.map(({ code, message }) => `${code}: ${message.replaceAll(folder, '')}`);
}

describe('a file that is named is the dataset', () => {
  const besides: Readonly<Record<string, (folder: string) => void>> = {
    'nothing else': () => undefined,
    'a folder of TIFFs, which could be a FOV': (folder) => void write(folder, 'crops/a.tiff'),
    'many folders of TIFFs': (folder) => {
      for (const name of ['F1', 'F2', 'F3', 'F4', 'F5']) write(folder, `${name}/DNA.tiff`);
    },
    'a folder of stacks': (folder) => void write(folder, 'more/B.ome.tif', ome('CD3')),
    'an OME-Zarr': (folder) => {
      mkdirSync(path.join(folder, 'other.zarr'));
      writeFileSync(path.join(folder, 'other.zarr', '.zgroup'), '{"zarr_format": 2}');
    },
    'another stack': (folder) => void write(folder, 'other.ome.tif', ome('CD8')),
    'a folder that is a done job': (folder) => {
      write(folder, 'done/slide.png.tiff');
      mkdirSync(path.join(folder, 'done', '.batch-export-jobs'));
    },
  };
  for (const [what, make] of Object.entries(besides)) {
    it(`beside ${what}`, async () => {
      const folder = temporaryFolder();
      const file = write(folder, 'slide.ome.tif', ome('DNA'));
      write(folder, 'masks/slide_whole_cell.tif');
      writeFileSync(path.join(folder, 'cell_table.csv'), 'fov,label\nslide,3\n');
      make(folder);
      for (const { dataset } of [{ dataset: await openDataset(file) }, await locateDataset([file])]) {
        const { slide } = namesOf(dataset);
        assert.deepEqual(slide, ['DNA', '+whole_cell']);
        assert.deepEqual([dataset.folder, dataset.cellTable?.rows], [folder, 1]);
      }
      const dataset = await openDataset(file);
      assert.deepEqual([namesOf(dataset), dataset.image], [{ slide: ['DNA', '+whole_cell'] }, file]);
    });
  }

  it('whatever its TIFF is called', async () => {
    for (const name of ['slide.TIF', 'slide.tiff', 'slide.qptiff', 'slide.ome.qptiff']) {
      const folder = temporaryFolder();
      write(folder, 'crops/a.tiff');
      const file = write(folder, name, ome('DNA'));
      assert.deepEqual(namesOf(await openDataset(file)), { slide: ['DNA'] }, name);
      rmSync(path.join(folder, 'crops'), { recursive: true });
      assert.deepEqual(namesOf(await openDataset(folder)), { slide: ['DNA'] }, name);
    }
  });

  it('and is exported by the command line', () => {
    const folder = temporaryFolder();
    const file = write(folder, 'slide.ome.tif', ome('DNA'));
    write(folder, 'crops/a.tiff');
    const out = path.join(temporaryFolder(), 'out');
    const { exitCode, stdout } = runCli('fovs', file, '--channel', 'DNA=white:0:9', '--scale-bar', 'off', '--out', out);
    assert.deepEqual([exitCode, stdout.split('\n')[0]], [0, 'slide.png'], stdout);
  });

  it('or is refused with the reason, if it holds no image of many channels or cannot be read', async () => {
    const folder = temporaryFolder();
    write(folder, 'F1/DNA.tiff');
    const broken = path.join(folder, 'broken.tif');
    writeFileSync(broken, 'no TIFF at all');
    await assert.rejects(openDataset(broken), {
      code: 'DatasetInvalid',
      message:
        /^Expected an image of many channels in .*broken\.tif, but found none\. Expected a TIFF image in .*broken\.tif, but it cannot be read: /,
    });
    await assert.rejects(openDataset(write(folder, 'one.tif')), /many channels in .*one\.tif, but found none\.$/);
  });
});

describe('links that lead nowhere are said with their full path, and the rest goes on', () => {
  it('a FOV, a channel, a mask and a table', async () => {
    const folder = smallDataset(['A', 'B']);
    const gone = path.join(temporaryFolder(), 'gone');
    symlinkSync(gone, path.join(folder, 'C'));
    symlinkSync(path.join(gone, 'CD8.tiff'), path.join(folder, 'A', 'CD8.tiff'));
    symlinkSync('nuclear.tiff', path.join(folder, 'masks', 'A_nuclear.tiff'));
    symlinkSync(gone, path.join(folder, 'masks', 'membrane'));
    symlinkSync(gone, path.join(folder, 'cell_table.csv'));
    const dataset = await openDataset(folder);
    assert.deepEqual(namesOf(dataset), { A: ['CD3', 'DNA', '+whole_cell'], B: ['CD3', 'DNA', '+whole_cell'] });
    const left = 'ImageUnreadable: Left out, because the links cannot be followed:';
    assert.deepEqual(messagesOf(dataset, folder), [
      `${left} /C leads to ${gone}, where nothing is, /cell_table.csv leads to ${gone}, where nothing is.`,
      `${left} /A/CD8.tiff leads to ${gone}/CD8.tiff, where nothing is.`,
      `${left} /masks/A_nuclear.tiff leads to /masks/nuclear.tiff, where nothing is, /masks/membrane leads to ${gone}, where nothing is.`,
    ]);
    const said = runCli('inspect', folder)
      .stdout.split('\n')
      .filter((line) => line.startsWith('problem'));
    assert.equal(said.length, 3, said.join('\n'));
  });

  it('links in a circle', async () => {
    const folder = smallDataset(['A']);
    symlinkSync('b.tiff', path.join(folder, 'A', 'a.tiff'));
    symlinkSync('a.tiff', path.join(folder, 'A', 'b.tiff'));
    assert.match(
      messagesOf(await openDataset(folder), folder).join('\n'),
      /\/A\/a\.tiff leads to \/A\/b\.tiff, in a circle/,
    );
  });

  it('a FOV of which only links are left fails by its name, as a FOV that is not permitted does', async () => {
    const folder = smallDataset(['A', 'B']);
    const gone = path.join(temporaryFolder(), 'DNA.tiff');
    for (const name of ['DNA.tiff', 'CD3.tif']) rmSync(path.join(folder, 'B', name));
    symlinkSync(gone, path.join(folder, 'B', 'DNA.tiff'));
    const { fovs, warnings } = await openDataset(folder);
    assert.deepEqual(warnings, []);
    assert.equal(
      fovs[1].error?.message.replaceAll(folder, ''),
      `Expected channels of FOV B in /B, but found none. Left out, because the links cannot be followed: /B/DNA.tiff leads to ${gone}, where nothing is.`,
    );
  });

  it('rescaled/ that is gone is said: it would count before the files that are there', async () => {
    const folder = smallDataset(['A']);
    symlinkSync('../gone', path.join(folder, 'A', 'rescaled'));
    assert.match(
      messagesOf(await openDataset(folder), folder).join('\n'),
      /\/A\/rescaled leads to \/gone, where nothing is/,
    );
  });

  it('links that lead somewhere are followed, and out of the dataset said', async () => {
    const folder = smallDataset(['A']);
    const elsewhere = temporaryFolder();
    renameSync(path.join(folder, 'A'), path.join(elsewhere, 'A'));
    symlinkSync(path.join(elsewhere, 'A'), path.join(folder, 'A'));
    const dataset = await openDataset(folder);
    assert.deepEqual([dataset.fovs.length, dataset.warnings.map(({ code }) => code)], [1, ['LinksLeadOut']]);
  });
});

describe('folders that may not be entered', function () {
  this.timeout(60_000);

  it('are said with their full path, and the rest goes on', function () {
    const folder = smallDataset(['A', 'B', 'C']);
    const masks = path.join(folder, 'masks');
    mkdirSync(path.join(masks, 'nuclear'));
    mkdirSync(path.join(folder, 'annotations'));
    mkdirSync(path.join(folder, 'C', 'rescaled'));
    const closed = ['B', 'masks/nuclear', 'annotations', 'C/rescaled'];
    chmodSync(folder, 0o755);
    for (const name of closed) chmodSync(path.join(folder, name), 0);
    try {
      const result = ordinaryUser(this).run('inspect', folder, '--json');
      assert.equal(result.exitCode, 0, result.stderr);
      const { fovs, problems } = JSON.parse(result.stdout) as {
        fovs: { name: string; channels: string[]; masks: string[] }[];
        problems: { message: string }[];
      };
      assert.deepEqual(
        fovs.map(({ name, channels, masks: found }) => [name, channels.length, found]),
        [
          ['A', 2, ['whole_cell']],
          ['B', 0, ['whole_cell']],
          ['C', 0, ['whole_cell']],
        ],
      );
      for (const name of closed) {
        const message = `at ${path.join(folder, name)}, but reading it is not permitted.`;
        assert.ok(
          problems.some((problem) => problem.message.endsWith(message)),
          `${message} in ${JSON.stringify(problems)}`,
        );
      }
    } finally {
      for (const name of closed) chmodSync(path.join(folder, name), 0o755);
    }
  });

  it('that the user named end it', function () {
    const folder = smallDataset(['A']);
    const named = temporaryFolder();
    chmodSync(named, 0);
    try {
      const result = ordinaryUser(this).run('inspect', folder, '--masks', named);
      assert.equal(result.exitCode, 2);
      assert.match(result.stderr, /DatasetInvalid: Expected a folder of masks or annotations at .*not permitted/);
    } finally {
      chmodSync(named, 0o755);
    }
  });
});

describe('names of channels', () => {
  it('do not hold .ome, of which two files of one name are both left out, and no blanks', async () => {
    const folder = temporaryFolder();
    for (const name of ['DNA.ome.tif', 'CD3.ome.tiff', ' CD8 .tif', 'segmentation.ome.tif'])
      write(folder, `F1/${name}`);
    for (const name of ['DNA.ome.tif', 'DNA.tif', 'CD3.tif', 'CD3 .tif', 'CD8.tif']) write(folder, `F2/${name}`);
    const dataset = await openDataset(folder);
    assert.deepEqual(namesOf(dataset), { F1: ['CD8', 'CD3', 'DNA', '+segmentation'], F2: ['CD8'] });
    assert.deepEqual(messagesOf(dataset, folder), [
      'ChannelNotFound: Expected one file for channel CD3 of FOV F2, but found CD3 .tif and CD3.tif; the channel is left out.',
      'ChannelNotFound: Expected one file for channel DNA of FOV F2, but found DNA.ome.tif and DNA.tif; the channel is left out.',
    ]);
  });

  it('that are all left out leave the FOV in the batch, which fails by name', () => {
    const folder = temporaryFolder();
    for (const name of ['F1/DNA.tif', 'F1/DNA .tif', 'F2/DNA.tif']) write(folder, name);
    const out = path.join(temporaryFolder(), 'out');
    const look = ['--channel', 'DNA=white:0:9', '--scale-bar', 'off'];
    const { exitCode, stderr } = runCli('fovs', folder, ...look, '--out', out);
    assert.equal(exitCode, 1, stderr);
    assert.match(
      stderr,
      /F1: ImageUnreadable: Expected one file for channel DNA of FOV F1, but found DNA \.tif and DNA\.tif/,
    );
  });

  it('are asked for without blanks, too, and with those that older recipes have', () => {
    const folder = temporaryFolder();
    write(folder, 'F1/DNA.ome.tif');
    for (const name of ['DNA', 'DNA ']) {
      const out = path.join(temporaryFolder(), 'out');
      const { exitCode, stderr } = runCli(
        'fovs',
        folder,
        '--channel',
        `${name}=white:0:9`,
        '--scale-bar',
        'off',
        '--out',
        out,
      );
      assert.deepEqual([exitCode, stderr], [0, ''], name);
    }
  });
});

it('a copy of a part of a set is found by its own name', async () => {
  const folder = temporaryFolder();
  const file = write(folder, 'A.ome.tif', ome('DNA'));
  write(folder, 'crops/a.tiff');
  copyFileSync(file, path.join(folder, 'A.tif'));
  const dataset = await openDataset(path.join(folder, 'A.tif'));
  assert.deepEqual(Object.keys(namesOf(dataset)), ['A.tif']);
});
