import { type HexColor, parseColor } from '../../model/color';
import { trimNames } from '../trimNames';
import { isObject, type JsonObject, objectsIn } from './zarrMetadata';

/** One channel of an OME-Zarr image. */
export interface ZarrChannel {
  /** Differs from the names of the other channels. */
  readonly name: string;
  readonly plane: { readonly zarrIndex: readonly number[] };
  /** How the file proposes to show it. */
  readonly display?: { readonly color: HexColor; readonly contrastLimits: readonly [low: number, high: number] };
}

/**
 * The channels with names and display from `omero`, as far as it gives them.
 * @param planes the address of each channel's plane
 * @param found what the user should know, a sentence each
 */
export function parseChannels(
  folder: string,
  attributes: JsonObject,
  planes: readonly ZarrChannel['plane'][],
  found: string[],
): ZarrChannel[] {
  const omero = isObject(attributes['omero']) ? attributes['omero'] : {};
  // Not `objectsIn`: what is no object still has its place in the list.
  const list: unknown[] = Array.isArray(omero['channels']) ? omero['channels'] : [];
  const stated = planes.map((_, i) => (isObject(list[i]) ? list[i] : {}));
  const names = trimNames(
    folder,
    stated.map(({ label }, i) => (typeof label === 'string' && label.trim() !== '' ? label : `Channel_${i}`)),
    { push: ({ message }) => found.push(message) },
  );
  return planes.flatMap((plane, i) => {
    const name = names[i];
    const display = parseDisplay(stated[i]);
    return name === undefined ? [] : [{ name, plane, ...(display && { display }) }];
  });
}

function parseDisplay({ color, window, active }: JsonObject): ZarrChannel['display'] {
  if (active === false) return undefined; // Switched off in the viewer that saved it.
  const hex = typeof color === 'string' && /^[0-9a-f]{6}$/i.test(color) ? parseColor(`#${color}`) : undefined;
  const [{ start, end }] = [...objectsIn([window]), {} as JsonObject];
  if (hex === undefined || typeof start !== 'number' || typeof end !== 'number' || !(end > start)) return undefined;
  return { color: hex, contrastLimits: [start, end] };
}
