import { median, ratios, type Run, type SideResult, type WorkResult } from './report';
import { stages } from './measureStages';

/** What a work took, in lines for a terminal. */
export function describeWork({ item, ours, before, loop, pixels, stages: made, blocks, floors }: WorkResult): string[] {
  const lines = [`             CPU s   CPU ms/${item}   wall s   ${item}s/s   peak MiB   of one process`];
  lines.push(...runLines('ours', ours), ...runLines('before', before), ...runLines('loop', loop));
  lines.push(...ratioLines('before', before, ours), ...ratioLines('loop', loop, ours));
  if (pixels) {
    const { different, samples, pictures, worst } = pixels;
    const alarm = worst > 1 ? ': NOT THE SAME PICTURES' : '';
    lines.push(
      `pixels: ${different} of ${samples} samples in ${pictures} pictures differ, by at most ${worst}${alarm}`,
    );
  }
  if (made) {
    const parts = stages.map((stage) => `${stage} ${((made.cpuSeconds[stage] / made.items) * 1000).toFixed(2)}`);
    lines.push(`steps in one process, CPU ms/${item}: ${parts.join(', ')}`);
  }
  if (blocks) {
    const { decodedPx, neededPx } = blocks;
    lines.push(`blocks: ${(decodedPx / neededPx).toFixed(2)} times those that are needed are decoded`);
  }
  if (floors) {
    const parts = (['decode', 'encode', 'write'] as const).map(
      (floor) => `${floor} ${median(floors.map((run) => run[floor])).toFixed(2)}`,
    );
    lines.push(`floors in one process, CPU s: ${parts.join(', ')}`);
  }
  return lines;
}

function runLines(who: string, side: SideResult | undefined): string[] {
  if (!side) return [];
  const { runs, refused } = side;
  const lines = refused ? [`  ${who.padEnd(6)}  does not: ${refused.code}: ${refused.message}`] : [];
  if (runs.length === 0) return lines;
  const figure = (of: (run: Run) => number, digits: number, width: number): string =>
    median(runs.map(of)).toFixed(digits).padStart(width);
  const figures = [
    figure((run) => run.cpuSeconds, 2, 8),
    figure((run) => (run.cpuSeconds / run.items) * 1000, 2, 13),
    figure((run) => run.wallSeconds, 2, 8),
    figure((run) => run.items / run.wallSeconds, 2, 9),
    figure((run) => run.peakMiB, 0, 10),
    figure((run) => run.ownPeakMiB, 0, 16),
  ];
  return [`  ${who.padEnd(6)}  ${figures.join(' ')}`, ...lines];
}

function ratioLines(who: string, side: SideResult | undefined, ours: SideResult): string[] {
  const pairs = Math.min(side?.runs.length ?? 0, ours.runs.length);
  if (!side || pairs === 0) return [];
  const runs = side.runs.slice(0, pairs);
  const say = (figure: (run: Run) => number, figureOfOurs?: (run: Run) => number): string => {
    const found = ratios(runs, ours.runs, figure, figureOfOurs);
    return `${found.median.toFixed(2)} [${found.least.toFixed(2)}–${found.greatest.toFixed(2)}]`;
  };
  const cpu = (run: Run): number => run.cpuSeconds;
  const own = who === 'loop' ? ` (without its imports ${say((run) => run.ownCpuSeconds!, cpu)})` : '';
  const [wall, memory] = [say((run) => run.wallSeconds), say((run) => run.peakMiB)];
  return [`${who} / ours: CPU ${say(cpu)}${own}, wall ${wall}, memory ${memory}`];
}
