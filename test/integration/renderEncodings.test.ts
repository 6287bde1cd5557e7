import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withImage } from '../../src/core/read/openImage';
import { renderPicture } from '../support/renderInMemory';
import { assertPicture, overlaysOf, recipeOf, renderingCases } from '../support/renderingCase';
import { temporaryFolder } from '../support/temporaryFolder';

const encodings = JSON.parse(readFileSync(path.join(__dirname, '..', 'expected', 'tiffEncodings.json'), 'utf8')) as {
  cases: Record<string, { readonly file: string; readonly bands: number }>;
};

/** From the file to the picture: sample types × layouts × regions × downsample × overlays. */
describe('files of every encoding become the pixels that numpy and scikit-image make', () => {
  for (const testCase of renderingCases.encoded) {
    it(`${testCase.name}, region ${testCase.region.join()}, downsample ${testCase.downsample}`, async () => {
      const file = path.join(temporaryFolder(), 'image.tif');
      const { file: content, bands } = encodings.cases[testCase.name];
      writeFileSync(file, Buffer.from(content, 'base64'));
      const planes = await withImage({ file }, (image) => {
        const addresses = Array.from({ length: bands }, (_, i) => ({ page: 0, sample: i }));
        const paged = bands > 1 && testCase.name.includes('pages');
        const wanted = paged ? addresses.map(({ sample }) => ({ page: sample, sample: 0 })) : addresses;
        const { widthPx, heightPx } = image.describe(wanted[0]);
        return image.read(wanted, { x: 0, y: 0, widthPx, heightPx });
      });
      assertPicture(renderPicture(recipeOf(testCase), { ...overlaysOf(testCase), planes }), testCase);
    });
  }
});
