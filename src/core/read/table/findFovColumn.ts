import { fovOfRow, isImageFile } from '../../model/fovOfRow';
import { usualFovNames } from './guessRoles';

/** The different texts of a column and how many rows have each; `undefined` if there are too many for names of images. */
export type ColumnValues = ReadonlyMap<string, number> | undefined;

/** Which column says the FOV of a row. */
export interface FovColumn {
  readonly column?: string;
  /** Where none does: columns that may say the image of a row, but whose texts are no FOVs of the dataset. */
  readonly foreign: readonly ForeignColumn[];
}

export interface ForeignColumn {
  readonly column: string;
  readonly texts: readonly string[];
  /** By its name or its texts it tells images apart, not parts of one. */
  readonly isOfImages: boolean;
}

/**
 * Names that may stand for an image or a part of one, in small letters and digits only: of squidpy, HALO, CellProfiler,
 * scimap, CODEX and CosMx. What their column holds decides.
 */
const imageNames: ReadonlySet<string> = new Set(
  'fov,fovid,fovname,image,imageid,imagename,imagefile,imagefilename,imagelocation,imagepath,imagetag,imagenumber,img,imgid,libraryid,library,slide,slideid,slidename,scan,scanid,file,filename,filepath,source'.split(
    ',',
  ),
);
const partNames: ReadonlySet<string> = new Set(
  'region,regionid,regionname,roi,roiid,roiname,core,coreid,corename,tmacore,sample,sampleid,samplename,position,tile,tileid,acquisition,acquisitionid,acquisitionname,scene,series,point,specimen,section'.split(
    ',',
  ),
);

/** Of these, such as may as well say how or where a cell was found: what they hold decides. */
const vagueNames: ReadonlySet<string> = new Set(['source', 'file', 'library', 'scan']);

/** CellProfiler has one for each channel; the first tell as much as all of them. */
const fileNames = /^(?:FileName|PathName|URL)_/i;
const mostFileNames = 6;

/** The columns that may say the FOV of a row, by their names; likeliest first. */
export function fovCandidates(columns: readonly string[]): string[] {
  const usual = usualFovNames.filter((name) => columns.includes(name));
  const others = columns.filter((name) => {
    const plain = plainName(name);
    return imageNames.has(plain) || partNames.has(plain);
  });
  const files = columns.filter((name) => fileNames.test(name)).slice(0, mostFileNames);
  return [...new Set([...usual, ...others, ...files])];
}

/**
 * The column that says the FOV of each row: of those with a usual name the first that names a FOV of the dataset, else the
 * one of another name that does so in most rows, else the first of a usual name, whatever it says.
 * @param values what the candidates hold
 * @param fovs the dataset's
 */
export function findFovColumn(
  columns: readonly string[],
  values: ReadonlyMap<string, ColumnValues>,
  fovs: readonly string[],
): FovColumn {
  const known = new Set(fovs);
  const rowsOf = (column: string): number => {
    let rows = 0;
    for (const [text, count] of values.get(column) ?? []) if (known.has(fovOfRow(text, known))) rows += count;
    return rows;
  };
  const candidates = fovCandidates(columns);
  const isUsual = (column: string): boolean => usualFovNames.includes(column);
  const usual = candidates.filter(isUsual);
  const rows = new Map(candidates.map((column) => [column, rowsOf(column)]));
  const others = candidates.filter((column) => !isUsual(column) && rows.get(column)! > 0);
  const best = others.sort((a, b) => rows.get(b)! - rows.get(a)!).at(0);
  const column = usual.find((each) => rows.get(each)! > 0) ?? best ?? usual.at(0);
  if (column !== undefined) return { column, foreign: [] };
  const foreign = candidates.map((each) => {
    const texts = [...(values.get(each)?.keys() ?? [])].filter((text) => text.trim() !== '');
    const plain = plainName(each);
    const isCalledSo = (imageNames.has(plain) && !vagueNames.has(plain)) || /^FileName_/i.test(each);
    return { column: each, texts, isOfImages: isCalledSo || texts.some(isImageFile) };
  });
  return { foreign: foreign.filter(({ texts }) => texts.length > 0) };
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
