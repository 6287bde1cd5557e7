import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, inflateSync } from 'node:zlib';
import { savedMapJson } from '../../sample/savedMap';
import { savedMarkerSetsJson } from '../../sample/savedMarkerSets';
import { savedRoisCsv } from '../../sample/savedRois';
import { writeTiff } from '../../sample/writeTiff';
import { ExportJob, importUeler, JobReader, outcomePage, parseManifest } from '../../src/core/index';
import { cellsOfSnapshot } from '../../src/core/job/cellSnapshot';
import { listJobs } from '../../src/core/job/jobFolder';
import { readJobRequest } from '../../src/core/job/readJobRequest';
import type { Problem } from '../../src/core/model/dataset';
import { isPlainColor, maxLayers } from '../../src/core/model/recipe';
import { findEmbedded, findEmbeddedIn } from '../../src/core/read/embedded/readEmbedded';
import { openDataset } from '../../src/core/read/openDataset';
import { type PlaneSource, withImage } from '../../src/core/read/openImage';
import { readPictureSize } from '../../src/core/read/readPictureFile';
import { readRois } from '../../src/core/read/rois/readRois';
import { readH5ad } from '../../src/core/read/table/h5ad/readH5ad';
import { readColumns } from '../../src/core/read/table/readColumns';
import { readTableSummary } from '../../src/core/read/table/readTableSummary';
import { openTiff } from '../../src/core/read/tiff/openTiff';
import { readTiffRegion } from '../../src/core/read/tiff/readTiffRegion';
import { scanLabels } from '../../src/core/read/scanLabels';
import { readPaletteFile } from '../../src/core/store/readSavedPalettes';
import { readRecipeFile } from '../../src/core/store/readRecipeFile';
import { embedInPng } from '../support/embedInPng';
import {
  annotationColors,
  continuousColors,
  exportConfig,
  maskColors,
  paletteIndex,
  widgetStates,
} from '../support/uelerState';
import { byteMutators, type Mutator } from './mutateBytes';
import { nearSignatures, pngMutators, tiffMutators } from './mutateFormats';
import { jsonMutators, textMutators } from './mutateText';

/** A valid input: files by their paths, of which one is changed, unless its name is in `kept`. */
export interface Seed {
  readonly files: Readonly<Record<string, Buffer>>;
  readonly kept?: readonly string[];
}

/** A reader of ours, and what it is given. */
export interface MutatedReader {
  readonly name: string;
  readonly seeds: readonly Seed[];
  /** Whether each takes a thread of its own, which takes a second to start from source. */
  readonly isSlow?: boolean;
  /** Reads all that there is; rejects with what a user would be told. */
  readonly read: (folder: string) => Promise<unknown>;
}

const formatMutators: readonly (readonly [file: RegExp, mutators: readonly Mutator[]])[] = [
  [/\.tiff?$/, [...tiffMutators, ...textMutators.slice(0, 1)]],
  [/\.png$/, pngMutators],
  [/\.(?:json|geojson|zattrs|zgroup|zarray)$/, [...jsonMutators, ...jsonMutators, ...textMutators]],
  [/\.(?:csv|tsv|txt|xml|svg|jsonl)$/, textMutators],
  [/\.pdf$/, textMutators.slice(0, 5)],
  [/\.(?:jpg|webp)$/, nearSignatures('\xff\xeb', '\xff\xe1', '\xff\xc0', 'RIFF', 'VP8', 'XMP ')],
  [/\.h5ad$/, nearSignatures('OHDR', 'OCHK', 'TREE', 'SNOD', 'HEAP', 'GCOL', 'FRHP', 'BTHD', '\x89HDF')],
  [/\.(?:zip|roi)$/, nearSignatures('PK\x01\x02', 'PK\x03\x04', 'PK\x05\x06', 'Iout')],
];

/** How a file of this name is changed: half of the time by its format. */
export function mutatorsOf(file: string): readonly (readonly Mutator[])[] {
  const name = /(?:^|\/)\.z\w+$/.test(file) ? `x${path.basename(file)}` : file;
  const own = formatMutators.find(([pattern]) => pattern.test(name))?.[1];
  return own ? [own, byteMutators] : [byteMutators];
}

