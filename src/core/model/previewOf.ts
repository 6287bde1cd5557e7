/** What is special of a preview that is made of a level of pyramids, before the exact one is there. */
export interface DraftFacts {
  /** Of the pyramids of the channels. */
  readonly level: number;
  /** What the exact picture shows and the draft does not, in words such as `mask nuclei`. */
  readonly without: readonly string[];
}

/** A preview of a picture; `Png` is how its bytes are held where it is. */
export interface PreviewOf<Png> {
  readonly png: Png;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Full-resolution pixels per preview pixel; greater than the recipe's where the picture was too large to show. */
  readonly downsample: number;
  /** What the export has. */
  readonly exportDownsample: number;
  readonly scaleBarUm?: number;
  /** The channels that it shows, when it is one of several pictures of the item. */
  readonly channel?: string;
  /** Absent: its pixels are those of the export, or of its downsample. */
  readonly draft?: DraftFacts;
}
