import type { Form } from './form';
import { isSame } from '../core/model/isSame';
import type { DatasetView, Recipe } from './protocol';
import { toRecipe } from './toRecipe';

/** Parts of a recipe as a person calls them. */
const partNames: Readonly<Partial<Record<keyof Recipe, string>>> = {
  fovs: 'the FOVs',
  cells: 'the choice of cells',
  rois: 'the choice of ROIs',
  channels: 'the channels',
  masks: 'the masks',
  annotation: 'the annotation',
  separate: 'the separation of channels',
  scaleBar: 'the scale bar',
  print: 'the print size',
};

/** What a form asks for otherwise than the recipe that it was made of, in sentences; empty if nothing is. */
export function unlikeParts(recipe: Recipe, form: Form, dataset: DatasetView): string[] {
  const wanted = toRecipe(form, dataset);
  if ('problem' in wanted) return [wanted.problem];
  const asked = { ...wanted.recipe };
  const keys = new Set([...Object.keys(recipe), ...Object.keys(asked)]) as Set<keyof Recipe>;
  // What is said apart, and what makes no difference.
  keys.delete('markerSet');
  if (recipe.masksOnly) keys.delete('channels');
  if (isSame(fovsOf(recipe, dataset), fovsOf(asked, dataset))) keys.delete('fovs');
  const unlike = [...keys].filter((key) => !isSame(recipe[key], asked[key]));
  if (unlike.length === 0) return [];
  const names = unlike.map((key) => partNames[key] ?? key);
  return [
    `The panel cannot show all of the file. Not wholly as it says: ${names.join(', ')}. The command line takes it as it is.`,
  ];
}

/** No FOV means all of them. */
function fovsOf({ fovs }: Recipe, dataset: DatasetView): string[] {
  return (fovs.length > 0 ? [...fovs] : dataset.fovs.map(({ name }) => name)).sort();
}