const tests = path.join(__dirname, '..');
const fixture = path.join(tests, 'fixtures', '0.1');
const at = (...parts: string[]): Buffer => readFileSync(path.join(fixture, ...parts));

function expected(name: string): unknown {
  return JSON.parse(readFileSync(path.join(tests, 'expected', `${name}.json`), 'utf8'));
}

function filesBelow(folder: string, inside = ''): Record<string, Buffer> {
  const files: Record<string, Buffer> = {};
  for (const entry of readdirSync(path.join(folder, inside), { withFileTypes: true })) {
    const name = path.join(inside, entry.name);
    if (entry.isDirectory()) Object.assign(files, filesBelow(folder, name));
    else files[name] = readFileSync(path.join(folder, name));
  }
  return files;
}

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const base64 = (text: string): Buffer => Buffer.from(text, 'base64');

/** What a plane may have that is read here: larger ones are refused by a job's budget. */
const mostPlaneBytes = 64 * 2 ** 20;

async function readSmall(source: PlaneSource): Promise<void> {
  await withImage(source, async (image) => {
    const { widthPx, heightPx } = image.describe(source.plane);
    if (widthPx * heightPx * 8 > mostPlaneBytes) return;
    await image.read([source.plane], { x: 0, y: 0, widthPx, heightPx });
  });
}

/** Every page of a TIFF, all of its samples. */
async function readTiff(file: string): Promise<void> {
  const tiff = await openTiff(file);
  try {
    await each(tiff.pages, async (page) => {
      const { widthPx, heightPx, samplesPerPixel } = page;
      if (widthPx * heightPx * samplesPerPixel * 8 > mostPlaneBytes) return;
      const samples = Array.from({ length: samplesPerPixel }, (_, i) => i);
      await readTiffRegion(tiff, page, samples, { x: 0, y: 0, widthPx, heightPx });
    });
  } finally {
    await tiff.close();
  }
}

