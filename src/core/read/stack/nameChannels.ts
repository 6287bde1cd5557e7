import path from 'node:path';
import type { ImageSource, Problem } from '../../model/dataset';
import { trimNames } from '../trimNames';
import type { ChannelPanel } from './readPanel';

/** A file's name without the ending of an image; OME's double ending goes as a whole. */
export function stackName(file: string): string {
  return path.basename(file).replace(/(\.ome)?\.(tiff?|qptiff|png)$|\.companion\.ome$/i, '');
}

/** A name that a program gave for want of a better one, such as `Channel:0:3`. */
const placeholder = /^(channel|ch|c)?[ _:-]*\d+(:\d+)?$/i;

/**
 * The names of a stack's channels: those of a panel that the user named, else the file's own if they are names at all,
 * else the panel's, else the own ones, `Channel_0`, `Channel_1` … where there is none. A panel that has not one name
 * for each channel is not used, and said so: it would name the wrong images. Where a name is `undefined`, `trimNames` has
 * left the channel out.
 */
export function nameChannels(
  fov: string,
  given: readonly (string | undefined)[],
  panel: ChannelPanel | undefined,
  warnings: Problem[],
): (string | undefined)[] {
  const own = given.map((name) => (name?.trim() === '' ? undefined : name));
  const isNamed = own.every((name) => name !== undefined) && !own.every((name) => placeholder.test(name.trim()));
  const owner = `FOV ${fov}`;
  if (panel && (!isNamed || panel.isGiven)) {
    const unnamed = panel.names.filter((name) => name.trim() === '').length;
    if (panel.names.length === own.length && unnamed === 0) return trimNames(owner, panel.names, warnings);
    const found = unnamed > 0 ? `${panel.names.length} rows, ${unnamed} of them without a name` : panel.names.length;
    warnings.push({
      code: 'ChannelNotFound',
      message: `Expected ${own.length} channel names for ${owner} in ${panel.file}, but found ${found}; the panel is not used for it.`,
    });
  }
  return trimNames(
    owner,
    own.map((name, i) => name ?? `Channel_${i}`),
    warnings,
  );
}

/** The planes of channels with their names, without those that have none. */
export function namedSources(
  names: readonly (string | undefined)[],
  planes: readonly Omit<ImageSource, 'name'>[],
): ImageSource[] {
  return planes.flatMap((plane, i) => {
    const name = names[i];
    return name === undefined ? [] : [{ name, ...plane }];
  });
}
