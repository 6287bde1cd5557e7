import { listJobs } from '../src/core';
import { comparePictures } from './comparePictures';
import { type BlockCounts, measureBlocks } from './measureBlocks';
import { type Floors, measureFloors } from './measureFloors';
import { measureRepaint } from './measureRepaint';
import { measureStages } from './measureStages';
import type { Run, SideResult, WorkResult } from './report';
import { type Order, Refused, type Side } from './sides';

export interface BenchOptions {
  readonly runs: number;
  readonly ours: Side;
  readonly before: Side | undefined;
  readonly loop: Side | undefined;
  /** Whether works are taken apart that say so. */
  readonly split: boolean;
}

/** More items than these say nothing new about the steps of making one. */
const mostStagedItems = 1000;

/** Does a work by all sides in turn. A side that refuses it, or fails, is asked no more, and the result says why. */
export async function benchWork(order: Order, { runs, split, ...sides }: BenchOptions): Promise<WorkResult> {
  const { name, title, item } = order.work;
  const ours = new Participant(sides.ours, order);
  const before = sides.before && new Participant(sides.before, order);
  const loop = order.work.loop && sides.loop && new Participant(sides.loop, order);
  const first = await ours.make(); // The files come into memory, for all sides.
  for (let i = 0; i < runs; i++) {
    await ours.run();
    await before?.run();
    await loop?.run();
  }
  const pictures = loop && { ours: await ours.make(['--scale-bar', 'off']), loop: await loop.make() };
  return {
    name,
    title,
    item,
    ours: ours.result,
    ...(before && { before: before.result }),
    ...(loop && { loop: loop.result }),
    ...(pictures?.ours !== undefined &&
      pictures.loop !== undefined && { pixels: await comparePictures(pictures.ours, pictures.loop) }),
    ...(split && order.work.preview === 'contrast' && { stages: measureRepaint() }),
    ...(split && order.work.blocks && first !== undefined && { blocks: await countBlocks(first) }),
    ...(split && order.work.split && first !== undefined && (await takeApart(first, runs))),
  };
}

/** A side that does one work again and again, until it refuses. */
class Participant {
  private readonly runs: Run[] = [];
  private refused: SideResult['refused'];

  constructor(
    private readonly side: Side,
    private readonly order: Order,
  ) {}

  get result(): SideResult {
    return { runs: this.runs, ...(this.refused && { refused: this.refused }) };
  }

  /** Does it once, for the result. */
  async run(): Promise<void> {
    const done = await this.tryOnce([]);
    if (done) this.runs.push(done.run);
  }

  /** Does it once more and says where the files are; `undefined` if it refuses. */
  async make(flags: readonly string[] = []): Promise<string | undefined> {
    return (await this.tryOnce(flags))?.out;
  }

  private async tryOnce(flags: readonly string[]): Promise<Awaited<ReturnType<Side['run']>> | undefined> {
    if (this.refused) return undefined;
    try {
      return await this.side.run(this.order, flags);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.refused = error.reason;
      return undefined;
    }
  }
}

/** As many workers as the machine of the figures has cores. */
async function countBlocks(out: string): Promise<BlockCounts> {
  return measureBlocks((await listJobs(out)).at(-1)!, 2);
}

async function takeApart(out: string, runs: number): Promise<Pick<WorkResult, 'stages' | 'floors'>> {
  const job = (await listJobs(out)).at(-1)!;
  const floors: Floors[] = [];
  for (let i = 0; i < runs; i++) floors.push(await measureFloors(job, out));
  return { stages: await measureStages(job, out, mostStagedItems), floors };
}
