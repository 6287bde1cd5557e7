/** What `findRuns` tells apart: 256 bytes, and runs of 3 to 258. */
export const tokenKinds = 512;

/** Deflate's bytes, end of block, and lengths of runs. */
export const symbolKinds = 286;
export const endOfBlock = 256;

/** How deflate says a token (RFC 1951, 3.2.5): a symbol, and for lengths how far they are from the symbol's first. */
interface TokenSymbols {
  readonly symbol: Uint16Array;
  readonly extraBits: Uint8Array;
  readonly extra: Uint8Array;
}

export const tokenSymbols = listTokenSymbols();

/** How many bytes a token stands for. */
export function bytesOfToken(token: number): number {
  return token < 256 ? 1 : token - 253;
}

function listTokenSymbols(): TokenSymbols {
  const symbol = Uint16Array.from({ length: tokenKinds }, (_, token) => token);
  const extraBits = new Uint8Array(tokenKinds);
  const extra = new Uint8Array(tokenKinds);
  let token = 256;
  for (let length = 257; length < symbolKinds - 1; length++) {
    const bits = length < 265 ? 0 : (length - 261) >> 2;
    for (let i = 0; i < 1 << bits && token < tokenKinds; i++, token++) {
      symbol[token] = length;
      extraBits[token] = bits;
      extra[token] = i;
    }
  }
  // The longest has a symbol of its own.
  symbol[tokenKinds - 1] = symbolKinds - 1;
  extraBits[tokenKinds - 1] = extra[tokenKinds - 1] = 0;
  return { symbol, extraBits, extra };
}
