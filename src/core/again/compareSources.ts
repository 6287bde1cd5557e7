import path from 'node:path';
import type { SourceIdentity } from '../model/embeddedRecipe';
import { fileBytes } from '../read/describeFile';

/** A file that a picture was made of, as the dataset has it now. */
export interface ComparedSource extends SourceIdentity {
  /** `unknown`: it was outside of the dataset, and nothing that is used now goes by its name. */
  readonly state: 'same' | 'changed' | 'missing' | 'unknown';
  /** Where it has changed. */
  readonly bytesNow?: number;
}

/**
 * Whether the files that a picture was made of are there and as large as they were.
 * @param used what the same picture would be made of now, as far as that is known
 */
export async function compareSources(
  sources: readonly SourceIdentity[],
  datasetFolder: string,
  used: readonly SourceIdentity[],
): Promise<ComparedSource[]> {
  const compared: ComparedSource[] = [];
  const keyOf = ({ file, isOutside }: SourceIdentity): string => JSON.stringify([file, isOutside === true]);
  const usedNow = new Map(used.map((source) => [keyOf(source), source]));
  for (const source of sources) {
    const now = usedNow.get(keyOf(source));
    if (now) compared.push(compare(source, now.bytes));
    else if (source.isOutside) compared.push({ ...source, state: 'unknown' });
    else if (source.bytes === undefined) compared.push({ ...source, state: 'missing' });
    else {
      const inside = path.resolve(datasetFolder, source.file);
      // A picture from elsewhere may name any file; what lies outside of the dataset is none of its business.
      const bytes = inside.startsWith(datasetFolder + path.sep) ? await fileBytes(inside) : undefined;
      compared.push(bytes === undefined ? { ...source, state: 'missing' } : compare(source, bytes));
    }
  }
  return compared;
}

function compare(source: SourceIdentity, bytesNow: number | undefined): ComparedSource {
  if (bytesNow === source.bytes) return { ...source, state: 'same' };
  return { ...source, state: 'changed', ...(bytesNow !== undefined && { bytesNow }) };
}

/** What of the sources is not as it was, in words; `undefined` if nothing is. */
export function describeChanges(compared: readonly ComparedSource[]): string | undefined {
  const parts = compared.flatMap(({ file, state, bytes, bytesNow }): string[] => {
    if (state === 'same') return [];
    if (state === 'missing') return [`${file} is missing`];
    if (state === 'unknown') return [`${file}, which was outside of the dataset, is not in use`];
    return [`${file} has ${bytesNow ?? 'no'} bytes in place of ${bytes ?? 'none'}`];
  });
  if (parts.length === 0) return undefined;
  const shown = parts.slice(0, 5).join('; ');
  const more = parts.length > 5 ? `; and ${parts.length - 5} more` : '';
  return `The files are not those that it was made of, so it may look different: ${shown}${more}.`;
}
