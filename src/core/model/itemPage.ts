/** One thing that can be picked. */
export interface ListedItem {
  /** Of the item that it becomes. */
  readonly id: string;
  readonly fov: string;
  /** For each column of the page. */
  readonly values: readonly string[];
}

/** What a choice of cells or ROIs comes to, and some of those that can be picked. */
export interface ItemPage {
  /** Items that become pictures. */
  readonly count: number;
  /** Items that the filter lets through, whether or not they are picked or drawn by the sample. */
  readonly matching: number;
  readonly columns: readonly string[];
  /** A page of these. */
  readonly items: readonly ListedItem[];
  readonly warnings: readonly string[];
}

/** One of the items that a recipe makes. */
export interface ChosenItem {
  readonly id: string;
  readonly name: string;
  readonly fov: string;
  /** Among them, from 1. */
  readonly position: number;
  readonly count: number;
}
