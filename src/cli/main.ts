import { callsOf, type ExportErrorCode, exportErrorCodes, isExportError, messageOf, toErrorData } from '../core/index';
import { version } from '../../package.json';
import { asksForHelp, describeFlags, type Flag } from './flags';
import { cells, cellsFlags, fovs, fovsFlags, rois, roisFlags } from './exportCommands';
import { importCommand, importFlags } from './importCommand';
import { inspect, inspectFlags } from './inspect';
import { cancelledCode, Interruption } from './interruption';
import { cancel, cancelFlags, resume, resumeFlags, status, statusFlags } from './jobCommands';
import { preview, previewFlags } from './preview';
import { run, runCommandFlags } from './runCommand';
import { complain, say } from './say';

interface Command {
  readonly usage: string;
  readonly help: string;
  readonly flags: readonly Flag[];
  readonly run: (args: readonly string[], interruption: Interruption) => Promise<number>;
}

const commands: Readonly<Record<string, Command>> = {
  inspect: {
    usage: 'DATASET|PICTURE',
    help: 'say what is in a dataset, or how a picture was made',
    flags: inspectFlags,
    run: inspect,
  },
  fovs: { usage: 'DATASET [flags]', help: 'one picture per FOV', flags: fovsFlags, run: fovs },
  cells: { usage: 'DATASET [flags]', help: 'one picture per cell of the cell table', flags: cellsFlags, run: cells },
  rois: {
    usage: 'DATASET [flags]',
    help: 'one picture per ROI, each with its own settings',
    flags: roisFlags,
    run: rois,
  },
  preview: {
    usage: 'fovs|cells|rois DATASET [flags] --item ID --to FILE',
    help: 'one picture, to one file',
    flags: previewFlags,
    run: preview,
  },
  run: {
    usage: 'RECIPE.export.json|PICTURE --dataset DATASET [flags]',
    help: 'the pictures of a saved recipe, or a picture again',
    flags: runCommandFlags,
    run,
  },
  import: {
    usage: 'DATASET [--overwrite]',
    help: 'what UELer saved with a dataset, as files of our own',
    flags: importFlags,
    run: importCommand,
  },
  status: { usage: 'OUT|JOB_DIR', help: 'say how a job stands', flags: statusFlags, run: status },
  resume: { usage: 'OUT|JOB_DIR', help: 'go on with a job', flags: resumeFlags, run: resume },
  cancel: { usage: 'OUT|JOB_DIR', help: 'ask a job to stop', flags: cancelFlags, run: cancel },
};

/** What a user of the command line can do; core's own messages do not know by which door the user came. */
const adviceFor: Readonly<Partial<Record<ExportErrorCode, string>>> = {
  PixelSizeMissing: '--pixel-size UM, or --scale-bar off',
  FileExists: '--out DIR, or --overwrite always',
};

function help(): string[] {
  return [
    'Turns folders of multiplexed images into publication-ready pictures.',
    '',
    ...Object.entries(commands).flatMap(([name, { usage, help: text }]) => [
      `  batch-export ${name} ${usage}`,
      `      ${text}`,
    ]),
    '',
    'Every command has --help. OUT means the newest job in it.',
  ];
}

function commandHelp(name: string, { usage, help: text, flags }: Command): string[] {
  return [`batch-export ${name} ${usage}`, text, ...(flags.length > 0 ? ['', ...describeFlags(flags)] : [])];
}

async function main(args: readonly string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    say(help());
    return name === undefined ? 2 : 0;
  }
  if (name === '--version') {
    say(version);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) {
    complain(`Unknown command ${name}; expected ${Object.keys(commands).join(', ')}. See batch-export --help.`);
    return 2;
  }
  if (asksForHelp(command.flags, rest)) {
    say(commandHelp(name, command));
    return 0;
  }
  const interruption = new Interruption();
  interruption.listen();
  try {
    return await command.run(rest, interruption);
  } catch (error) {
    if (interruption.signal.aborted) return cancelledCode;
    const { code, message, stack } = toErrorData(error);
    const advice = adviceFor[code];
    complain(`${code}: ${message}${advice ? ` (${advice})` : ''}`);
    if (code === 'Internal' && stack) complain(callsOf(stack));
    if (!isExportError(error)) return 1;
    // What fails before a job has started wrote nothing: a bad request, unless it is the disk.
    return exportErrorCodes[error.code].exitCode === 3 ? 3 : 2;
  }
}

// Pictures are worth more than what is said of them: a job goes on when its words go nowhere. A reader that goes away
// (`| head`) wants no more of them; a full disk loses them.
let outputIsLost = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE' || outputIsLost) return;
  outputIsLost = true;
  process.exitCode = 3;
  complain(`OutputNotWritable: Expected to write to the standard output, but ${messageOf(error)}.`);
});
process.stderr.on('error', () => undefined);

void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = outputIsLost ? 3 : exitCode;
});
