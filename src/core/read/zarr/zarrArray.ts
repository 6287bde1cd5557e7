import { opendir } from 'node:fs/promises';
import path from 'node:path';
import type * as Zarrita from 'zarrita';
import { messageOf } from '../../model/exportError';
import type { SampleArray, SampleType } from '../../model/image';
import { bytesPerSample } from '../tiff/decodeSamples';
import type { WideIntegers } from '../wideIntegers';
import { ChunkStore, MissingChunk } from './chunkStore';
import { type ArrayLayout, parseLayoutV2, parseLayoutV3 } from './arrayLayout';
import { fromStored, toStoredFill } from './storedSamples';
import { registerCodecs } from './zarrCodecs';
import { readJsonObject, unreadableZarr, ZarrProblem } from './zarrMetadata';

/** Samples of one chunk, those at index `i` along axis `a` being `stride[a] * i` apart. */
export interface ZarrChunk {
  readonly samples: SampleArray | WideIntegers;
  readonly stride: readonly number[];
}

/** One array of an OME-Zarr image: a level of its pyramid. */
export interface ZarrArray {
  readonly shape: readonly number[];
  /** What is decoded at once; in shards, the chunks inside of them. */
  readonly chunkShape: readonly number[];
  readonly sampleType: SampleType;
  /** The value of samples whose chunk is not on disk. */
  readonly fillValue: number;
  /** A whole chunk, also where it reaches beyond the image; `undefined` if it is not on disk. */
  readChunk(position: readonly number[]): Promise<ZarrChunk | undefined>;
}

/** More is refused before any memory is asked for: of a plane and of a chunk. */
const maxBytes = 2 ** 32;

/** A plane in more pieces has them by mistake or by malice, and would be read for minutes. */
const maxChunksPerPlane = 2 ** 16;

/** Room for what compression adds where it gains nothing, and for checksums. */
const compressionOverheadBytes = 65_536;

type Library = typeof Zarrita;

let library: Promise<Library> | undefined;

/** The library is an ES module, which is loaded when first needed; its decoders are replaced once. */
function loadLibrary(): Promise<Library> {
  library ??= import('zarrita').then((loaded) => {
    registerCodecs(loaded.registry);
    return loaded;
  });
  return library;
}

/** Reads the metadata of an array, no samples. Throws `ZarrProblem`. */
export async function openZarrArray(folder: string): Promise<ZarrArray> {
  const layout = await readLayout(folder);
  const { shape, sampleType, codecs, sharding } = layout;
  const chunkShape = sharding?.chunkShape ?? layout.chunkShape;
  const [heightPx, widthPx] = shape.slice(-2);
  if (heightPx * widthPx * bytesPerSample(sampleType) > maxBytes) {
    throw new ZarrProblem('TooLarge', 'a plane of at most 4 GiB', `it says ${widthPx} × ${heightPx} ${sampleType}`);
  }
  const [chunkHeightPx, chunkWidthPx] = chunkShape.slice(-2);
  if (Math.ceil(heightPx / chunkHeightPx) * Math.ceil(widthPx / chunkWidthPx) > maxChunksPerPlane) {
    const found = `${widthPx} × ${heightPx} pixels are in chunks of ${chunkWidthPx} × ${chunkHeightPx}`;
    throw new ZarrProblem('TooLarge', `a plane in at most ${maxChunksPerPlane} chunks`, found);
  }
  const chunkSamples = product(chunkShape);
  const chunkBytes = chunkSamples * bytesPerSample(sampleType);
  if (chunkBytes > maxBytes) {
    throw new ZarrProblem(
      'TooLarge',
      'chunks of at most 4 GiB',
      `they are ${chunkShape.join(' × ')} samples of ${sampleType}`,
    );
  }
  const maxFileBytes = chunkBytes * 1.1 + compressionOverheadBytes;
  const store = new ChunkStore(folder, maxFileBytes, sharding?.indexFirst ?? false);
  const { Array: LibraryArray, isZarritaError } = await loadLibrary();
  const array = new LibraryArray(store, '/', {
    zarr_format: 3,
    node_type: 'array',
    shape: [...shape],
    // The library can keep half floats only where the JavaScript engine has them: we take their bits.
    data_type: sampleType === 'float16' ? 'uint16' : sampleType,
    chunk_grid: { name: 'regular', configuration: { chunk_shape: [...layout.chunkShape] } },
    chunk_key_encoding: layout.chunkKeys,
    codecs: [...codecs],
    fill_value: toStoredFill(layout.fillValue, sampleType),
    attributes: {},
  });
  return {
    shape,
    chunkShape,
    sampleType,
    fillValue: layout.fillValue,
    async readChunk(position) {
      try {
        const { data, stride } = await array.getChunk([...position]);
        if (data.length !== chunkSamples) {
          throw unreadableZarr(`chunk ${position.join('/')} holds ${data.length} samples in place of ${chunkSamples}`);
        }
        return { samples: fromStored(data, layout), stride };
      } catch (error) {
        if (error instanceof MissingChunk) return undefined;
        if (isZarritaError(error, 'CodecPipelineError')) {
          const codec = error.codec ?? 'unknown codec';
          throw unreadableZarr(`chunk ${position.join('/')} cannot be decoded (${codec}): ${messageOf(error.cause)}`);
        }
        throw error;
      }
    },
  };
}

async function readLayout(folder: string): Promise<ArrayLayout> {
  const v3 = await readJsonObject(path.join(folder, 'zarr.json'));
  if (v3) return parseLayoutV3(v3);
  const v2 = await readJsonObject(path.join(folder, '.zarray'));
  if (!v2) throw unreadableZarr(`its array ${path.basename(folder)} is missing`);
  return parseLayoutV2(v2, (v2['dimension_separator'] ?? null) === null && (await hasNestedChunks(folder)));
}

/**
 * Whether chunks are in folders of folders although the metadata does not say so, as some early writers left it. Taken by
 * its word, such an image would be without a single chunk: black.
 */
async function hasNestedChunks(folder: string): Promise<boolean> {
  for await (const entry of await opendir(folder)) {
    if (!entry.name.startsWith('.')) return entry.isDirectory() && /^\d+$/.test(entry.name);
  }
  return false;
}

function product(sides: readonly number[]): number {
  return sides.reduce((area, side) => area * side, 1);
}
