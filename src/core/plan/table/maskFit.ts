import type { CellSample } from '../../model/cellSample';
import type { LabelWindow, ScanLabels } from '../../model/labelScan';
import { LabelsNear } from '../../select/labelsNear';
import { fitOfAreas, fitOfCenters, fitOfLabels, isFine, labelAreas, type TableFit } from '../../select/tableFit';

/** How the table's cells of a FOV agree with a mask, found while the mask is gone through for this or for other reasons. */
export class MaskFit {
  private readonly near: LabelsNear | undefined;
  private readonly ownAreas: Map<number, number> | undefined;
  private typeLimit: number | undefined;

  /**
   * @param sample of the table's cells of the FOV
   * @param countedAreas of the mask's labels, for who counts them anyway
   */
  constructor(
    private readonly named: Pick<TableFit, 'fov' | 'mask'>,
    private readonly sample: CellSample,
    private readonly countedAreas?: ReadonlyMap<number, number>,
  ) {
    const { labels, centers } = sample;
    this.near = centers && new LabelsNear(labels, centers);
    this.ownAreas = centers || countedAreas ? undefined : new Map<number, number>();
  }

  look(window: LabelWindow): void {
    this.near?.look(window);
    if (this.ownAreas) labelAreas(window, this.ownAreas);
    this.typeLimit ??= window.typeLimit;
  }

  /**
   * What was found once all has been looked at. Where cells do not fit by their centroids, their areas may tell more: the mask is
   * gone through once more for them, unless they are known. Fails like `scan`.
   */
  async judge(scan: ScanLabels): Promise<TableFit> {
    const found = this.byCenters();
    if (found.centers && isFine(found.centers) && !this.isBeyond()) return found;
    return { ...found, ...this.fitOfWhole(await this.areas(scan)) };
  }

  /** What was found by centroids alone. */
  byCenters(): TableFit {
    return { ...this.named, ...(this.near && fitOfCenters(this.sample, this.near)) };
  }

  private async areas(scan: ScanLabels): Promise<ReadonlyMap<number, number>> {
    const known = this.countedAreas ?? this.ownAreas;
    if (known) return known;
    const areas = new Map<number, number>();
    const areStated = this.sample.areasPx?.some((area) => area !== null) ?? false;
    if (!areStated && !this.isBeyond()) return areas;
    await scan((window) => {
      labelAreas(window, areas);
      this.typeLimit ??= window.typeLimit;
    });
    return areas;
  }

  /** Whether the table has labels that the mask's sample type cannot hold. */
  private isBeyond(): boolean {
    return this.typeLimit !== undefined && this.sample.greatestLabel > this.typeLimit;
  }

  /** What takes all of a mask to be known. */
  private fitOfWhole(
    areas: ReadonlyMap<number, number>,
  ): Partial<Pick<TableFit, 'inMask' | 'inTable' | 'areas' | 'overflow'>> {
    const { greatestLabel, labels, centers } = this.sample;
    const alike = centers && fitOfAreas(this.sample, areas);
    const { typeLimit } = this;
    return {
      ...(!centers && fitOfLabels(labels, areas)),
      ...(alike && { areas: alike }),
      ...(typeLimit !== undefined &&
        greatestLabel > typeLimit && { overflow: { typeLimit, greatestLabel, isReached: areas.has(typeLimit) } }),
    };
  }
}
