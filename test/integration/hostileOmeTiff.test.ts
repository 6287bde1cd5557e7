import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { writeTiff } from '../../sample/writeTiff';
import type { ImageSource } from '../../src/core/model/dataset';
import { type ExportErrorCode, isExportError } from '../../src/core/model/exportError';
import { umPerOmeUnit } from '../../src/core/read/lengthUnits';
import { parseOmeXml } from '../../src/core/read/omeXml';
import { openDataset } from '../../src/core/read/openDataset';
import { withImage } from '../../src/core/read/openImage';
import { readFovHeader } from '../../src/core/read/readFovHeader';
import { withinCpuSeconds } from '../support/cpuTime';
import { realDataFolder } from '../support/dataset';
import { temporaryFolder } from '../support/temporaryFolder';

interface ExpectedError {
  readonly code: ExportErrorCode;
  readonly words: readonly string[];
}

interface Pixels {
  readonly size: readonly [widthPx: number, heightPx: number];
  readonly sha256: string;
}

interface ReadChannel extends Pixels {
  readonly name: string;
  readonly sampleType: string;
  readonly levels?: readonly Pixels[];
}

type ExpectedChannel = ReadChannel | { readonly name: string; readonly error: ExpectedError };

interface Outcome {
  readonly fovs?: readonly {
    readonly name: string;
    readonly channels?: readonly ExpectedChannel[];
    readonly masks?: readonly ExpectedChannel[];
    readonly pixelSize?: { readonly um: number; readonly origin: string };
    readonly error?: ExpectedError;
  }[];
  readonly warnings?: readonly ExpectedError[];
  readonly error?: ExpectedError;
}

/** What Python finds in `Pixels`. */
interface XmlImage {
  readonly size: readonly number[];
  readonly order: string;
  readonly type: string;
  readonly names: readonly (string | null)[];
  /** FirstC, FirstZ, FirstT, IFD and PlaneCount, -1 where they are not given, and names of files. */
  readonly tiffData: readonly (readonly (number | string)[])[];
  readonly sizes: readonly (readonly [size: string | null, unit: string | null])[];
}

const data = realDataFolder();
const { datasets, xml } = JSON.parse(
  readFileSync(path.join(__dirname, '..', 'expected', 'ometiffOutcomes.json'), 'utf8'),
) as { datasets: Record<string, Outcome>; xml: Record<string, XmlImage[]> };

function assertSays(message: string, { words }: ExpectedError): void {
  for (const word of words) assert.ok(message.includes(word), `“${word}” in: ${message}`);
}

function assertRefusal(thrown: unknown, expected: ExpectedError): true {
  assert.ok(isExportError(thrown, expected.code), String(thrown));
  assertSays(thrown.message, expected);
  return true;
}

/** Every level of a source, compared by hash. */
async function assertSource(source: ImageSource, expected: ExpectedChannel): Promise<void> {
  await withImage(source, async (image) => {
    if ('error' in expected) {
      assert.throws(
        () => image.describe(source.plane),
        (thrown) => assertRefusal(thrown, expected.error),
      );
      return;
    }
    const { sampleType, levels } = image.describe(source.plane);
    const wanted = [expected, ...(expected.levels ?? [])];
    const sizes = levels.map(({ widthPx, heightPx }) => [widthPx, heightPx]);
    assert.deepEqual([sampleType, sizes], [expected.sampleType, wanted.map(({ size }) => size)]);
    for (const [level, { size, sha256 }] of wanted.entries()) {
      const [widthPx, heightPx] = size;
      const [{ samples }] = await image.read([source.plane], { x: 0, y: 0, widthPx, heightPx }, { level });
      const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
      assert.equal(createHash('sha256').update(bytes).digest('hex'), sha256, `${source.name}, level ${level}`);
    }
  });
}

async function assertSources(found: readonly ImageSource[], expected: readonly ExpectedChannel[]): Promise<void> {
  assert.deepEqual(
    found.map(({ name }) => name),
    expected.map(({ name }) => name),
  );
  for (const [i, source] of found.entries()) await assertSource(source, expected[i]);
}

async function assertOutcome(folder: string, { fovs = [], warnings = [], error }: Outcome): Promise<void> {
  if (error) {
    await assert.rejects(openDataset(folder), (thrown) => assertRefusal(thrown, error));
    return;
  }
  const dataset = await openDataset(folder);
  assert.deepEqual(
    dataset.fovs.map(({ name }) => name),
    fovs.map(({ name }) => name),
  );
  for (const [i, fov] of dataset.fovs.entries()) {
    assert.equal(fov.error?.code, fovs[i].error?.code, fov.error?.message);
    if (fov.error) assertSays(fov.error.message, fovs[i].error!);
    await assertSources(fov.channels, fovs[i].channels ?? []);
    await assertSources(fov.masks, fovs[i].masks ?? []);
    assert.deepEqual((await readFovHeader(dataset, fov)).pixelSize, fovs[i].pixelSize);
  }
  assert.deepEqual(
    dataset.warnings.map(({ code }) => code),
    warnings.map(({ code }) => code),
    dataset.warnings.map(({ message }) => message).join('\n'),
  );
  for (const [i, { message }] of dataset.warnings.entries()) assertSays(message, warnings[i]);
}

function summary({ fovs = [], error }: Outcome): string {
  if (error) return error.code;
  const outcomes = fovs.map((fov) => {
    const failed = fov.error ?? fov.channels?.flatMap((channel) => ('error' in channel ? [channel.error] : []))[0];
    return `${fov.name} ${failed?.code ?? 'exact'}`;
  });
  return outcomes.join(', ');
}

