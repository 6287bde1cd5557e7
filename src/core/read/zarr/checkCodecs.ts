import { listNames } from '../../model/listNames';
import { compressorNames } from './zarrCodecs';
import { unreadableZarr, ZarrProblem } from './zarrMetadata';

/** One step from samples to the bytes of a chunk, as zarr 3 names it. */
export interface ZarrCodec {
  readonly name: string;
  readonly configuration: Record<string, unknown>;
}

/** The compressor of a zarr 2 array. */
export function checkCompressor({ id, ...configuration }: { readonly id: string }): ZarrCodec {
  if (!compressorNames.includes(id)) throw unsupportedCodec(`compressor ${id}`);
  return { name: id, configuration };
}

/**
 * The codecs of a chunk in the one order that we read: transposed or not, to bytes, compressed or not, with a checksum or
 * not. Other orders are allowed, but the size that a compressor must give would not be known.
 */
export function checkCodecs(list: readonly ZarrCodec[], dimensions: number): ZarrCodec[] {
  const known = ['transpose', 'bytes', ...compressorNames, 'crc32c'];
  const checked = list.map(({ name, configuration }) => ({ name: name.replace(/^numcodecs\./, ''), configuration }));
  const unknown = checked.findIndex(({ name }) => !known.includes(name));
  if (unknown >= 0) throw unsupportedCodec(`codec ${list[unknown].name}`);
  const order = checked.map(({ name }) => (compressorNames.includes(name) ? 'compressor' : name)).join(' ');
  if (!/^(transpose )?bytes( compressor)?( crc32c)?$/.test(order)) {
    throw unsupportedCodec(`codecs ${listNames(checked.map(({ name }) => name))} in this order`);
  }
  for (const { configuration } of checked.filter(({ name }) => name === 'transpose')) {
    const axes: unknown = configuration['order'];
    const permutation =
      ['C', 'F'].includes(axes as string) ||
      (Array.isArray(axes) && axes.length === dimensions && axes.every((_, i) => axes.includes(i)));
    if (!permutation) throw unreadableZarr(`its transpose codec has the order ${JSON.stringify(axes)}`);
  }
  return checked;
}

export function unsupportedCodec(what: string): ZarrProblem {
  return new ZarrProblem('ImageUnsupported', 'chunks of a kind that we can decode', `found the ${what}`);
}
