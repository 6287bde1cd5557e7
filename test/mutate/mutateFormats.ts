import { crc32, deflateSync, inflateSync } from 'node:zlib';
import type { Random } from '../../sample/random';
import { below, byteMutators, extremes, type Mutator, overwriteNumber, pick } from './mutateBytes';

/** Classic TIFF: entries of its directories, their tags, types, counts and values, and where the next directory is. */
export const tiffMutators: readonly Mutator[] = [
  function otherEntry(bytes, random) {
    const entries = tiffEntries(bytes);
    if (entries.length === 0) return undefined;
    const copy = Buffer.from(bytes);
    const [at, other] = [pick(random, entries), pick(random, entries)];
    const little = bytes[0] === 0x49;
    const [field, size] = pick(random, [[0, 2], [2, 2], [4, 4], [8, 4], [8, 4]] as const); // prettier-ignore
    const value = random.chance(0.3) ? undefined : random.chance(0.5) ? pick(random, extremes) : below(random, 70_000);
    if (value === undefined) bytes.copy(copy, at + field, other + field, other + field + size);
    else if (size === 2) copy[little ? 'writeUInt16LE' : 'writeUInt16BE'](value & 0xffff, at + field);
    else copy[little ? 'writeUInt32LE' : 'writeUInt32BE'](value, at + field);
    return copy;
  },
  function swapEntries(bytes, random) {
    const entries = tiffEntries(bytes);
    if (entries.length === 0) return undefined;
    const copy = Buffer.from(bytes);
    const [a, b] = [pick(random, entries), pick(random, entries)];
    bytes.copy(copy, a, b, b + 12);
    bytes.copy(copy, b, a, a + 12);
    return copy;
  },
  function loopOfDirectories(bytes, random) {
    const entries = tiffEntries(bytes);
    if (entries.length === 0) return undefined;
    const copy = Buffer.from(bytes);
    const next = entries.at(-1)! + 12;
    const to = pick(random, [
      bytes[0] === 0x49 ? bytes.readUInt32LE(4) : bytes.readUInt32BE(4),
      next - 2,
      8,
      0xfffffff0,
    ]);
    if (next + 4 > bytes.length) return undefined;
    copy[bytes[0] === 0x49 ? 'writeUInt32LE' : 'writeUInt32BE'](to, next);
    return copy;
  },
];

/** Where the entries of the directories are, each of 12 bytes; none in a BigTIFF. */
function tiffEntries(bytes: Buffer): number[] {
  const little = bytes[0] === 0x49;
  const u16 = (at: number): number => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const u32 = (at: number): number => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const entries: number[] = [];
  if (bytes.length < 8 || u16(2) !== 42) return entries;
  for (let at = u32(4), pages = 0; at > 0 && at + 2 < bytes.length && pages < 50; pages++) {
    const count = u16(at);
    const end = at + 2 + count * 12;
    if (end + 4 > bytes.length) break;
    for (let i = 0; i < count; i++) entries.push(at + 2 + i * 12);
    at = u32(end);
  }
  return entries;
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/** PNG: chunks that are swapped, doubled, left out or changed, with their checksums as they must be. */
export const pngMutators: readonly Mutator[] = [
  withChunks((chunks, random) => {
    const [a, b] = [below(random, chunks.length), below(random, chunks.length)];
    [chunks[a], chunks[b]] = [chunks[b], chunks[a]];
  }),
  withChunks((chunks, random) => {
    const at = below(random, chunks.length);
    chunks.splice(at, random.chance(0.5) ? 1 : 0, ...(random.chance(0.5) ? [chunks[at], chunks[at]] : []));
  }),
  withChunks((chunks, random) => {
    const at = below(random, chunks.length);
    const { type, data } = chunks[at];
    if (data.length > 0) chunks[at] = { type, data: pick(random, byteMutators)(data, random) ?? data };
  }),
  withChunks((chunks, random) => {
    const at = chunks.findIndex(({ type }) => type === 'IHDR');
    if (at >= 0) chunks[at] = { type: 'IHDR', data: overwriteNumber(chunks[at].data, below(random, 13), random).subarray(0, 13) }; // prettier-ignore
  }),
  withChunks((chunks, random) => {
    const at = chunks.findIndex(({ type }) => type === 'IDAT');
    if (at < 0) return;
    const rows = inflated(Buffer.concat(chunks.flatMap(({ type, data }) => (type === 'IDAT' ? [data] : []))));
    if (rows) chunks[at] = { type: 'IDAT', data: deflateSync(pick(random, byteMutators)(rows, random) ?? rows) };
  }),
];

function inflated(data: Buffer): Buffer | undefined {
  try {
    const rows = inflateSync(data, { maxOutputLength: 2 ** 20 });
    return rows.length > 0 ? rows : undefined;
  } catch {
    return undefined; // Another mutator was here before.
  }
}

function withChunks(change: (chunks: Chunk[], random: Random) => void): Mutator {
  return function changeChunks(bytes, random) {
    const chunks: Chunk[] = [];
    for (let at = 8; at + 12 <= bytes.length;) {
      const size = bytes.readUInt32BE(at);
      chunks.push({ type: bytes.toString('latin1', at + 4, at + 8), data: bytes.subarray(at + 8, at + 8 + size) });
      at += 12 + size;
    }
    if (chunks.length === 0) return undefined;
    change(chunks, random);
    return Buffer.concat([bytes.subarray(0, 8), ...chunks.flatMap(chunkBytes)]);
  };
}

function chunkBytes({ type, data }: Chunk): Buffer[] {
  const [head, tail] = [Buffer.alloc(8), Buffer.alloc(4)];
  head.writeUInt32BE(data.length);
  head.write(type, 4, 'latin1');
  tail.writeUInt32BE(crc32(data, crc32(head.subarray(4))));
  return [head, data, tail];
}

/** Formats whose parts begin with a signature: a number near one of them becomes an extreme one. */
export function nearSignatures(...signatures: readonly string[]): readonly Mutator[] {
  return [
    function extremeNearSignature(bytes, random) {
      const places = signatures.flatMap((signature) => placesOf(bytes, signature));
      if (places.length === 0) return undefined;
      const at = pick(random, places) + below(random, 48);
      return at < bytes.length ? overwriteNumber(bytes, at, random) : undefined;
    },
  ];
}

function placesOf(bytes: Buffer, signature: string): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(signature, 0, 'latin1'); at >= 0; at = bytes.indexOf(signature, at + 1, 'latin1')) {
    places.push(at);
  }
  return places;
}
