import tseslint from 'typescript-eslint';
import { cliRules, extensionRules, webviewRules } from './lintShownText.mjs';

export default tseslint.config(
  {
    ignores: [
      'dist',
      'kernels', // AssemblyScript, which its own compiler checks
      'out-test',
      'sample-data',
      'test-artifacts',
      '.vscode-test',
      '**/node_modules',
      '**/*.cjs',
      '**/*.mjs',
    ],
  },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './src/webview/tsconfig.json', './test/e2e/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      // Pixel loops and messages: numbers in templates are what we write all day.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // Indexing is typed as never undefined (no noUncheckedIndexedAccess: in pixel loops its checks are noise), so this
      // rule would forbid the guards that a look-up by name or position does need.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['src/**'],
    // Loops over bytes and pixels, where an object for each call costs more than the call.
    ignores: ['src/core/render/**', 'src/core/read/{tiff,zarr}/**'],
    rules: { 'max-params': ['error', 4] },
  },
  {
    files: ['src/extension/**'],
    ignores: ['src/extension/{tell,log}.ts'],
    rules: { 'no-restricted-syntax': ['error', ...extensionRules] },
  },
  { files: ['src/cli/**'], ignores: ['src/cli/say.ts'], rules: { 'no-restricted-syntax': ['error', ...cliRules] } },
  {
    files: ['src/webview/**'],
    ignores: ['src/webview/element.ts'],
    rules: { 'no-restricted-syntax': ['error', ...webviewRules] },
  },
  {
    files: ['test/**', 'sample/**', 'bench/**'],
    rules: { 'no-console': 'off', '@typescript-eslint/no-unused-expressions': 'off' },
  },
);