/** Tries each, and then fails with what failed first. */
async function each<T>(values: Iterable<T>, use: (value: T) => Promise<unknown>): Promise<void> {
  const failures: unknown[] = [];
  for (const value of values) await use(value).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

async function readWholeDataset(location: string, options: Parameters<typeof openDataset>[1] = {}): Promise<void> {
  const dataset = await openDataset(location, options);
  await each(dataset.fovs, ({ channels, masks, annotations }) =>
    // A file may claim tens of thousands of channels; no request may ask for more than this.
    each([...channels, ...masks, ...annotations].slice(0, maxLayers), readSmall),
  );
}

const only = (folder: string): string => path.join(folder, readdirSync(folder)[0]);

function tiffs(): Seed[] {
  type Cases = { cases: Record<string, { file: string }> };
  const all = ['tiffEncodings', 'wideIntegers'].flatMap((name) => Object.values((expected(name) as Cases).cases));
  return all.map(({ file }) => ({ files: { 'image.tif': base64(file) } }));
}

function stacks(): Seed[] {
  const { cases, blobBytes, blobs } = expected('stacks') as {
    cases: {
      files: Record<string, number>;
      error?: unknown;
      options?: unknown;
      fovs?: { error?: unknown; unreadable?: unknown }[];
    }[];
    blobBytes: number[];
    blobs: string;
  };
  const all = inflateSync(base64(blobs));
  let start = 0;
  const contents = blobBytes.map((bytes) => all.subarray(start, (start += bytes)));
  const valid = cases.filter(({ error, options, fovs = [] }) => !error && !options && !fovs.some((fov) => fov.error ?? fov.unreadable)); // prettier-ignore
  return valid.map(({ files }) => ({
    files: Object.fromEntries(Object.entries(files).map(([name, blob]) => [name, contents[blob]])),
  }));
}

function stores(): Seed[] {
  const { cases } = expected('zarr') as { cases: { files: Record<string, unknown> }[] };
  return cases.map(({ files }) => ({
    files: Object.fromEntries(
      Object.entries(files).map(([name, content]) => [
        path.join('A.zarr', name),
        typeof content === 'string' ? base64(content) : json(content),
      ]),
    ),
  }));
}

const plane = writeTiff({ widthPx: 8, heightPx: 6, data: new Uint16Array(48).fill(7) });

const panel: Seed = {
  files: {
    'A.ome.tif': stacks()[0].files['A.ome.tif'],
    'panel.csv': Buffer.from('channel,name,keep\n1,DNA,1\n2,"CD3, e",1\n3,αSMA,0\n'),
  },
  kept: ['A.ome.tif'],
};

function imageJRoi(): Buffer {
  const bytes = Buffer.alloc(64 + 12);
  bytes.write('Iout');
  for (const [place, value] of [[4, 227], [8, 2], [10, 3], [12, 20], [14, 30], [16, 3]]) bytes.writeInt16BE(value, place); // prettier-ignore
  for (const [i, value] of [0, 10, 20, 5, 0, 15].entries()) bytes.writeInt16BE(value, 64 + 2 * i);
  return bytes;
}

/** An archive of ROIs that are stored as they are. */
function zipOf(entries: Readonly<Record<string, Buffer>>): Buffer {
  const [parts, directory]: [Buffer[], Buffer[]] = [[], []];
  let start = 0;
  for (const [name, content] of Object.entries(entries)) {
    const sizes = Buffer.alloc(12);
    for (const [i, value] of [crc32(content), content.length, content.length].entries())
      sizes.writeUInt32LE(value, 4 * i);
    const rest = Buffer.alloc(4);
    rest.writeUInt16LE(name.length);
    const common = Buffer.concat([Buffer.from([20, 0, 0, 0, 0, 0, 0, 0, 0, 0]), sizes, rest]);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), content]);
    const [central, where] = [Buffer.alloc(10), Buffer.alloc(4)];
    where.writeUInt32LE(start);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), common, central, where, Buffer.from(name));
    parts.push(local);
    start += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  for (const place of [4, 6]) end.writeUInt16LE(Object.keys(entries).length, place);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(start, 12);
  return Buffer.concat([...parts, central, Buffer.from('PK\x05\x06'), end]);
}

const geoJson = {
  type: 'FeatureCollection',
  features: ['Polygon', 'MultiPolygon'].map((type, i) => {
    const ring = [[0, 0], [9, 0], [9, 8], [0, 0]]; // prettier-ignore
    const coordinates = type === 'Polygon' ? [ring, ring.map(([x, y]) => [x / 4 + 2, y / 4 + 1])] : [[ring]];
    const properties = {
      objectType: 'annotation',
      name: `A${i}`,
      classification: { name: 'Tumor', color: [200, 0, 0] },
    };
    return { type: 'Feature', id: `f${i}`, geometry: { type, coordinates }, properties };
  }),
};

const omeXml = `<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0" Name="A"><Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint16" SizeX="8" SizeY="6" SizeZ="1" SizeC="1" SizeT="1" PhysicalSizeX="0.5"/><ROIRef ID="ROI:0"/></Image><ROI ID="ROI:0" Name="one"><Union><Rectangle ID="Shape:0" X="1" Y="1" Width="4" Height="3"/><Ellipse ID="Shape:1" X="4" Y="3" RadiusX="2" RadiusY="1"><Transform A00="1" A01="0" A02="1" A10="0" A11="1" A12="0"/></Ellipse><Polygon ID="Shape:2" Points="0,0 4,0 4,4"/></Union></ROI></OME>`;

const rois: readonly Seed[] = [
  { files: { 'roi_manager.csv': Buffer.from(savedRoisCsv()) } },
  { files: { 'rois.json': at('dataset', '.batch-export', 'rois.json') } },
  { files: { 'a.geojson': json(geoJson) } },
  { files: { 'a.roi': imageJRoi() } },
  { files: { 'a.zip': zipOf({ 'a.roi': imageJRoi(), 'b.roi': imageJRoi() }) } },
  { files: { 'a.ome.xml': Buffer.from(omeXml) } },
  {
    files: {
      'a.ome.tif': writeTiff({ widthPx: 4, heightPx: 3, data: new Uint8Array(12) }, { imageDescription: omeXml }),
    },
  },
];

