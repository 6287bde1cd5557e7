/**
 * Skips a test that lacks something on this machine, and in a hook all tests of its suite. What is lacking is added to the
 * title, so that the report says it.
 */
export function skipWithout(lacking: string, context: Mocha.Context): never {
  // In a hook, this is the hook.
  const test = context.test as Mocha.Test | Mocha.Hook;
  const titled = test.type === 'hook' ? test.parent! : test;
  titled.title += ` (skipped: without ${lacking})`;
  return context.skip();
}
