import { readFileSync } from 'node:fs';

/** One test of the suite in the extension host, as the suite writes it down. */
export interface MochaTestResult {
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'skipped';
  readonly durationMs: number;
  readonly error?: string;
}

export interface MochaSummary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** The full titles of the tests that failed. */
  readonly failures: readonly string[];
}

/**
 * Reads the results that the suite wrote. No results at all are an error, not a success: that is how a crashed
 * extension host looks.
 */
export function readMochaSummary(file: string): MochaSummary {
  let results: MochaTestResult[] = [];
  try {
    results = JSON.parse(readFileSync(file, 'utf8')) as MochaTestResult[];
  } catch {
    // Not written, or not to its end.
  }
  const count = (state: MochaTestResult['state']): number => results.filter((result) => result.state === state).length;
  if (count('passed') + count('failed') === 0)
    throw new Error('The extension host ran no test, or ended before it reported.');
  return {
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    failures: results.filter((result) => result.state === 'failed').map((result) => result.title),
  };
}
