import { readdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';

/** How two folders of pictures of the same names differ; fails if they hold other names or sizes. */
export async function comparePictures(
  ours: string,
  theirs: string,
): Promise<{
  readonly pictures: number;
  readonly samples: number;
  readonly different: number;
  readonly worst: number;
}> {
  const [names, theirNames] = [ours, theirs].map((folder) =>
    readdirSync(folder).filter((name) => name.endsWith('.png')),
  );
  if (names.sort().join() !== theirNames.sort().join()) {
    throw new Error(`expected the same ${theirNames.length} pictures as the loop's, found ${names.length}`);
  }
  let [samples, different, worst] = [0, 0, 0];
  for (const name of names) {
    const [a, b] = await Promise.all([ours, theirs].map((folder) => decode(path.join(folder, name))));
    if (a.length !== b.length) throw new Error(`expected pictures of one size for ${name}`);
    samples += a.length;
    for (let i = 0; i < a.length; i++) {
      if (a[i] === b[i]) continue;
      different++;
      worst = Math.max(worst, Math.abs(a[i] - b[i]));
    }
  }
  return { pictures: names.length, samples, different, worst };
}

function decode(file: string): Promise<Buffer> {
  return sharp(file).removeAlpha().raw().toBuffer();
}
