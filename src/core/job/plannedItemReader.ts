import * as z from 'zod';
import type { PlannedItem } from '../model/plan';
import { plannedItemSchema } from '../model/plannedItem';

/** What items of a FOV have in common. */
const commonKeys = [
  'channels',
  'masks',
  'annotation',
  'own',
  'cellMask',
  'pixelSize',
  'otherPixelSize',
  'tiles',
] as const;

/** The schema for an item whose common parts have been checked; in the same order. */
const restSchema = plannedItemSchema.extend(Object.fromEntries(commonKeys.map((key) => [key, z.unknown().optional()])));

/** Of so many texts it is known what they mean: plans go FOV by FOV. */
const mostKnown = 1000;

/**
 * Reads the items of a plan from its lines, in any order. What several say in the same words is checked once and is one object,
 * not to be changed: items of a FOV have the same images, of which there may be forty.
 * @returns throws what `JSON.parse` and `plannedItemSchema` throw
 */
export function plannedItemReader(): (line: string) => PlannedItem {
  const known = new Map<string, unknown>();
  return (line) => {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return plannedItemSchema.parse(value);
    const said = value as Record<string, unknown>;
    const texts = commonKeys.filter((key) => key in said).map((key) => [key, textOf(key, said[key])] as const);
    const hasAll = 'channels' in said && 'masks' in said; // The others may be absent.
    if (hasAll && texts.every(([, text]) => known.has(text))) {
      for (const [key, text] of texts) said[key] = known.get(text);
      return restSchema.parse(said) as unknown as PlannedItem;
    }
    const item: PlannedItem = plannedItemSchema.parse(said);
    if (known.size + commonKeys.length > mostKnown) known.clear();
    const parts = item as unknown as Record<string, unknown>; // Made by the schema just now.
    for (const [key, text] of texts) {
      if (known.has(text)) parts[key] = known.get(text);
      else known.set(text, parts[key]);
    }
    return item;
  };
}

function textOf(key: string, value: unknown): string {
  return key + JSON.stringify(value);
}
