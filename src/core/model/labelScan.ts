import type { ImageHeader, LabelImage, Region } from './image';

/** Part of a mask. */
export interface LabelWindow extends LabelImage {
  /** Of its first pixel, in the mask. */
  readonly x: number;
  readonly y: number;
}

/** Says which regions of an image are enough, by its size and what of it is decoded together. */
export type ChooseRegions = (image: Pick<ImageHeader, 'widthPx' | 'heightPx' | 'block'>) => readonly Region[];

/**
 * Goes through a mask from top to bottom, a band of whole rows at a time, so that memory does not follow its size; may be called
 * again for another pass.
 * @param visit gets each window, valid until the next one
 * @param choose goes through these regions in place of all, one after the other; what is in memory as a whole is visited whole
 */
export type ScanLabels = (visit: (window: LabelWindow) => void, choose?: ChooseRegions) => Promise<void>;
