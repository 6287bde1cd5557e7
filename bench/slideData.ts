import path from 'node:path';
import { type Data, dataSeed, type Roi, stains, writeCellTable, writeMarkerSet, writeRois } from './data';
import { halfMeans, halfNearest, pyramidOf } from './halvedPage';
import { makeField, stainField } from './makeField';
import { type TiledPage, writeTiledTiff } from './writeTiledTiff';
import { writeTiledZarr } from './writeTiledZarr';

export interface SlideOptions {
  /** A multiple of the field's side. */
  readonly sidePx: number;
  readonly channels: number;
  /** One square box in the middle. */
  readonly roiPx: number;
  /** Of the field that the slide consists of. */
  readonly fieldPx: number;
  readonly cellsPerField: number;
  /** With the levels of pyramids, mask included, down to a tile; absent: an OME-TIFF without. */
  readonly pyramid?: 'tiff' | 'zarr';
}

const slide = 'slide';

/**
 * One large OME-TIFF of uint16 channels in tiles of 512², compressed by Deflate, with a mask of its cells. The same field lies
 * side by side in it, with other labels each time: reading costs the same, and making it does not take minutes. Or the same as
 * OME-Zarr, the mask still a TIFF.
 */
export function slideData(options: SlideOptions): Data {
  return {
    name: `slide-${Object.values(options).join('-')}`,
    write: (folder) => {
      writeSlide(folder, options);
    },
  };
}

function writeSlide(folder: string, options: SlideOptions): void {
  const { sidePx, channels, roiPx, fieldPx, cellsPerField, pyramid } = options;
  const field = makeField(fieldPx, cellsPerField, dataSeed, slide);
  const shown = stains.slice(0, channels);
  const repeats = sidePx / fieldPx;
  const pages = shown.map(({ name, nuclear }): TiledPage => {
    const counts = Uint16Array.from(stainField(field, nuclear ? field.nuclear : field.wholeCell, dataSeed, name));
    return { sidePx, fieldPx, fieldAt: () => counts };
  });
  const levels = pages.map((page) => (pyramid ? pyramidOf(page, halfMeans) : [page]));
  if (pyramid === 'zarr') {
    const named = new Map(shown.map(({ name }, i) => [name, levels[i]]));
    writeTiledZarr(path.join(folder, `${slide}.zarr`), named);
  } else writeTiledTiff(path.join(folder, `${slide}.ome.tiff`), levels, omeXml(sidePx, shown));
  const mask: TiledPage = {
    sidePx,
    fieldPx,
    fieldAt: (column, row) => {
      const offset = (row * repeats + column) * cellsPerField;
      return offset === 0 ? field.wholeCell : field.wholeCell.map((label) => (label === 0 ? 0 : label + offset));
    },
  };
  writeTiledTiff(path.join(folder, 'masks', `${slide}_whole_cell.tiff`), [
    pyramid ? pyramidOf(mask, halfNearest) : [mask],
  ]);
  const cells = Array.from({ length: repeats ** 2 }, (_, i) => {
    const [left, top] = [(i % repeats) * fieldPx, Math.floor(i / repeats) * fieldPx];
    return field.cells.map(({ x, y, areaPx }) => ({ x: x + left, y: y + top, areaPx }));
  });
  writeCellTable(folder, [{ name: slide, cells: cells.flat() }]);
  const start = (sidePx - roiPx) / 2;
  const roi: Roi = { fov: slide, left: start, top: start, width: roiPx, height: roiPx };
  writeRois(folder, [roi]);
  writeMarkerSet(
    folder,
    shown.map((stain) => ({ ...stain, contrastLimits: [5, 500] })),
  );
}

function omeXml(sidePx: number, channels: readonly { readonly name: string }[]): string {
  const names = channels.map(({ name }, i) => `<Channel ID="Channel:0:${i}" Name="${name}"/>`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">',
    '<Image ID="Image:0"><Pixels ID="Pixels:0" DimensionOrder="XYCZT" Type="uint16" ',
    `SizeX="${sidePx}" SizeY="${sidePx}" SizeC="${channels.length}" SizeZ="1" SizeT="1">`,
    ...names,
    `<TiffData IFD="0" PlaneCount="${channels.length}"/></Pixels></Image></OME>`,
  ].join('');
}
