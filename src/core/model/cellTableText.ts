import type { CellTableSummary, GuessedRole } from './dataset';
import { centroidUnitText } from './datasetParts';

const guessedNames: Readonly<Record<GuessedRole, string>> = {
  fov: 'FOV',
  label: 'label',
  x: 'x',
  y: 'y',
  mask: 'mask',
};

/** Which columns of a cell table say what, and which of that was guessed, in one sentence. */
export function cellTableText(table: CellTableSummary): string {
  const { roles, fov, centroids, maskName, guessed = [], labelProblem, problem } = table;
  const { x, y } = roles;
  const unit = centroidUnitText[centroids?.unit ?? 'px'];
  const zero = centroids?.zero === 'imageCorner' ? ' from the corner of the image' : '';
  const parts = [
    roles.fov !== undefined
      ? `FOV from column ${roles.fov}`
      : fov === undefined
        ? 'no column says the FOV'
        : `all rows are about FOV ${fov}`,
    labelProblem
      ? `no column says the label${problem ? '' : ': cells have the numbers of their rows'}`
      : `label from column ${roles.label}`,
    x === undefined || y === undefined ? 'no centroids' : `x from ${x}, y from ${y} in ${unit}${zero}`,
    maskName === undefined ? 'mask of the labels unknown' : `labels of mask ${maskName}`,
  ];
  const all = guessed.map((role) => guessedNames[role]);
  return `${parts.join('; ')}${all.length > 0 ? `; guessed: ${all.join(', ')}` : ''}`;
}
