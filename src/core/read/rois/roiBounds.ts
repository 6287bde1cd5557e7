/** How much a file of ROIs may hold: far beyond what people draw, and a few hundred megabytes of memory. */
export interface RoiBounds {
  readonly rois: number;
  /** Of the shapes of all ROIs together. */
  readonly points: number;
  /** Arrays and objects of JSON, half the commas, and twice the keys: in memory each is many times as long as in the text. */
  readonly jsonParts: number;
  /** Of an ImageJ composite, whose curves become lines: its points shall not be many times its bytes. */
  readonly pathPoints: number;
  /** Of a single ROI in an archive, unpacked: 16 MiB are two million points. */
  readonly roiBytes: number;
  /** Of all ROIs of an archive together, unpacked. */
  readonly archiveBytes: number;
}

/** What holds unless a test asks for less. */
export const roiBounds: RoiBounds = {
  rois: 2 ** 18,
  points: 2 ** 23,
  jsonParts: 2 ** 23,
  pathPoints: 2 ** 20,
  roiBytes: 2 ** 24,
  archiveBytes: 2 ** 28,
};
