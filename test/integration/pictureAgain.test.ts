import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { makeSample } from '../../sample/makeSample';
import { ExportJob, type EmbeddedRecipe, openDataset, planAgain } from '../../src/core/index';
import { embeddedPicture } from '../support/embeddedPicture';
import { eventsOf, runCli } from '../support/runCli';
import { findPython, runPython } from '../support/runPython';
import { skipWithout } from '../support/skipWithout';
import { temporaryFolder } from '../support/temporaryFolder';

/** The text in each picture, found by libraries and standards, not by us. */
const readTexts = `
import json, re, sys, tifffile
from PIL import Image
from lxml import etree
ours = '{urn:multiplex-batch-export:recipe}batchExportRecipe'
def xmp(data):
    [found] = etree.fromstring(data).iter(ours)
    return found.text
def read(file):
    if file.endswith('.ome.tiff'):
        with tifffile.TiffFile(file) as tiff:
            root = etree.fromstring(tiff.ome_metadata.encode())
            ome = '{http://www.openmicroscopy.org/Schemas/OME/2016-06}'
            assert [child.tag for child in root] == [ome + 'Image', ome + 'StructuredAnnotations']
            [image, annotations] = root
            assert [child.tag for child in image] == [ome + 'Pixels', ome + 'AnnotationRef']
            [comment] = annotations
            assert comment.tag == ome + 'CommentAnnotation' and comment.get('ID') == image[1].get('ID')
            assert re.fullmatch(r'(urn:lsid:([\\w\\-\\.]+\\.[\\w\\-\\.]+)+:Annotation:\\S+)|(Annotation:\\S+)', comment.get('ID'))
            assert comment.get('Namespace') == 'urn:multiplex-batch-export:recipe'
            return comment.findtext(ome + 'Value')
    if file.endswith('.tiff'):
        with tifffile.TiffFile(file) as tiff: return xmp(tiff.pages[0].tags[700].value)
    if file.endswith('.svg'): return xmp(open(file, 'rb').read())
    if file.endswith('.pdf'):
        [packet] = re.findall(rb'<\\?xpacket begin=.*?<\\?xpacket end=.*?\\?>', open(file, 'rb').read(), re.DOTALL)
        return xmp(packet)
    with Image.open(file) as image:
        if file.endswith('.png'): return image.text['batch-export']
        if file.endswith('.webp'): return xmp(image.info['xmp'])
        parts = [data for name, data in image.applist if name == 'APP11' and data.startswith(b'batch-export\\0')]
        assert [int.from_bytes(part[13:15], 'big') for part in parts] == list(range(1, len(parts) + 1))
        assert image.info['jfif_version'] == (1, 2)
        return b''.join(part[17:] for part in parts).decode()
print(json.dumps([read(file) for file in sys.argv[1:]]))
`;

const formats = ['png', 'jpeg', 'tiff', 'webp', 'pdf', 'svg', 'ome-tiff'];
const allFormats = formats.flatMap((format) => ['--format', format]);
const colored = 'whole_cell,color=by:cell_type';

/** Every mode, with what could make a picture of one item depend on the others, on tables and on settings that change. */
const cases: Readonly<Record<string, readonly string[]>> = {
  'whole FOVs, percentiles of each': [
    ...['fovs', '--channel', 'CD3=red:p1:p99.9', '--channel', 'DNA=blue:0:p99', '--contrast-scope', 'fov'],
    ...['--mask', `${colored},width=2px`, '--legend', 'on', '--annotation', 'region', '--downsample', '2'],
    ...['--title', '{index}: {fov} "µ" & <b> ]]> 😀', '--dpi', '300'],
  ],
  'whole FOVs, percentiles of the batch, for print': [
    ...['fovs', '--channel', 'CD3=red:p1:p99.9', '--mask', 'nuclear,width=0.5pt', '--width-mm', '40', '--dpi', '200'],
    ...['--pixel-size', '0.4', '--caption', '{description}'],
  ],
  'separate channels': [
    ...['fovs', '--fov', 'Tumor_core', '--marker-set', 'Immune', '--separate-channels', '--grayscale'],
    ...['--calibration-bar', '--caption', '{channel} of {marker_set}'],
  ],
  'masks only': [
    'fovs',
    '--fov',
    'Tumor_core',
    '--masks-only',
    '--mask',
    'whole_cell,mode=fill',
    '--mask',
    'nuclear,color=red',
  ],
  'cells by the table': [
    ...['cells', '--marker-set', 'Immune', '--where', 'area > 60', '--sample', '2', '--seed', '3', '--size', '30px'],
    ...['--isolate', '--mask', 'whole_cell', '--focal-color', 'yellow', '--title', '{label}', '--edge', 'shift'],
  ],
  'cells by the mask, coloured by a column': [
    ...['cells', '--marker-set', 'Immune', '--labels', 'Tumor_core:40', '--fit', 'mask', '--mask', 'nuclear'],
    ...[
      '--mask',
      'whole_cell,mode=fill,color=by:area,alpha=0.5',
      '--only-labels',
      'focal',
      '--name',
      'c_{label}_{cell_type}',
    ],
  ],
  'ROIs with their own look': ['rois', '--marker-set', 'Immune', '--mask', 'whole_cell', '--draw-shape'],
  'ROIs of one look': [
    ...['rois', '--marker-set', 'Immune', '--settings', 'shared', '--size', '80px±20px', '--tags', 'figure1'],
    ...['--cut-shape', '--title', '{roi} {roi_id}', '--merge-same-color'],
  ],
  'a stitched slide, percentiles of it': [
    ...['rois', '--map', '7', '--channel', 'CD3=red:p1:p99.9', '--contrast-scope', 'fov', '--mask', colored],
    ...['--legend', 'classes', '--annotation', 'region', '--downsample', '4'],
  ],
};

