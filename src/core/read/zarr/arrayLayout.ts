import * as z from 'zod';
import type { SampleType } from '../../model/image';
import { exactIntegers, isWideType } from '../wideIntegers';
import { parseFillValue } from './storedSamples';
import { checkCodecs, checkCompressor, unsupportedCodec, type ZarrCodec } from './checkCodecs';
import { type JsonObject, unreadableZarr, ZarrProblem } from './zarrMetadata';

/** What the metadata of an array says, checked, and nothing that we cannot read exactly. */
export interface ArrayLayout {
  readonly shape: readonly number[];
  /** Of the files; in shards, several chunks. */
  readonly chunkShape: readonly number[];
  readonly sampleType: SampleType;
  /** Stored as truth values, read as 0 and 1. */
  readonly isTruth: boolean;
  readonly fillValue: number;
  readonly codecs: ZarrCodec[];
  readonly chunkKeys: { readonly name: 'default' | 'v2'; readonly configuration: { separator: '.' | '/' } };
  readonly sharding?: { readonly chunkShape: readonly number[]; readonly indexFirst: boolean };
}

const sides = z.array(z.int().min(1)).min(2);
const codec = z.object({ name: z.string(), configuration: z.record(z.string(), z.unknown()).default({}) });
const codecs = z.array(z.union([codec, z.string().transform((name) => ({ name, configuration: {} }))]));
const codecV2 = z.looseObject({ id: z.string() });
const separator = z.enum(['.', '/']);

const metadataV2 = z.object({
  zarr_format: z.literal(2),
  shape: sides,
  chunks: sides,
  dtype: z.unknown(),
  compressor: codecV2.nullish(),
  filters: z.array(codecV2).nullish(),
  order: z.enum(['C', 'F']).default('C'),
  fill_value: z.unknown().optional(),
  dimension_separator: separator.nullish(),
});

const metadataV3 = z.object({
  zarr_format: z.literal(3),
  node_type: z.literal('array'),
  shape: sides,
  data_type: z.unknown(),
  chunk_grid: z.object({ name: z.literal('regular'), configuration: z.object({ chunk_shape: sides }) }),
  chunk_key_encoding: z.object({
    name: z.enum(['default', 'v2']),
    configuration: z.object({ separator: separator.optional() }).optional(),
  }),
  codecs,
  fill_value: z.unknown().optional(),
  storage_transformers: z.array(z.unknown()).max(0).optional(),
});

const shardConfiguration = z.object({
  chunk_shape: sides,
  codecs,
  index_codecs: codecs,
  index_location: z.enum(['start', 'end']).default('end'),
});

/** @param nested whether chunks are in folders of folders, where the metadata does not say */
export function parseLayoutV2(json: JsonObject, nested: boolean): ArrayLayout {
  const metadata = parse(metadataV2, json, '.zarray');
  const dtype = metadata.dtype;
  const [, order, kind] = /^([<>|])([a-z]\d+)$/.exec(typeof dtype === 'string' ? dtype : '') ?? [];
  const type = sampleTypeOf(kind ?? '', typeof dtype === 'string' ? dtype : 'records of several values');
  const filters = (metadata.filters ?? []).map(({ id, ...configuration }) => {
    // Other than numcodecs, the library takes differences to be of the type of the samples.
    const plain = configuration['dtype'] === dtype && [undefined, dtype].includes(configuration['astype']);
    if (id !== 'delta' || !plain || type.sampleType === 'float16' || type.isTruth)
      throw unsupportedCodec(`filter ${id}`);
    return { name: 'numcodecs.delta', configuration };
  });
  const compressor = metadata.compressor ? [checkCompressor(metadata.compressor)] : [];
  return common(metadata.shape, metadata.chunks, type, metadata.fill_value, {
    codecs: [
      ...(metadata.order === 'F' ? [{ name: 'transpose', configuration: { order: 'F' } }] : []),
      ...filters,
      { name: 'bytes', configuration: { endian: order === '>' ? 'big' : 'little' } },
      ...compressor,
    ],
    chunkKeys: { name: 'v2', configuration: { separator: metadata.dimension_separator ?? (nested ? '/' : '.') } },
  });
}

