/** Runs a script's main function; a failure is one message on standard error, not a stack trace, and exit code 1. */
export function runAsScript(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
