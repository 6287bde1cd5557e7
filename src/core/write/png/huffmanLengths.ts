const maxSymbols = 288;
const symbolRange = 2 ** 9;

/** Used again for every code: taken anew, they take longer than the code. */
const keys = new Float64Array(maxSymbols);
/** Of the tree: first its leaves, the rarest symbol first, then its sums in the order in which they are made. */
const weights = new Float64Array(2 * maxSymbols);
const parents = new Uint16Array(2 * maxSymbols);
const depths = new Uint16Array(2 * maxSymbols);
const leavesAt = new Uint16Array(maxSymbols);

/**
 * How many bits each symbol has in a prefix code that makes a text with these counts as short as Huffman's does, or, where
 * that would have codes longer than `limit`, nearly so: 0 for a symbol that does not occur. A symbol that is alone has 1.
 * @param counts of at most 288 symbols
 * @param limit there are at most 2 to the power of it symbols that occur
 */
export function huffmanLengths(counts: Uint32Array, limit: number): Uint8Array {
  const lengths = new Uint8Array(counts.length);
  const leaves = sortLeaves(counts);
  if (leaves === 1) lengths[keys[0] % symbolRange] = 1;
  if (leaves < 2) return lengths;
  growTree(leaves);
  limitDepths(measureDepths(leaves), limit);
  // The rarest symbols get the longest codes.
  let leaf = 0;
  for (let length = limit; length > 0; length--) {
    for (let i = leavesAt[length]; i > 0; i--) lengths[keys[leaf++] % symbolRange] = length;
  }
  return lengths;
}

/** The symbols that occur, in `keys`, and their weights: the rarest first, of equals the first. */
function sortLeaves(counts: Uint32Array): number {
  let leaves = 0;
  for (let symbol = 0; symbol < counts.length; symbol++) {
    // The 53 bits of a whole number hold a count and a symbol.
    if (counts[symbol] > 0) keys[leaves++] = counts[symbol] * symbolRange + symbol;
  }
  keys.subarray(0, leaves).sort();
  for (let leaf = 0; leaf < leaves; leaf++) weights[leaf] = Math.floor(keys[leaf] / symbolRange);
  return leaves;
}

/**
 * Makes Huffman's tree. Leaves come in rising order and so do sums, so that the two lightest nodes without a parent are always
 * the first of the leaves or of the sums that are left (van Leeuwen, 1976).
 */
function growTree(leaves: number): void {
  let leaf = 0;
  let sum = leaves;
  for (let node = leaves; node < 2 * leaves - 1; node++) {
    weights[node] = 0;
    for (let child = 0; child < 2; child++) {
      const lightest = leaf < leaves && (sum === node || weights[leaf] <= weights[sum]) ? leaf++ : sum++;
      weights[node] += weights[lightest];
      parents[lightest] = node;
    }
  }
}

/** Counts the leaves at each depth, in `leavesAt`. @returns the greatest */
function measureDepths(leaves: number): number {
  leavesAt.fill(0);
  const root = 2 * leaves - 2;
  depths[root] = 0;
  for (let node = root - 1; node >= 0; node--) {
    depths[node] = depths[parents[node]] + 1;
    if (node < leaves) leavesAt[depths[node]]++;
  }
  return depths[0];
}

/**
 * As in ITU-T T.81 (JPEG), figure K.3: of two leaves that are too deep, one takes the place of the node above both, the other
 * goes beside a leaf that is less deep, beneath a node in its place.
 */
function limitDepths(deepest: number, limit: number): void {
  for (let depth = deepest; depth > limit; depth--) {
    while (leavesAt[depth] > 0) {
      let other = depth - 2;
      while (leavesAt[other] === 0) other--;
      leavesAt[depth] -= 2;
      leavesAt[depth - 1]++;
      leavesAt[other]--;
      leavesAt[other + 1] += 2;
    }
  }
}