const state: Seed = {
  files: {
    'A/DNA.tiff': plane,
    '.batch-export/marker-sets.json': Buffer.from(savedMarkerSetsJson()),
    '.batch-export/rois.json': at('dataset', '.batch-export', 'rois.json'),
    '.batch-export/palettes/types.mask.json': at('dataset', '.batch-export', 'palettes', 'types.mask.json'),
    '.batch-export/dataset.json': json({ version: 1, pixelSizeUm: 0.5 }),
    '.UELer/roi_manager.csv': Buffer.from(savedRoisCsv()),
    '.UELer/mask_color_sets/types.maskcolors.json': json(maskColors),
    '.UELer/mask_color_sets/levels.maskcolors.json': json(continuousColors),
    '.UELer/widget_states.json': json(widgetStates),
    '.UELer/mask_color_sets_index.json': json(paletteIndex),
    '.UELer/pixel_annotation_palettes/regions.pixelannotations.json': json(annotationColors),
    '.UELer/export_configs/figure.export_config.json': json(exportConfig),
    '.UELer/maps/slide-7.json': Buffer.from(savedMapJson(0.5)),
  },
  kept: ['A/DNA.tiff'],
};

/** Where some of a FOV's cells are, as jobs of today have it with their cells. */
const cellSampleLine = Buffer.from(
  '{"sampleOf":"A","sample":{"cells":2,"greatestLabel":9,"labels":[7,9],"centers":[[20,19],[42,11]],"areasPx":[400,null]}}\n',
);

/** One job, without the hashes that would refuse all that is changed. */
function jobFolders(): Seed[] {
  return ['half', 'done', 'rois'].map((output) => {
    const files = Object.entries(filesBelow(path.join(fixture, output)));
    const forgetful = files.map(([name, content]): [string, Buffer] => {
      if (path.basename(name) === 'cells.jsonl') return [name, Buffer.concat([content, cellSampleLine])];
      if (path.basename(name) !== 'origin.json') return [name, content];
      // Where the folders were does not matter, and is the same wherever this runs.
      const text = content.toString().replaceAll('{folder}', '/0.1');
      const { sha256, ...origin } = JSON.parse(text) as Record<string, unknown>;
      return [name, json(sha256 ? origin : {})];
    });
    const kept = files.map(([name]) => name).filter((name) => /\.(?:png|pdf)$|manifest\.json$/.test(name));
    return { files: Object.fromEntries(forgetful), kept };
  });
}

async function readJob(folder: string): Promise<void> {
  for (const job of await listJobs(folder)) {
    await (await ExportJob.open(job)).status();
    await outcomePage(await new JobReader(job).record(), undefined, 0, 50);
    const { recipe, items, cellsFile } = await readJobRequest(job);
    const cells = cellsOfSnapshot(cellsFile);
    const columns = recipe.masks.flatMap(({ color }) => (isPlainColor(color) ? [] : [color.column]));
    await each(new Set(Array.from(items, ({ fov }) => fov)), async (fov) => {
      await cells.sample(fov, undefined);
      for (const column of columns) await cells.values(column, fov);
    });
  }
  const manifest = path.join(folder, 'manifest.csv');
  if (existsSync(manifest)) parseManifest(readFileSync(manifest, 'utf8'));
}

/** One table with commas, with tabs, with semicolons and decimal commas, and as Excel saves "Unicode text". */
function tables(): Seed[] {
  const csv = at('dataset', 'cell_table.csv').toString();
  const tabs = csv.replaceAll(',', '\t');
  return [
    { files: { 'cell_table.csv': Buffer.from(csv) } },
    { files: { 'cell_table.tsv': Buffer.from(tabs) } },
    { files: { 'cell_table.csv': Buffer.from(csv.replaceAll(',', ';').replace(/(\d)\.(\d)/g, '$1,$2')) } },
    { files: { 'cell_table.txt': Buffer.from(`\ufeff${tabs}`, 'utf16le') } },
  ];
}

