import { ExportError } from '../model/exportError';

/** So many are said one after the other; of forty channels that are all missing, the first ones tell enough. */
const mostSaid = 5;

/**
 * Faults of one item as one error, so that all of them can be mended at once; the code is the first one's.
 * @param faults at least one
 */
export function joinFaults(faults: readonly ExportError[]): ExportError {
  const [first] = faults;
  // Channels in one damaged file all fail with the same words.
  const messages = [...new Set(faults.map(({ message }) => message))];
  if (messages.length === 1) return first;
  const more = messages.length - mostSaid;
  const said = [...messages.slice(0, mostSaid), ...(more > 0 ? [`And ${more} more.`] : [])];
  return new ExportError(first.code, said.join(' '), first.details, first);
}
