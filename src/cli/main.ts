import { messageOf } from '../core/index';
import { version } from '../../package.json';
import { commandTexts, isCommandName } from './commandTexts';
import { complain, say } from './say';

function help(): string[] {
  return [
    'Turns folders of multiplexed images into publication-ready pictures.',
    '',
    ...Object.entries(commandTexts).flatMap(([name, { usage, help: text }]) => [
      `  batch-export ${name} ${usage}`,
      `      ${text}`,
    ]),
    '',
    'Every command has --help. OUT means the newest job in it.',
  ];
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
  if (!isCommandName(name)) {
    complain(`Unknown command ${name}; expected ${Object.keys(commandTexts).join(', ')}. See batch-export --help.`);
    return 2;
  }
  // A bundle of its own (esbuild.mjs): reading and evaluating it takes longer than all that is said above.
  const { doCommand } = await import('./doCommand');
  return doCommand(name, rest);
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
