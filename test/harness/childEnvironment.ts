import type { RunDirectory } from './runDirectory';

/** Variables by which an npm script, a test runner or an outer VS Code would change what the child does. */
const NOT_INHERITED = /^(?:npm_|NODE_OPTIONS$|NODE_TEST_CONTEXT$|VSCODE_|ELECTRON_)/;

/** The environment of a run's processes: this process's, with the run's own home, and with `extra` added. */
export function childEnvironment(
  run: RunDirectory,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !NOT_INHERITED.test(entry[0]),
  );
  return {
    ...Object.fromEntries(inherited),
    HOME: run.home,
    TMPDIR: run.temporary,
    XDG_RUNTIME_DIR: run.temporary,
    // An extension gallery without an address: nothing is looked up.
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    ...extra,
  };
}
