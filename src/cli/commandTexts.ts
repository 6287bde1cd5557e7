/** What `--help` says of the commands. Apart from what they do, so that saying it loads nothing. */
export const commandTexts = {
  inspect: { usage: 'DATASET|PICTURE', help: 'say what is in a dataset, or how a picture was made' },
  fovs: { usage: 'DATASET [flags]', help: 'one picture per FOV' },
  cells: { usage: 'DATASET [flags]', help: 'one picture per cell of the cell table' },
  rois: { usage: 'DATASET [flags]', help: 'one picture per ROI, each with its own settings' },
  preview: { usage: 'fovs|cells|rois DATASET [flags] --item ID --to FILE', help: 'one picture, to one file' },
  run: {
    usage: 'RECIPE.export.json|PICTURE --dataset DATASET [flags]',
    help: 'the pictures of a saved recipe, or a picture again',
  },
  import: { usage: 'DATASET [--overwrite]', help: 'what UELer saved with a dataset, as files of our own' },
  status: { usage: 'OUT|JOB_DIR', help: 'say how a job stands' },
  resume: { usage: 'OUT|JOB_DIR', help: 'go on with a job' },
  cancel: { usage: 'OUT|JOB_DIR', help: 'ask a job to stop' },
} as const;

export type CommandName = keyof typeof commandTexts;

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commandTexts, name);
}
