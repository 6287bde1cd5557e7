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
 * The names of a stack's channels: those of a panel that the user named, else the file's own if they are names at all,
 * else the panel's, else the own ones, `Channel_0`, `Channel_1` … where there is none. A panel that has not one name
 * for each channel is not used, and said so: it would name the wrong images.
 */
export function nameChannels(
  fov: string,
  own: readonly (string | undefined)[],
  panel: Panel | undefined,
  warnings: Problem[],
): string[] {
  const isNamed = own.every((name) => name !== undefined) && !own.every((name) => placeholder.test(name.trim()));
  if (panel && (!isNamed || panel.isGiven)) {
    const unnamed = panel.names.filter((name) => name === '').length;
    if (panel.names.length === own.length && unnamed === 0) return uniqueNames(panel.names);
    const found = unnamed > 0 ? `${panel.names.length} rows, ${unnamed} of them without a name` : panel.names.length;
    warnings.push({
      code: 'ChannelNotFound',
      message: `Expected ${own.length} channel names for FOV ${fov} in ${panel.file}, but found ${found}; the panel is not used for it.`,
    });
  }
  return uniqueNames(own.map((name, i) => name ?? `Channel_${i}`));
}
