import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';
import type { MochaTestResult } from '../../harness/mochaResults';

/**
 * What VS Code calls in its extension host: runs every bundled *.test.js beside this file. The results also go to
 * the file named by MOCHA_JSON, because an exit code alone cannot tell a success from a crashed extension host.
 */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 300_000, forbidOnly: true, color: false });
  for (const name of readdirSync(__dirname).filter((file) => file.endsWith('.test.js'))) {
    mocha.addFile(path.join(__dirname, name));
  }
  const results: MochaTestResult[] = [];
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve).on('test end', (test) => {
      results.push({
        title: test.fullTitle(),
        state: test.isPending() ? 'skipped' : test.isPassed() ? 'passed' : 'failed',
        durationMs: test.duration ?? 0,
        ...(test.err === undefined ? {} : { error: test.err.stack ?? test.err.message }),
      });
    });
  });
  const file = process.env['MOCHA_JSON'];
  if (file !== undefined) writeFileSync(file, JSON.stringify(results, null, 2));
  if (failures > 0) throw new Error(`${failures} of ${results.length} tests failed in the extension host.`);
}
