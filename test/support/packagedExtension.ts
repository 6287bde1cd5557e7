import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { packageVsix } from '../harness/packageVsix';
import { downloadsDirectory } from '../harness/project';

let packaged: Promise<string> | undefined;

/** The packaged extension: the file that `npm test` made, or, for a level that is run alone, one made now. */
export function packagedExtension(): Promise<string> {
  const made = process.env['MBE_VSIX'];
  mkdirSync(downloadsDirectory, { recursive: true });
  packaged ??= made ? Promise.resolve(made) : packageVsix({ out: path.join(downloadsDirectory, 'tested.vsix') });
  return packaged;
}
