import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { decodePicture, readManifest, realDataFolder } from '../support/dataset';
import { runCli } from '../support/runCli';
import { skipWithout } from '../support/skipWithout';
import { temporaryFolder } from '../support/temporaryFolder';

interface RealCase {
  readonly dataset: string;
  readonly fov: string;
  readonly outlineWidthPx: number;
  readonly channels: { readonly channel: string; readonly color: string; readonly contrastLimits: [number, number] }[];
  readonly widthPx: number;
  readonly heightPx: number;
  readonly sha256: string;
}

const { cases } = JSON.parse(readFileSync(path.join(__dirname, '..', 'expected', 'real.json'), 'utf8')) as {
  cases: RealCase[];
};

describe('real datasets: the command line writes the pixels that numpy and scikit-image make', () => {
  const data = realDataFolder();
  for (const { dataset, fov, outlineWidthPx, channels, ...expected } of cases) {
    it(`${dataset} ${fov}: ${channels.map(({ channel }) => channel).join(', ')}, outlines ${outlineWidthPx} px`, async function () {
      if (!data) return skipWithout('the real data (MBE_DATA)', this);
      const out = temporaryFolder();
      const flags = channels.flatMap(({ channel, color, contrastLimits }) => [
        '--channel',
        `${channel}=${color}:${contrastLimits.join(':')}`,
      ]);
      const mask = ['--mask', `whole_cell,width=${outlineWidthPx}px`];
      const result = runCli(
        'fovs',
        path.join(data, dataset),
        ...flags,
        ...mask,
        '--fov',
        fov,
        '--scale-bar',
        'off',
        '--out',
        out,
      );
      assert.equal(result.exitCode, 0, result.stderr);
      const { widthPx, heightPx, rgb } = await decodePicture(path.join(out, `${fov}.png`));
      const sha256 = createHash('sha256').update(rgb).digest('hex');
      assert.deepEqual(
        { widthPx, heightPx, sha256 },
        { widthPx: expected.widthPx, heightPx: expected.heightPx, sha256: expected.sha256 },
      );
      assert.equal(readManifest(out)[0]['outcome'], 'written');
    });
  }
});
