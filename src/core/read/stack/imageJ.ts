/** The counts that ImageJ writes into the description of a stack. */
export interface ImageJStack {
  readonly images: number;
  readonly channels: number;
  /** What is wrong with the counts, when they do not fit each other. */
  readonly flaw?: string;
}

/**
 * The counts in an ImageJ description; `undefined` for any other text. Images are in the order channel, slice, frame. A
 * stack that tells neither channels nor frames apart has its slices for channels: so do those who write channels with it.
 */
export function readImageJ(description: string | undefined): ImageJStack | undefined {
  if (description?.startsWith('ImageJ=') !== true) return undefined;
  const count = (key: string): number =>
    Number(new RegExp(`^${key}=(\\d+)\\s*$`, 'm').exec(description)?.[1] ?? 0) || 1;
  const [images, channels, slices, frames] = [count('images'), count('channels'), count('slices'), count('frames')];
  const isPlain = channels === 1 && frames === 1 && (slices === 1 || slices === images);
  if (isPlain) return { images, channels: images };
  const product = channels * slices * frames;
  const flaw = `${channels} channels, ${slices} slices and ${frames} frames, which is not ${images} images`;
  return { images, channels, ...(product !== images && { flaw }) };
}
