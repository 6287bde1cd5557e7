import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ownLooks } from '../../src/core/plan/ownLooks';
import { placeInGallery } from '../../src/core/plan/placeInGallery';
import { ItemList } from '../../src/core/model/itemList';
import type { Dataset, SavedMarkerSet } from '../../src/core/model/dataset';
import type { Palette } from '../../src/core/model/palette';
import { paletteLayers } from '../../src/core/model/paletteLayers';
import { defaultMaskLayer } from '../../src/core/model/recipe';
import { findTellingColumns } from '../../src/core/read/table/findTellingColumns';
import { TableRecords } from '../../src/core/read/table/tableRecords';
import { ImportLedger } from '../../src/core/import/importLedger';
import { mergeMarkerSets } from '../../src/core/import/mergeMarkerSets';
import { fromUelerPalette, uelerPaletteSchema } from '../../src/core/store/uelerPalette';
import { withinCpuSeconds } from '../support/cpuTime';
import { emptyDataset } from '../support/emptyDataset';
import { exampleRecipe } from '../support/exampleRecipe';
import { temporaryFolder } from '../support/temporaryFolder';

const count = 100_000;
const names = Array.from({ length: count }, (_, i) => `c${i}`);
const red = '#ff0000' as const;
const colors = Object.fromEntries(names.map((name) => [name, red] as const));

// In proportion to the product of two of them each of these would take 20 s or more.
describe('long lists of strangers take time in proportion to their length', () => {
  it("a palette of UELer's that orders other classes than it colours", async () => {
    const file = uelerPaletteSchema.parse({ colors, class_order: names.map((name) => `${name}x`) });
    const { palette } = await withinCpuSeconds(5, () => fromUelerPalette(file));
    assert.equal(Object.keys(palette.colors).length, count);
  });

  it('classes of a palette that are filled', async () => {
    const style = { fills: [{ alpha: 1, classes: names.slice().reverse() }] };
    const palette: Palette = { name: 'p', kind: 'mask', colors };
    const [layer] = await withinCpuSeconds(5, () => paletteLayers(defaultMaskLayer('m'), 'type', palette, style));
    assert.equal(layer.name, 'm');
  });

  it('ROIs that name marker sets, and channels without colours', async () => {
    const markerSets = names.map((name): SavedMarkerSet => {
      return { name, channels: [{ channel: name, color: red, contrastLimits: [0, 1] }], origin: 'project' };
    });
    const box = { xMin: 0, yMin: 0, xMax: 1, yMax: 1 };
    const last = names[count - 1];
    const used = await withinCpuSeconds(10, () => {
      const lookOf = ownLooks(exampleRecipe, { ...emptyDataset, markerSets });
      return names.flatMap((id) => {
        const roi = { id, name: id, box, tags: [] };
        return [{ name: last }, { channels: [last] }].flatMap((markerSet) => lookOf({ ...roi, markerSet }).used);
      });
    });
    assert.deepEqual([used.length, used[0], used[1]], [2 * count, `marker set ${last}`, `channels ${last}`]);
  });

  it('columns that a gallery is ordered by', async () => {
    const cellTable = { columns: names } as unknown as NonNullable<Dataset['cellTable']>;
    const order = Array<string>(count).fill(names[count - 1]);
    const gallery = { rows: 1, columns: 1, page: { widthMm: 100, heightMm: 100 }, order };
    const table = { read: () => Promise.resolve({ columns: new Map() }) } as never;
    const dataset = { ...emptyDataset, cellTable };
    const planned = await withinCpuSeconds(5, () =>
      placeInGallery({ ...exampleRecipe, gallery }, ItemList.from([]), dataset, { cells: { rows: [], table } }),
    );
    assert.equal(planned.length, 0);
  });

  it('columns of a table that may tell images apart', async () => {
    const file = path.join(temporaryFolder(), 'cells.csv');
    writeFileSync(file, `${names.join()}\n${'1,'.repeat(count - 1)}1\n`);
    const summary = { file, columns: names, rows: 1 } as unknown as Parameters<typeof findTellingColumns>[0];
    assert.deepEqual(await withinCpuSeconds(10, () => findTellingColumns(summary, [], [])), []);
  });

  it("marker sets of UELer's that are there already", async () => {
    const folder = temporaryFolder();
    const channels = [{ channel: 'DNA', color: red, contrastLimits: [0, 1] as const }];
    const sets = names.map((name) => ({ name, channels }));
    const own = path.join(folder, '.batch-export', 'marker-sets.json');
    mkdirSync(path.dirname(own));
    writeFileSync(own, JSON.stringify({ version: 1, markerSets: sets }));
    const ledger = new ImportLedger(false);
    assert.deepEqual(await withinCpuSeconds(10, () => mergeMarkerSets(folder, sets, ledger)), []);
    assert.equal(ledger.entries.length, sets.length);
  });

  it('empty lines before a table', async () => {
    const records: string[][] = [];
    const text = `${'\n'.repeat(8_000_000)} \r\nfov,label\nA,1\n`;
    await withinCpuSeconds(5, () => {
      new TableRecords().add(text, true, (record) => records.push(record));
    });
    assert.deepEqual(records.slice(0, 2), [['fov', 'label'], ['A', '1']]); // prettier-ignore
  });
});
