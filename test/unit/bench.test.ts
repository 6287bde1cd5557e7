import assert from 'node:assert/strict';
import { describeReport } from '../../bench/describeReport';
import type { Run } from '../../bench/report';
import { chooseWorks, makeWorks } from '../../bench/works';

describe('the benchmark', () => {
  const works = makeWorks('full');
  const namesOf = (...names: string[]): string[] => chooseWorks(works, names).map((work) => work.name);

  it('does a work by its name, all that begin with a name, and heavy ones only when they are named', () => {
    assert.deepEqual(namesOf('fovs'), ['fovs']);
    assert.deepEqual(namesOf('start', 'cells'), ['cells', 'start-version', 'start-job']);
    assert.deepEqual(namesOf('many'), ['many-1000', 'many-10000', 'many-100000']);
    assert(!namesOf().includes('many-100000'));
    assert(namesOf().includes('many-10000'));
    assert.throws(() => namesOf('fov'), /expected works among fovs, .*, found fov$/);
  });

  it('tells of medians, of ratios run by run, and of who does not do a work', () => {
    const run = (cpuSeconds: number, more?: Partial<Run>): Run => ({
      ...{ items: 4, wallSeconds: 2, cpuSeconds, peakMiB: 200, ownPeakMiB: 50 },
      ...more,
    });
    const text = describeReport({
      machine: { cpu: 'CPU', cores: 2, memoryGiB: 8, system: 'Linux 6.1', load: 0.04 },
      versions: { ours: '2.0.0', Node: '20.19.0' },
      command: 'npm run bench',
      works: [
        {
          ...{ name: 'fovs', title: 'four FOVs', item: 'FOV' },
          ours: { runs: [run(1), run(2), run(8)] },
          before: { runs: [run(4), run(6), run(8)] },
          floors: [0.1, 0.3, 0.2].map((decode) => ({ decode, encode: 0.5, write: 0.25 })),
        },
        {
          ...{ name: 'slide', title: 'a slide', item: 'slide' },
          ours: { runs: [run(3)] },
          blocks: { items: 4, neededPx: 800, decodedPx: 1000 },
          before: { runs: [], refused: { code: 'TooLarge', message: 'Expected …' } },
        },
      ],
    });
    assert.equal(
      text,
      `CPU, 2 cores, 8 GiB, Linux 6.1; load 0.0 before the first work.
ours 2.0.0, Node 20.19.0. Medians of 3.

\`\`\`
npm run bench
\`\`\`

| work | CPU s | CPU ms an item | wall s | peak MiB | of the runner | before ÷ ours: CPU | peak |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| \`fovs\`: four FOVs | 2.00 | 500.00 | 2.00 | 200 | 50 | 3.00 | 1.00 |
| \`slide\`: a slide | 3.00 | 750.00 | 2.00 | 200 | 50 | TooLarge | TooLarge |

Blocks of images, each plane for itself:

| work | decoded ÷ needed |
| --- | ---: |
| \`slide\` | 1.25 |

Floors, CPU seconds of one process for the whole work:

| work | decode | encode | write, flush, rename | the work |
| --- | ---: | ---: | ---: | ---: |
| \`fovs\` | 0.20 | 0.50 | 0.25 | 2.00 |`,
    );
  });
});
