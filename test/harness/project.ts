import path from 'node:path';

/** The root of this repository. */
export const repositoryRoot = path.resolve(__dirname, '../..');

/** Where everything that the harness downloads or unpacks goes; the same (git-ignored) folder as @vscode/test-electron's. */
export const downloadsDirectory = path.join(repositoryRoot, '.vscode-test');

/** Where a failed test leaves what is needed to understand it: screenshots and logs. */
export const artifactsDirectory = path.join(repositoryRoot, 'test-artifacts');

/** The identifier VS Code knows the extension by: publisher and name. */
export const extensionId = 'multiplex-batch-export.multiplex-batch-export';
