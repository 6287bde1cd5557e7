/** A prefix code: of each symbol the length in bits, 0 for one that does not occur, and the code, as Deflate writes it: last bit first. */
export interface HuffmanCode {
  readonly lengths: Uint8Array;
  readonly codes: Uint16Array;
}

/**
 * The Huffman code for symbols that occur so often, no length above `maxLength`: where the best code has longer ones, they
 * are cut, and shorter ones given up until the code fits again. Codes are given out in the order of RFC 1951, 3.2.2.
 * @param counts at most 2 ** `maxLength` symbols; if fewer than two of them occur, the first ones that do not stand in
 */
export function huffmanCode(counts: Uint32Array, maxLength: number): HuffmanCode {
  const symbols = [...counts.keys()].filter((symbol) => counts[symbol] > 0);
  // A code of one symbol would have no bits, which decoders refuse.
  for (let symbol = 0; symbols.length < 2; symbol++) if (counts[symbol] === 0) symbols.push(symbol);
  symbols.sort((a, b) => counts[a] - counts[b] || a - b);
  const perLength = limitLengths(treeDepths(symbols.map((symbol) => counts[symbol])), maxLength);
  const lengths = new Uint8Array(counts.length);
  let next = 0;
  // The rarest symbols come first, and get the longest codes.
  for (let length = maxLength; length > 0; length--) {
    for (let i = 0; i < perLength[length]; i++) lengths[symbols[next++]] = length;
  }
  return { lengths, codes: assignCodes(lengths, perLength, maxLength) };
}

/** How deep each of the weights, in ascending order, lies in the tree that joins the two lightest parts until one is left. */
function treeDepths(weights: readonly number[]): number[] {
  const leaves = weights.length;
  const total = new Float64Array(2 * leaves - 1);
  total.set(weights);
  const parents = new Uint32Array(total.length);
  let [leaf, joint] = [0, leaves];
  for (let node = leaves; node < total.length; node++) {
    // Parts that were joined earlier are lighter, so both queues are in order.
    for (let taken = 0; taken < 2; taken++) {
      const lightest = joint >= node || (leaf < leaves && total[leaf] <= total[joint]) ? leaf++ : joint++;
      total[node] += total[lightest];
      parents[lightest] = node;
    }
  }
  const depths = new Array<number>(total.length).fill(0);
  for (let node = total.length - 2; node >= 0; node--) depths[node] = depths[parents[node]] + 1;
  return depths.slice(0, leaves);
}

/** How many codes there are of each length, after those that are too long were cut to `maxLength`. */
function limitLengths(depths: readonly number[], maxLength: number): Uint32Array {
  const perLength = new Uint32Array(maxLength + 1);
  for (const depth of depths) perLength[Math.min(depth, maxLength)]++;
  // A code of this length takes this share of all there is to give, which is 2 ** maxLength (Kraft's inequality).
  let taken = perLength.reduce((sum, count, length) => sum + count * 2 ** (maxLength - length), 0);
  for (; taken > 2 ** maxLength; taken--) {
    let length = maxLength - 1;
    while (perLength[length] === 0) length--;
    // One of the longest codes becomes the neighbour of a shorter one, which is made longer by a bit for that.
    perLength[maxLength]--;
    perLength[length]--;
    perLength[length + 1] += 2;
  }
  return perLength;
}

function assignCodes(lengths: Uint8Array, perLength: Uint32Array, maxLength: number): Uint16Array {
  const next = new Uint32Array(maxLength + 2);
  for (let length = 1; length <= maxLength; length++) next[length + 1] = (next[length] + perLength[length]) * 2;
  const codes = new Uint16Array(lengths.length);
  for (const [symbol, length] of lengths.entries()) if (length > 0) codes[symbol] = reverseBits(next[length]++, length);
  return codes;
}

function reverseBits(code: number, length: number): number {
  let reversed = 0;
  for (let bit = 0; bit < length; bit++) reversed = (reversed << 1) | ((code >>> bit) & 1);
  return reversed;
}