async function readTable(folder: string): Promise<void> {
  const warnings: Problem[] = [];
  const file = only(folder);
  const summary = await readTableSummary(file, warnings, new Map());
  if (summary) await readColumns(file, summary.columns);
  await each(warnings, () => readColumns(file, ['fov']));
}

function h5ads(): Seed[] {
  const { tables } = expected('h5ad') as { tables: Record<string, { zlib: string }> };
  return Object.values(tables).map(({ zlib }) => ({ files: { 'a.h5ad': inflateSync(base64(zlib)) } }));
}

/** A damaged file may keep HDF5 busy, but not for longer than this; on a busy machine the thread takes a while to start. */
const h5adPatienceMs = 20_000;

const pictures: readonly Seed[] = readdirSync(path.join(fixture, 'pictures'))
  .filter((name) => name.startsWith('A.'))
  .map((name) => ({ files: { [name]: at('pictures', name) } }));
const gallery: Seed = { files: { 'gallery.pdf': at('done', 'gallery.pdf') } };

/** Its text is put into a picture again when it was changed. */
async function embeddedText(): Promise<Seed> {
  const embedded = await findEmbedded(path.join(fixture, 'pictures', 'A.png'));
  return { files: { 'embedded.json': json(embedded) } };
}

const recipes: readonly Seed[] = readdirSync(path.join(fixture, 'recipes')).map((name) => ({
  files: { [name]: at('recipes', name) },
}));

/** Every reader of what strangers may send. */
export async function listReaders(): Promise<readonly MutatedReader[]> {
  const pngMasks = Object.values((expected('pngMasks') as { cases: Record<string, { file: string }> }).cases);
  const picture = base64(pngMasks[0].file);
  return [
    { name: 'TIFF', seeds: tiffs(), read: (folder) => readTiff(only(folder)) },
    { name: 'stack', seeds: stacks(), read: (folder) => readWholeDataset(folder) },
    {
      name: 'PNG labels',
      seeds: pngMasks.map(({ file }) => ({ files: { 'mask.png': base64(file) } })),
      read: async (folder) => {
        const source = { file: only(folder) };
        await readSmall(source);
        await scanLabels(source, () => undefined);
      },
    },
    { name: 'OME-Zarr', seeds: stores(), read: (folder) => readWholeDataset(path.join(folder, 'A.zarr')) },
    {
      name: 'panel',
      seeds: [panel],
      read: (folder) => readWholeDataset(folder, { panelFile: path.join(folder, 'panel.csv') }),
    },
    { name: 'cell table', seeds: tables(), read: readTable },
    {
      name: 'AnnData',
      seeds: h5ads(),
      isSlow: true,
      read: (folder) => readH5ad(only(folder), ['label', 'CD3'], undefined, h5adPatienceMs),
    },
    { name: 'ROIs', seeds: rois, read: (folder) => readRois(only(folder), []) },
    {
      name: 'picture',
      seeds: [...pictures, gallery],
      read: async (folder) => {
        const file = only(folder);
        await findEmbedded(file);
        if (/\.(?:png|jpg)$/.test(file)) await readPictureSize(file);
      },
    },
    {
      name: 'embedded recipe',
      seeds: [await embeddedText()],
      read: (folder) => findEmbeddedIn(embedInPng(picture, readFileSync(only(folder), 'utf8')), 'A.png'),
    },
    { name: 'recipe', seeds: recipes, read: (folder) => readRecipeFile(only(folder)) },
    {
      name: 'saved state',
      seeds: [state],
      read: async (folder) => {
        await each(['types.mask.json'], (name) =>
          readPaletteFile(path.join(folder, '.batch-export', 'palettes', name), 'mask'),
        ).finally(() => openDataset(folder).then(() => importUeler(folder)));
      },
    },
    { name: 'job folder', seeds: jobFolders(), read: readJob },
  ];
}