export function parseLayoutV3(json: JsonObject): ArrayLayout {
  const metadata = parse(metadataV3, json, 'zarr.json');
  const { shape, data_type: dataType, chunk_grid: grid, chunk_key_encoding: keys } = metadata;
  const named = typeof dataType === 'string' ? dataType : JSON.stringify(dataType);
  const type = sampleTypeOf(named, named);
  const chunkShape = grid.configuration.chunk_shape;
  const chunkKeys = {
    name: keys.name,
    configuration: { separator: keys.configuration?.separator ?? (keys.name === 'default' ? '/' : '.') },
  } as const;
  const [first] = metadata.codecs;
  if (first?.name !== 'sharding_indexed') {
    const checked = checkCodecs(metadata.codecs, shape.length);
    return common(shape, chunkShape, type, metadata.fill_value, { codecs: checked, chunkKeys });
  }
  if (metadata.codecs.length > 1) throw unsupportedCodec(`${metadata.codecs[1].name} around shards`);
  const shard = parse(shardConfiguration, first.configuration, 'sharding_indexed');
  const whole =
    shard.chunk_shape.length === shape.length && chunkShape.every((side, i) => side % shard.chunk_shape[i] === 0);
  if (!whole) throw unreadableZarr(`its shards of ${chunkShape.join(' × ')} do not hold whole chunks`);
  const index = shard.index_codecs.map(({ name }) => name).join(' ');
  if (!/^bytes( crc32c)?$/.test(index)) throw unsupportedCodec(`a shard index of ${index}`);
  return common(shape, chunkShape, type, metadata.fill_value, {
    codecs: [
      {
        name: 'sharding_indexed',
        configuration: {
          chunk_shape: shard.chunk_shape,
          codecs: checkCodecs(shard.codecs, shape.length),
          index_codecs: shard.index_codecs,
        },
      },
    ],
    chunkKeys,
    sharding: { chunkShape: shard.chunk_shape, indexFirst: shard.index_location === 'start' },
  });
}

type SampleKind = Pick<ArrayLayout, 'sampleType' | 'isTruth'>;

function common(
  shape: readonly number[],
  chunkShape: readonly number[],
  type: SampleKind,
  fill: unknown,
  rest: Pick<ArrayLayout, 'codecs' | 'chunkKeys' | 'sharding'>,
): ArrayLayout {
  if (chunkShape.length !== shape.length) {
    throw unreadableZarr(`its chunks have ${chunkShape.length} axes and its array ${shape.length}`);
  }
  const fillValue = parseFillValue(fill ?? null, type.sampleType);
  if (fillValue === undefined) throw unreadableZarr(`its fill value is ${JSON.stringify(fill)}`);
  if (isWideType(type.sampleType) && !Number.isSafeInteger(fillValue)) {
    throw new ZarrProblem('ImageUnsupported', `a fill value among ${exactIntegers}`, `found about ${fillValue}`);
  }
  return { shape, chunkShape, ...type, fillValue, ...rest };
}

/** Types by their names in zarr 3 and in zarr 2, without byte order. */
const sampleTypes: Readonly<Record<string, SampleType | 'bool'>> = {
  ...{ uint8: 'uint8', uint16: 'uint16', uint32: 'uint32', uint64: 'uint64', bool: 'bool' },
  ...{ int8: 'int8', int16: 'int16', int32: 'int32', int64: 'int64' },
  ...{ float16: 'float16', float32: 'float32', float64: 'float64' },
  ...{ u1: 'uint8', u2: 'uint16', u4: 'uint32', u8: 'uint64', b1: 'bool' },
  ...{ i1: 'int8', i2: 'int16', i4: 'int32', i8: 'int64' },
  ...{ f2: 'float16', f4: 'float32', f8: 'float64' },
};

const refusedTypes: readonly (readonly [RegExp, string])[] = [
  [/^[<>|]?c(omplex)?\d+$/, 'complex numbers'],
  [/^([<>|]?[SUO]|string)/, 'text or objects'],
];

function sampleTypeOf(name: string, asWritten: string): SampleKind {
  const type = Object.hasOwn(sampleTypes, name) ? sampleTypes[name] : undefined;
  if (type === 'bool') return { sampleType: 'uint8', isTruth: true };
  if (type) return { sampleType: type, isTruth: false };
  const what = refusedTypes.find(([pattern]) => pattern.test(asWritten))?.[1];
  throw new ZarrProblem(
    'ImageUnsupported',
    '8, 16, 32 or 64-bit integers or 16, 32 or 64-bit floats',
    `found ${what ? `${what} (${asWritten})` : asWritten}`,
  );
}

function parse<T>(schema: z.ZodType<T>, json: unknown, name: string): T {
  const { success, data, error } = schema.safeParse(json);
  if (success) return data;
  const [issue] = error.issues;
  throw unreadableZarr(`its ${name} is not valid at ${issue.path.join('.') || 'its start'}: ${issue.message}`);
}
