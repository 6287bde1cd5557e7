import { kernelWorld } from '../../kernels/kernels';
import type { WantedOf } from '../../kernels/kernelWorld';
import { type DeflateMemory, deflateMemory, deflateRuns } from './deflateRuns';
import { pngChunk } from './pngChunk';
import { pngText } from './pngText';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Deflate by the quickest way, without a dictionary (RFC 1950, 2.2). */
const zlibHeader = Buffer.from([0x78, 0x01]);

/** A segment has the fewest rows with which it is longer than that, but for the last one. */
const segmentBytes = 2 ** 20;

/** Rows of a segment that are tried to find out which filter makes it smaller. */
const sampledRows = 16;

const filters = { none: 0, sub: 1 } as const;
type Filter = (typeof filters)[keyof typeof filters];

interface SizePx {
  readonly widthPx: number;
  readonly heightPx: number;
}

/** In the kernels' memory: pixels, rows behind their filters, and what deflate needs. */
type SegmentMemory = [rgb: Uint8Array, rows: Uint8Array, ...deflate: DeflateMemory];

/**
 * Encodes a picture as PNG of 8 bits per colour without alpha, from the top down, as its rows come: of the picture, at most a
 * segment of about 2²⁰ bytes is in memory. Every pixel is kept, and equal pixels give equal bytes, however the rows are handed over.
 * Each segment has the filter that suits it and is compressed by itself into a chunk of its own. Source: PNG, third
 * edition, sections 7 to 10.
 *
 * It uses the kernels' memory while it works, so nothing else may be laid out there meanwhile.
 */
export class PngEncoder {
  private readonly rowBytes: number;
  private readonly segmentRows: number;
  private head: Buffer[];
  private encodedRows = 0;
  /** Rows of a segment that has begun, in memory that is made when first needed. */
  private waiting = new Uint8Array(0);
  private waitingBytes = 0;
  private checksum = 1;

  /**
   * @param dpi pixels per inch on paper, written as whole pixels per metre; absent: the file says nothing of paper
   * @param embedded a text that is put before the pixels
   */
  constructor(
    private readonly size: SizePx,
    dpi?: number,
    embedded?: string,
  ) {
    this.rowBytes = 3 * size.widthPx;
    this.segmentRows = Math.floor(segmentBytes / (this.rowBytes + 1)) + 1;
    this.head = [
      signature,
      header(size),
      ...(dpi === undefined ? [] : [physicalSize(dpi)]),
      ...(embedded === undefined ? [] : [pngText(embedded)]),
    ];
  }

  /**
   * @param rgb the next rows, whole ones, not in the kernels' memory
   * @returns what of the file is new with them
   */
  add(rgb: Uint8Array): Buffer[] {
    const rows = rgb.length / this.rowBytes;
    if (!Number.isInteger(rows) || rows > this.missingRows) {
      throw new RangeError(`expected at most ${this.missingRows} whole rows, found ${rows}`);
    }
    const written = this.head;
    this.head = [];
    for (let at = 0; at < rgb.length;) {
      const bytes = Math.min(this.segmentRows, this.size.heightPx - this.encodedRows) * this.rowBytes;
      const next = rgb.subarray(at, at + bytes - this.waitingBytes);
      at += next.length;
      if (next.length === bytes) {
        written.push(this.encodeSegment(next));
        continue;
      }
      if (this.waiting.length < bytes) this.waiting = new Uint8Array(bytes);
      this.waiting.set(next, this.waitingBytes);
      this.waitingBytes += next.length;
      if (this.waitingBytes < bytes) continue;
      written.push(this.encodeSegment(this.waiting.subarray(0, bytes)));
      this.waitingBytes = 0;
    }
    return written;
  }

  /** @returns the end of the file, when all rows were added */
  end(): Buffer {
    if (this.missingRows > 0) throw new RangeError(`expected all rows, found ${this.missingRows} missing`);
    return pngChunk('IEND');
  }

  private get missingRows(): number {
    return this.size.heightPx - this.encodedRows - this.waitingBytes / this.rowBytes;
  }

  private encodeSegment(pixels: Uint8Array): Buffer {
    const rowCount = pixels.length / this.rowBytes;
    const bytes = rowCount * (this.rowBytes + 1);
    const wanted: WantedOf<SegmentMemory> = [[Uint8Array, pixels.length], [Uint8Array, bytes], ...deflateMemory(bytes)];
    const kernels = kernelWorld();
    const memory = kernels.layOut<SegmentMemory>(...wanted);
    const [rgb, rows, ...deflate] = memory;
    rgb.set(pixels);
    kernels.filterRows(rgb, this.size.widthPx, chooseFilter(this.size.widthPx, memory), rows);
    const isFirst = this.encodedRows === 0;
    this.encodedRows += rowCount;
    const isLast = this.encodedRows === this.size.heightPx;
    this.checksum = kernels.adler32(rows, this.checksum);
    const piece = deflateRuns(rows, deflate, isLast);
    return pngChunk('IDAT', ...(isFirst ? [zlibHeader] : []), piece, ...(isLast ? [bigEndian(this.checksum)] : []));
  }
}

function header({ widthPx, heightPx }: SizePx): Buffer {
  const content = Buffer.alloc(13);
  content.writeUInt32BE(widthPx, 0);
  content.writeUInt32BE(heightPx, 4);
  content.writeUInt8(8, 8); // Bits per sample.
  content.writeUInt8(2, 9); // Red, green and blue.
  return pngChunk('IHDR', content);
}

const metresPerInch = 0.0254;

/** All that PNG can say of paper: section 11.3.4.3. */
function physicalSize(dpi: number): Buffer {
  const pixelsPerMetre = bigEndian(Math.round(dpi / metresPerInch));
  // The unit is the metre.
  return pngChunk('pHYs', pixelsPerMetre, pixelsPerMetre, Buffer.of(1));
}

function bigEndian(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Noise is smaller as differences, black between cells without: some rows of the segment itself say which. */
function chooseFilter(widthPx: number, memory: SegmentMemory): Filter {
  const { sub, none } = filters;
  return sampledBits(sub, widthPx, memory) < sampledBits(none, widthPx, memory) ? sub : none;
}

function sampledBits(filter: Filter, widthPx: number, [rgb, rows, tokens, counts]: SegmentMemory): number {
  const kernels = kernelWorld();
  const length = 3 * widthPx;
  const height = rgb.length / length;
  const count = Math.min(height, sampledRows);
  for (let i = 0; i < count; i++) {
    const from = Math.floor(((i + 0.5) * height) / count) * length;
    kernels.filterRows(rgb.subarray(from, from + length), widthPx, filter, rows.subarray(i * (length + 1)));
  }
  const found = kernels.findRuns(rows.subarray(0, count * (length + 1)), tokens);
  kernels.countTokens(tokens.subarray(0, found), counts);
  return bitsOf(counts, found);
}

/** What a perfect code takes for tokens that occur so often (Shannon's entropy). */
function bitsOf(counts: Uint32Array, all: number): number {
  let bits = 0;
  for (const count of counts) if (count > 0) bits -= count * Math.log2(count / all);
  return bits;
}
