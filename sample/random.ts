/**
 * A seeded source of random numbers, so that the sample dataset is the same on every run.
 *
 * The generator is Chris Doty-Humphrey's sfc32 ("small fast counting", 128 bits of state), written from its
 * description in PractRand: https://pracrand.sourceforge.net/RNG_engines.txt
 */
export class Random {
  // 32 bits each; kept signed, as JavaScript's bit operations give them.
  private a: number;
  private b: number;
  private c = 0;
  private counter = 1;
  private spareGaussian: number | undefined;

  /** `stream` names an independent sequence: adding numbers to one part of the sample leaves the others as they were. */
  constructor(seed: number, stream = '') {
    this.a = seed | 0;
    this.b = hashText(stream);
    for (let round = 0; round < 15; round++) this.uint32();
  }

  /** A whole number from 0 to 2³² − 1. */
  uint32(): number {
    const result = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  /** Uniform in [0, 1). */
  next(): number {
    return this.uint32() / 0x1_0000_0000;
  }

  /** Uniform in [low, high). */
  between(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** True with this probability. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Normal with mean 0 and standard deviation 1, by Marsaglia's polar method (it yields two at a time). */
  gaussian(): number {
    if (this.spareGaussian !== undefined) {
      const spare = this.spareGaussian;
      this.spareGaussian = undefined;
      return spare;
    }
    for (;;) {
      const u = this.between(-1, 1);
      const v = this.between(-1, 1);
      const square = u * u + v * v;
      if (square >= 1 || square === 0) continue;
      const scale = Math.sqrt((-2 * Math.log(square)) / square);
      this.spareGaussian = v * scale;
      return u * scale;
    }
  }

  /**
   * How many events are counted where `mean` are expected: the distribution is inverted by adding up its terms; above 30
   * by the normal approximation.
   */
  poisson(mean: number): number {
    if (mean > 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * this.gaussian()));
    const target = this.next();
    let count = 0;
    let term = Math.exp(-mean);
    for (let sum = term; sum < target && count < 200; sum += term) term *= mean / ++count;
    return count;
  }
}

/** FNV-1a, 32 bits, over the UTF-16 units of a short text. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}
