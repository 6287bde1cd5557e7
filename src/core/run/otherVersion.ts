import type { Problem } from '../model/dataset';
import type { ItemList } from '../model/itemList';
import { programVersion } from '../model/programVersion';
import { withNote } from '../plan/withNote';

/**
 * Items of a job that another version of the program planned, with a note that says so: what is made now is drawn and
 * written as this version does, and may not be, byte for byte, what the other one would have made.
 */
export function noteOtherVersion(
  version: string,
  items: ItemList,
): { readonly items: ItemList; readonly problem?: Problem } {
  if (version === programVersion || items.length === 0) return { items };
  const note = `made by version ${programVersion}, planned by ${version}`;
  const message = `This job was planned by version ${version}; what is left of it, ${items.length} of its items, is made by version ${programVersion}, whose files may differ from those that are there. The manifest says which; export anew to have them all alike.`;
  return { items: items.changeEach((item) => withNote(item, note)), problem: { code: 'VersionDiffers', message } };
}
