// What previews take in a process that is warm, as JSON: node previews.mjs LIBRARY DATASET exact|draft|contrast
import { createRequire } from 'node:module';

const [library, folder, kind] = process.argv.slice(2);
const { openDataset, Previewer } = createRequire(import.meta.url)(library);

/** The first ones are not counted: code is compiled, files come into memory. */
const [warmUps, count] = [2, 5];

const dataset = await openDataset(folder);
const [{ channels }] = dataset.markerSets;
const recipe = {
  version: 1,
  mode: 'fovs',
  fovs: [],
  channels,
  contrastScope: 'batch',
  masks: [{ name: 'whole_cell', mode: 'outline', color: '#ffffff', alpha: 1, widthPx: 1 }],
  masksOnly: false,
  separate: 'off',
  grayscale: false,
  downsample: 1,
  resample: 'mean',
  scaleBar: { length: 'auto', maxPercent: 10, color: 'auto', place: 'bottom-right' },
  legend: { channels: 'off', channelsPlace: 'top-left', classes: false, classesPlace: 'top-right' },
  marginColor: 'black',
  pixelSizeUm: 0.5,
  formats: ['png'],
  overwrite: 'never',
};
const request = { item: dataset.fovs[0].name, maxSidePx: 1024 };
const previewer = new Previewer(dataset);

/** Until the draft is there. */
async function makeDraft() {
  const stop = new AbortController();
  let shown;
  const draft = {
    show(preview) {
      shown = preview;
      stop.abort();
    },
    fail(error) {
      throw error;
    },
  };
  await previewer.preview(recipe, { ...request, draft }, stop.signal).catch(() => undefined);
  if (!shown) throw new Error('expected a draft, found none');
}

/** Another contrast each time. */
async function changeContrast(turn) {
  const brighter = channels.map((channel) => ({ ...channel, contrastLimits: [0, 300 + turn] }));
  const draft = { show() {}, fail() {} };
  await previewer.preview({ ...recipe, channels: brighter }, { ...request, draft });
}

const works = { exact: () => previewer.preview(recipe, request), draft: makeDraft, contrast: changeContrast };
const make = works[kind];
for (let turn = 0; turn < warmUps; turn++) await make(turn);
const before = process.cpuUsage();
for (let turn = 0; turn < count; turn++) await make(warmUps + turn);
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ items: count, cpuSeconds: (user + system) / 1e6 }));
