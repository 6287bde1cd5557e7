import assert from 'node:assert/strict';
import { Linter } from 'eslint';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

interface Rule {
  readonly selector: string;
  readonly message: string;
}
type Rules = Record<'extensionRules' | 'cliRules' | 'webviewRules', readonly Rule[]>;

describe('the lint rules that keep one way for text to the eyes of a person', () => {
  let rules: Rules;
  before(async () => {
    const file = path.join(__dirname, '..', '..', 'lintShownText.mjs');
    rules = (await import(pathToFileURL(file).href)) as Rules;
  });

  function findings(world: keyof Rules, code: string): number {
    const config = [{ rules: { 'no-restricted-syntax': ['error', ...rules[world]] } }] as Linter.Config[];
    const found = new Linter().verify(code, config);
    assert.deepEqual(
      found.filter(({ fatal }) => fatal),
      [],
    );
    return found.length;
  }

  const forbidden: [world: keyof Rules, code: string][] = [
    ['extensionRules', 'vscode.window.showErrorMessage(text)'],
    ['extensionRules', "vscode.window['showErrorMessage'](text)"],
    ['extensionRules', "vscode['window'].showErrorMessage(text)"],
    ['extensionRules', 'vscode.window.setStatusBarMessage(text)'],
    ['extensionRules', 'vscode.window.withProgress({ title }, work)'],
    ['extensionRules', 'const { showErrorMessage } = vscode.window'],
    ['extensionRules', 'const { window } = vscode'],
    ['extensionRules', 'const own = vscode'],
    ['extensionRules', "import { window } from 'vscode'"],
    ['extensionRules', "import code from 'vscode'"],
    ['extensionRules', "import * as code from 'vscode'"],
    ['extensionRules', "const code = require('vscode')"],
    ['extensionRules', 'const show = vscode.window.showQuickPick'],
    ['extensionRules', 'show(vscode.window)'],
    ['extensionRules', 'new vscode.MarkdownString(text)'],
    ['extensionRules', 'this.panel.title = name'],
    ['cliRules', 'process.stdout.write(text)'],
    ['cliRules', 'process.stderr.write(text)'],
    ['cliRules', "process['stderr'].write(text)"],
    ['cliRules', 'const { stdout } = process'],
    ['webviewRules', 'this.title.textContent = name'],
    ['webviewRules', 'box.title = name'],
    ['webviewRules', "look.setAttribute('aria-label', name)"],
    ['webviewRules', 'part.append(document.createTextNode(name))'],
  ];
  for (const [world, code] of forbidden) {
    it(`${world} find ${code}`, () => {
      assert.ok(findings(world, code) > 0);
    });
  }

  const allowed: [world: keyof Rules, code: string][] = [
    ['extensionRules', "import * as vscode from 'vscode'; vscode.window.showTextDocument(file)"],
    ['extensionRules', 'const column = vscode.window.tabGroups.all; vscode.commands.executeCommand(name)'],
    ['cliRules', 'if (process.stderr.isTTY) say(line)'],
    ['webviewRules', 'setText(part, name); if (part.textContent === name) look.ariaPressed = "true"'],
  ];
  for (const [world, code] of allowed) {
    it(`${world} let ${code} pass`, () => {
      assert.equal(findings(world, code), 0);
    });
  }
});
