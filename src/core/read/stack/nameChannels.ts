import path from 'node:path';
import type { Problem } from '../../model/dataset';
import { uniqueNames } from '../../model/uniqueNames';
import type { Panel } from './readPanel';

/** A file's name without its TIFF ending; OME's double ending goes as a whole. */
export function stackName(file: string): string {
  return path.basename(file).replace(/(\.ome)?\.tiff?$|\.companion\.ome$/i, '');
}

/** A name that a program gave for want of a better one, such as `Channel:0:3`. */
const placeholder = /^(channel|ch|c)?[ _:-]*\d+(:\d+)?$/i;

/**
 * The names of a stack's channels: the file's own if they are names at all, else the panel's if it has as many, else
 * `Channel_0`, `Channel_1` … A panel of another length is not used, and said so: it would name the wrong images.
 */
export function nameChannels(
  fov: string,
  own: readonly (string | undefined)[],
  panel: Panel | undefined,
  warnings: Problem[],
): string[] {
  const ownNames = own.filter((name) => name !== undefined);
  const complete = ownNames.length === own.length;
  if (complete && !own.every((name) => placeholder.test(name!.trim()))) return uniqueNames(ownNames);
  if (panel?.names.length === own.length && panel.names.every((name) => name !== '')) return uniqueNames(panel.names);
  if (panel) {
    warnings.push({
      code: 'ChannelNotFound',
      message: `Expected ${own.length} channel names for FOV ${fov} in ${panel.file}, but found ${panel.names.length}; the panel is not used for it.`,
    });
  }
  return uniqueNames(complete ? ownNames : own.map((_, i) => `Channel_${i}`));
}