const pictures = (folder: string): string[] =>
  readdirSync(folder).filter((name) => !name.startsWith('.') && name !== 'manifest.csv').sort(); // prettier-ignore

describe('a picture, made again from what it says of itself', () => {
  let dataset: string;
  /** The same images; cell table, ROIs, slides, marker sets and palettes are others, or gone. */
  let later: string;

  before(async () => {
    dataset = path.join(temporaryFolder(), 'secretly named');
    await makeSample(dataset);
    later = path.join(temporaryFolder(), 'later');
    cpSync(dataset, later, { recursive: true });
    rmSync(path.join(later, '.UELer'), { recursive: true });
    rmSync(path.join(later, '.batch-export'), { recursive: true });
  });

  for (const [name, flags] of Object.entries(cases)) {
    it(`${name}: byte for byte, in every format`, async function () {
      const out = path.join(temporaryFolder(), 'out');
      const [mode, ...rest] = flags;
      // Masks are no channels, and the slide's FOVs are of two sample types.
      const withOmeTiff = /masks only|slide/.test(name) ? allFormats.slice(0, -2) : allFormats;
      const made = runCli(mode, dataset, ...rest, ...withOmeTiff, '--out', out);
      assert.equal(made.exitCode, 0, made.stderr);
      // Colours by a column need the table, and nothing else does.
      const needsTable = flags.some((flag) => flag.includes('by:'));
      const table = path.join(later, 'cell_table.csv');
      if (needsTable) cpSync(path.join(dataset, 'cell_table.csv'), table);
      else rmSync(table, { force: true });
      const names = pictures(out);
      assert.ok(names.length >= withOmeTiff.length / 2, names.join());
      const found: EmbeddedRecipe[] = [];
      for (const file of names) {
        const again = path.join(temporaryFolder(), 'again');
        const embedded = await embeddedPicture(path.join(out, file));
        found.push(embedded);
        const limits = embedded.recipe.channels.flatMap(({ contrastLimits }) => contrastLimits);
        // Unrendered channels have none; what was drawn has them in numbers, of whichever pixels they were found.
        if (!file.endsWith('.ome.tiff')) assert.ok(limits.every(Number.isFinite), JSON.stringify(limits));
        const plan = await planAgain(embedded, file, await openDataset(later), again);
        assert.deepEqual(
          plan.problems.filter(({ code }) => code === 'SourcesDiffer' || !code.startsWith('Dataset')),
          [],
        );
        const status = await (await ExportJob.create(plan)).start();
        assert.deepEqual([status.written, status.failures], [1, []]);
        assert.deepEqual(pictures(again), [file]);
        assert.ok(readFileSync(path.join(again, file)).equals(readFileSync(path.join(out, file))), `${file} differs`);
      }
      const python = findPython('tifffile, PIL, lxml');
      if (!python) skipWithout('Python, tifffile, Pillow and lxml', this);
      const files = names.map((file) => path.join(out, file));
      const texts = runPython(python, readTexts, files) as string[];
      assert.deepEqual(
        texts.map((text) => JSON.parse(text) as unknown),
        found.map((embedded) => JSON.parse(JSON.stringify(embedded)) as unknown),
      );
    });
  }

  it('a slide with a gap: the gap stays one, also when its FOV is there', () => {
    const gappy = path.join(temporaryFolder(), 'gappy');
    cpSync(dataset, gappy, { recursive: true });
    rmSync(path.join(gappy, 'Tumor_margin'), { recursive: true });
    const out = path.join(temporaryFolder(), 'out');
    const flags = ['--map', '7', '--marker-set', 'Immune', '--format', 'png', '--format', 'ome-tiff'];
    assert.equal(runCli('rois', gappy, ...flags, '--out', out).exitCode, 0);
    assert.deepEqual(pictures(out), ['map_7.ome.tiff', 'map_7.png']);
    for (const name of pictures(out)) {
      const again = path.join(temporaryFolder(), 'again');
      assert.equal(runCli('run', path.join(out, name), '--dataset', later, '--out', again).exitCode, 0);
      assert.ok(readFileSync(path.join(again, name)).equals(readFileSync(path.join(out, name))), name);
    }
  });

  it('says nothing of folders, machine, job and time', () => {
    const out = path.join(temporaryFolder(), 'private');
    const table = path.join(temporaryFolder(), 'elsewhere.csv');
    cpSync(path.join(dataset, 'cell_table.csv'), table);
    const flags = ['--marker-set', 'Immune', '--mask', colored, '--fov', 'Tumor_core', '--cell-table', table];
    assert.equal(runCli('fovs', dataset, ...flags, ...allFormats, '--out', out).exitCode, 0);
    const job = readdirSync(path.join(out, '.batch-export-jobs'))[0];
    const year = String(new Date().getFullYear());
    for (const name of pictures(out)) {
      const bytes = readFileSync(path.join(out, name)).toString('latin1');
      const text = /\{"batchExport":1.*?"sources":\[.*?\]\}|\{&quot;batchExport.*?sources&quot;:\[.*?\]\}/s.exec(
        bytes,
      )?.[0];
      assert.ok(text, name);
      for (const secret of [
        'secretly named',
        'private',
        path.dirname(table),
        path.basename(path.dirname(table)),
        job,
      ]) {
        assert.equal(bytes.includes(secret), false, `${name}: ${secret}`);
      }
      for (const secret of [hostname(), year]) assert.equal(text.includes(secret), false, `${name}: ${secret}`);
      if (!name.endsWith('.ome.tiff')) assert.match(text, /elsewhere\.csv/);
    }
  });

  it('says the same when others are exported with it', () => {
    const make = (...flags: string[]): Buffer => {
      const out = path.join(temporaryFolder(), 'out');
      assert.equal(runCli('fovs', dataset, '--marker-set', 'Immune', ...flags, '--out', out).exitCode, 0);
      return readFileSync(path.join(out, 'Tumor_margin.png'));
    };
    const alone = make('--fov', 'Tumor_margin');
    assert.ok(alone.equals(make()));
    const others = ['--format', 'png', '--format', 'pdf', '--overwrite', 'always', '--name', 'Tumor_margin'];
    assert.ok(alone.equals(make('--fov', 'Tumor_margin', ...others)));
  });

  describe('on the command line', () => {
    let out: string;
    const exported = (...flags: string[]): string => {
      const folder = path.join(temporaryFolder(), 'out');
      const { exitCode, stderr } = runCli('fovs', dataset, '--fov', 'Tumor_core', ...flags, '--out', folder);
      assert.equal(exitCode, 0, stderr);
      return folder;
    };

    before(() => {
      out = exported('--marker-set', 'Immune', '--mask', colored, ...allFormats);
    });

    it('run: makes it, over nothing unless asked to', () => {
      for (const name of pictures(out)) {
        const again = path.join(temporaryFolder(), 'again');
        const run = (...flags: string[]): ReturnType<typeof runCli> =>
          runCli('run', path.join(out, name), '--dataset', dataset, '--out', again, ...flags);
        assert.equal(run('--dry-run').exitCode, 0);
        assert.equal(run().exitCode, 0);
        assert.deepEqual(pictures(again), [name]);
        writeFileSync(path.join(again, name), 'mine');
        assert.match(run().stderr, /^FileExists: /);
        assert.equal(run('--overwrite', 'always').exitCode, 0);
        assert.ok(readFileSync(path.join(again, name)).equals(readFileSync(path.join(out, name))));
      }
    });

    it('run: calls it as the picture is called now, with the ending of its format', () => {
      const folder = temporaryFolder();
      for (const [from, now, made] of [
        ['Tumor_core.jpg', 'figure 2a.jpeg', 'figure 2a.jpeg'],
        ['Tumor_core.jpg', 'figure 2b.png', 'figure 2b.png.jpg'],
        ['Tumor_core.ome.tiff', 'raw.tiff', 'raw.tiff.ome.tiff'],
        ['Tumor_core.png', '.hidden', '_.hidden.png'],
      ]) {
        cpSync(path.join(out, from), path.join(folder, now));
        const again = path.join(temporaryFolder(), 'again');
        const { exitCode, stderr } = runCli('run', path.join(folder, now), '--dataset', dataset, '--out', again);
        assert.equal(exitCode, 0, stderr);
        assert.deepEqual(pictures(again), [made]);
        assert.ok(readFileSync(path.join(again, made)).equals(readFileSync(path.join(out, from))));
      }
    });

    it('run: warns of files that are not as they were, and fails where what is needed is gone', () => {
      const changed = path.join(temporaryFolder(), 'changed');
      cpSync(dataset, changed, { recursive: true });
      const table = path.join(changed, 'cell_table.csv');
      const lines = readFileSync(table, 'utf8').trimEnd().split('\n');
      writeFileSync(table, `${lines.slice(0, -1).join('\n')}\n`);
      const picture = path.join(out, 'Tumor_core.png');
      const run = (): ReturnType<typeof runCli> =>
        runCli('run', picture, '--dataset', changed, '--out', path.join(temporaryFolder(), 'again'), '--json');
      const problems = (result: ReturnType<typeof runCli>): { code: string; message: string }[] =>
        eventsOf(result)[0]['problems'] as { code: string; message: string }[];
      const first = run();
      assert.equal(first.exitCode, 0, first.stderr);
      const [{ code, message }] = problems(first);
      assert.equal(code, 'SourcesDiffer');
      assert.match(message, /may look different: cell_table\.csv has \d+ bytes in place of \d+\.$/);
      rmSync(path.join(changed, 'Tumor_core', 'CD8.tiff'));
      const second = run();
      assert.equal(second.exitCode, 1);
      assert.match(problems(second).map(({ message: text }) => text).join('\n'), /Tumor_core\/CD8\.tiff is missing/); // prettier-ignore
      assert.equal(eventsOf(second)[1]['outcome'], 'failed');
      rmSync(path.join(changed, 'Tumor_core'), { recursive: true });
      const third = run();
      assert.match(third.stdout, /FovNotFound.*Expected FOV Tumor_core of the picture/);
    });

    it('inspect: says how it was made, and whether its files are there', () => {
      for (const name of pictures(out)) {
        const { exitCode, stdout, stderr } = runCli('inspect', path.join(out, name), '--dataset', dataset);
        assert.equal(exitCode, 0, stderr);
        assert.match(stdout, /made by Multiplex Batch Export \d/);
        assert.match(stdout, /^item {9}Tumor_core$/m);
        assert.match(stdout, /^channel {6}CD8: #[0-9a-f]{6}, [\d.]+ to [\d.]+$/m);
        assert.match(stdout, /^source {7}Tumor_core\/CD8\.tiff {2}\d+ bytes {2}as it was$/m);
        assert.equal(/^Tumor_core\S* {2}512 × 512 px, uint16$/m.test(stdout), name.endsWith('.ome.tiff'), name);
      }
      const json = JSON.parse(runCli('inspect', path.join(out, 'Tumor_core.pdf'), '--json').stdout) as EmbeddedRecipe;
      assert.deepEqual([json.item.id, json.file, json.recipe.mode], ['Tumor_core', { format: 'pdf' }, 'fovs']); // prettier-ignore
      const both = JSON.parse(runCli('inspect', path.join(out, 'Tumor_core.ome.tiff'), '--json').stdout) as {
        fovs: { name: string }[];
        picture: EmbeddedRecipe;
      };
      assert.deepEqual([both.fovs.length, both.picture.file.format], [1, 'ome-tiff']);
    });

    it('inspect and run: a picture that says nothing is refused in one sentence', () => {
      const plain = path.join(temporaryFolder(), 'plain.png');
      mkdirSync(path.dirname(plain), { recursive: true });
      const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
      writeFileSync(plain, Buffer.from(png, 'base64'));
      for (const args of [
        ['inspect', plain],
        ['run', plain, '--dataset', dataset],
      ]) {
        const { exitCode, stderr, stdout } = runCli(...args);
        assert.deepEqual([exitCode, stdout], [2, '']);
        assert.match(
          stderr,
          /^Usage: Expected a picture that Multiplex Batch Export made, but .*plain\.png does not say how it was made\.\n$/,
        );
      }
      assert.match(runCli('inspect', dataset, '--dataset', dataset).stderr, /^Usage: Expected a picture for --dataset/);
    });
  });
});
