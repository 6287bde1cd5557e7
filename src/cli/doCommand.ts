import {
  callsOf,
  type ExportErrorCode,
  exportErrorCodes,
  isExportError,
  keepHeapSmall,
  optimiseLate,
  toErrorData,
} from '../core/index';
import { type CommandName, commandTexts } from './commandTexts';
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
  readonly flags: readonly Flag[];
  readonly run: (args: readonly string[], interruption: Interruption) => Promise<number>;
}

const commands: Readonly<Record<CommandName, Command>> = {
  inspect: { flags: inspectFlags, run: inspect },
  fovs: { flags: fovsFlags, run: fovs },
  cells: { flags: cellsFlags, run: cells },
  rois: { flags: roisFlags, run: rois },
  preview: { flags: previewFlags, run: preview },
  run: { flags: runCommandFlags, run },
  import: { flags: importFlags, run: importCommand },
  status: { flags: statusFlags, run: status },
  resume: { flags: resumeFlags, run: resume },
  cancel: { flags: cancelFlags, run: cancel },
};

/** What a user of the command line can do; core's own messages do not know by which door the user came. */
const adviceFor: Readonly<Partial<Record<ExportErrorCode, string>>> = {
  PixelSizeMissing: '--pixel-size UM, or --scale-bar off',
  FileExists: '--out DIR, or --overwrite always',
};

function commandHelp(name: CommandName): string[] {
  const { usage, help } = commandTexts[name];
  const { flags } = commands[name];
  return [`batch-export ${name} ${usage}`, help, ...(flags.length > 0 ? ['', ...describeFlags(flags)] : [])];
}

/** Runs one command, or says its help. Returns the exit code; what goes wrong is said. */
export async function doCommand(name: CommandName, args: readonly string[]): Promise<number> {
  const command = commands[name];
  if (asksForHelp(command.flags, args)) {
    say(commandHelp(name));
    return 0;
  }
  optimiseLate();
  keepHeapSmall();
  const interruption = new Interruption();
  interruption.listen();
  try {
    return await command.run(args, interruption);
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
