/** What is known of a job before its start, in words. */
export interface Preflight {
  /** How many, and what they cost. */
  readonly sentence: string;
  /** What to look at before starting: no room on disk, much that is too bright, crops beyond the image. */
  readonly remarks: readonly string[];
}
