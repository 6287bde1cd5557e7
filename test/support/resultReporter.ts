import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import type { LevelResult } from './levelResult';

/** Mocha's own `spec` output, and the result as JSON in the file that `MBE_RESULT` names. */
class ResultReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const skipped: string[] = [];
    runner.on('pending', (test) => skipped.push(test.fullTitle()));
    runner.on('end', () => {
      const { passes: passed, failures: failed } = this.stats;
      const result: LevelResult = { passed, failed, skipped };
      const file = process.env['MBE_RESULT'];
      if (file) writeFileSync(file, JSON.stringify(result));
    });
  }
}

// Mocha requires a reporter as the module itself.
export = ResultReporter;
