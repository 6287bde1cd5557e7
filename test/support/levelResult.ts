/** What a level of tests reports to `npm test`. */
export interface LevelResult {
  readonly passed: number;
  readonly failed: number;
  /** Full titles: what was skipped is said by name. */
  readonly skipped: readonly string[];
}
