/** What the two formats below share: `output` is filled from `input`, and anything that does not fit is damage. */
type DecodeLz = (input: Uint8Array, output: Uint8Array) => void;

/**
 * One LZ4 block (no frame). Sequences of literals and a match at an offset of 16 bits; the last has literals only.
 * Throws unless the block fills `output` exactly.
 */
export const decodeLz4: DecodeLz = (input, output) => {
  let at = 0;
  let written = 0;
  while (at < input.length) {
    const token = input[at++];
    let literals = token >>> 4;
    // A length of 15 in the token goes on in bytes, as long as they are 255.
    if (literals === 15) {
      let more = 255;
      for (; more === 255; literals += more) more = byteAt(input, at++);
    }
    if (at + literals > input.length || written + literals > output.length) throw damaged();
    copyLiterals(input, at, output, written, literals);
    at += literals;
    written += literals;
    if (at === input.length) break;
    const offset = byteAt(input, at) | (byteAt(input, at + 1) << 8);
    at += 2;
    let length = token & 15;
    if (length === 15) {
      let more = 255;
      for (; more === 255; length += more) more = byteAt(input, at++);
    }
    copyMatch(output, written, offset, length + 4);
    written += length + 4;
  }
  if (written !== output.length) throw damaged();
};

/** Offsets of more than this are written in 16 bits. */
const blosclzNearest = 8191;

/**
 * One BloscLZ stream. A control byte below 32 counts literals; above, it holds the length of a match and the high bits of
 * its offset. Throws unless the stream fills `output` exactly.
 */
export const decodeBlosclz: DecodeLz = (input, output) => {
  let at = 0;
  let written = 0;
  // The first one can only count literals.
  let control = byteAt(input, at++) & 31;
  for (;;) {
    if (control < 32) {
      const literals = control + 1;
      if (at + literals > input.length || written + literals > output.length) throw damaged();
      copyLiterals(input, at, output, written, literals);
      at += literals;
      written += literals;
    } else {
      let length = (control >>> 5) + 2;
      if (length === 9) {
        let more = 255;
        for (; more === 255; length += more) more = byteAt(input, at++);
      }
      const high = (control & 31) << 8;
      const low = byteAt(input, at++);
      let distance = high + low;
      if (low === 255 && high === 31 << 8) {
        distance = blosclzNearest + ((byteAt(input, at) << 8) | byteAt(input, at + 1));
        at += 2;
      }
      copyMatch(output, written, distance + 1, length);
      written += length;
    }
    if (at >= input.length) break;
    control = input[at++];
  }
  if (written !== output.length) throw damaged();
};

function byteAt(input: Uint8Array, at: number): number {
  if (at >= input.length) throw damaged();
  return input[at];
}

function copyLiterals(input: Uint8Array, from: number, output: Uint8Array, to: number, length: number): void {
  // A call costs more than a few bytes.
  if (length > 32) output.set(input.subarray(from, from + length), to);
  else for (let i = 0; i < length; i++) output[to + i] = input[from + i];
}

/** Bytes that were written before, again; they may reach into what they write, which repeats them. */
function copyMatch(output: Uint8Array, to: number, offset: number, length: number): void {
  if (offset === 0 || offset > to || to + length > output.length) throw damaged();
  if (offset === 1) output.fill(output[to - 1], to, to + length);
  else if (length > 32 && offset >= length) output.copyWithin(to, to - offset, to - offset + length);
  else for (let i = to; i < to + length; i++) output[i] = output[i - offset];
}

function damaged(): Error {
  return new Error('its compressed bytes are damaged');
}