describe('real files of many channels read exactly, or are refused with a code', () => {
  if (!data) it('needs the real data: set MBE_DATA to its folder');
  for (const [folder, outcome] of Object.entries(data ? datasets : {})) {
    it(`${folder}: ${summary(outcome)}`, async () => {
      await withinCpuSeconds(10, () => assertOutcome(path.join(data!, folder), outcome));
    });
  }

  it('every folder has an outcome', () => {
    if (!data) return;
    const folders = readdirSync(path.join(data, 'ometiff')).map((name) => `ometiff/${name}`);
    assert.deepEqual(
      folders.filter((folder) => !(folder in datasets)),
      [],
    );
  });
});

describe('real OME-XML is read as Python reads it', () => {
  if (!data) it('needs the real data: set MBE_DATA to its folder');
  for (const [name, images] of Object.entries(data ? xml : {})) {
    it(name, () => {
      const document = parseOmeXml(readFileSync(path.join(data!, 'ometiff', 'ome_xml', name), 'utf8'));
      assert.ok(document);
      assert.equal(document.images.length, images.length);
      for (const [
        i,
        { size, order, type, channels, tiffData, pixelSize, pixelSizeProblem, flaw },
      ] of document.images.entries()) {
        const wanted = images[i];
        assert.equal(flaw, undefined);
        assert.deepEqual([size.x, size.y, size.c, size.z, size.t], wanted.size);
        assert.deepEqual([order.join(''), type], [wanted.order, wanted.type]);
        assert.deepEqual(
          channels.map((channel) => channel.name ?? null),
          wanted.names,
        );
        assert.deepEqual(
          tiffData.map(({ first, ifd, planeCount, fileName }) => [
            first.c,
            first.z,
            first.t,
            ifd ?? -1,
            planeCount ?? -1,
            ...(fileName === undefined ? [] : [fileName]),
          ]),
          wanted.tiffData.map((each) => each.map((value, n) => (n < 3 && value === -1 ? 0 : value))),
        );
        const [x, y] = wanted.sizes.map(([um, unit]) =>
          um === null ? undefined : Number(um) * umPerOmeUnit(unit ?? 'µm')!,
        );
        assert.deepEqual([pixelSize?.um, pixelSizeProblem], [x === y ? x : undefined, undefined]);
      }
    });
  }
  it('every document has an outcome', () => {
    if (data) assert.deepEqual(readdirSync(path.join(data, 'ometiff', 'ome_xml')).sort(), Object.keys(xml).sort());
  });
});

describe('hostile OME-XML takes neither long nor much memory', () => {
  const head =
    '<OME><Image><Pixels DimensionOrder="XYCZT" Type="uint8" SizeX="4" SizeY="4" SizeC="1" SizeZ="1" SizeT="1" PhysicalSizeX="0.5" PhysicalSizeY="0.5"><Channel Name="DNA"/><TiffData IFD="0"/>';
  const tail = '</Pixels></Image></OME>';
  const fill = (text: string, bytes = 4_000_000): string => text.repeat(Math.floor(bytes / text.length));
  const annotations = fill('<XMLAnnotation><Value><Key>k</Key><Value>1</Value></Value></XMLAnnotation>', 30_000_000);
  for (const [name, xmlText, isRead] of [
    [
      '30 MB of annotations',
      `${head}</Pixels></Image><StructuredAnnotations>${annotations}</StructuredAnnotations></OME>`,
      true,
    ],
    [
      '4 MB of planes',
      `${head}${fill('<Plane TheC="0" TheT="0" TheZ="0" DeltaT="0.0" DeltaTUnit="ms"/>')}${tail}`,
      true,
    ],
    ['4 MB of text', `${head}${fill(' x')}${tail}`, true],
    ['4 MB of a comment', `${head}<!--${fill('-> ')}-->${tail}`, true],
    ['4 MB of an attribute', `${head}<Plane TheC="${fill('0')}"/>${tail}`, true],
    ['30 MB of places of planes', `${head}${fill('<TiffData IFD="0" FirstC="0"/>', 30_000_000)}${tail}`, false],
    ['4 MB of elements in each other', `${head}${fill('<a>')}`, false],
    ['4 MB of quotes that do not end', `${head}${fill(`<a b='"`)}`, false],
    ['4 MB of tags that do not end', `${head}${fill('<a ')}`, false],
    ['4 MB of comments that do not end', `${head}${fill('<!-')}`, false],
    ['30 MB of entities', `<!DOCTYPE OME [${fill('<!ENTITY a "aa">', 30_000_000)}]>${head}${tail}`, false],
  ] as const) {
    it(name, async () => {
      const folder = temporaryFolder();
      const image = { widthPx: 4, heightPx: 4, data: new Uint8Array(16) };
      writeFileSync(path.join(folder, 'A.ome.tif'), writeTiff(image, { imageDescription: xmlText }));
      const before = process.memoryUsage().rss;
      const { fov, header } = await withinCpuSeconds(10, async () => {
        const dataset = await openDataset(folder);
        const [first] = dataset.fovs;
        return { fov: first, header: await readFovHeader(dataset, first) };
      });
      assert.ok(process.memoryUsage().rss - before < 1e9, `took ${process.memoryUsage().rss - before} bytes`);
      assert.deepEqual([fov.name, fov.error?.code], ['A', isRead ? undefined : 'ImageUnreadable']);
      if (isRead) assert.deepEqual([fov.channels[0].name, header.pixelSize?.um], ['DNA', 0.5]);
    });
  }
});
