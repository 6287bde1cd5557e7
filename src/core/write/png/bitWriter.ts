/** Writes bits from the lowest of each byte on, as deflate has them (RFC 1951, 3.1.1). */
export class BitWriter {
  /** The byte with the next bit, and which of it that is, 0 to 7. What is beneath it in the byte is written. */
  private at = 0;
  private bit = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** @param count 0 to 16 */
  put(value: number, count: number): void {
    let bits = (this.bytes[this.at] & ((1 << this.bit) - 1)) | (value << this.bit);
    for (this.bit += count; this.bit >= 8; this.bit -= 8, bits >>>= 8) this.bytes[this.at++] = bits;
    this.bytes[this.at] = bits;
  }

  /** Goes on with a whole byte; bits before it are 0. */
  align(): void {
    if (this.bit > 0) this.put(0, 8 - this.bit);
  }

  /** Whole bytes after whole bytes. */
  append(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  /** Lets others write from the next bit on, in the first byte that they are handed. @param write returns the next bit */
  hand(write: (bytes: Uint8Array, firstBit: number) => number): void {
    const end = write(this.bytes.subarray(this.at), this.bit);
    this.at += end >>> 3;
    this.bit = end & 7;
  }

  /** What is written, to the last whole byte. */
  get written(): Uint8Array {
    return this.bytes.subarray(0, this.at);
  }
}
