// Names, recipes and pictures come from anybody. Each world has one file through which all text goes to the eyes of a person;
// these rules keep it the only way. test/unit/lintShownText.test.ts has what they find.

/** Members of vscode.window that show no text, or only what VS Code itself reads from a file. */
const withoutText = ['createWebviewPanel', 'registerWebviewPanelSerializer', 'showTextDocument', 'tabGroups'];

const tell = 'Text of strangers may hold link markup, which VS Code makes links of. Call src/extension/tell.ts.';

/** src/extension, all but tell.ts and log.ts. */
export const extensionRules = [
  {
    selector:
      "MemberExpression[object.type='MemberExpression'][object.object.name='vscode'][object.property.name='window']" +
      `:not([computed=false][property.name=/^(${withoutText.join('|')})$/])`,
    message: tell,
  },
  {
    // The namespace itself, as a value: taken apart, given a name, passed on.
    selector:
      ":not(MemberExpression) > MemberExpression[object.name='vscode'][property.name='window'], MemberExpression[computed=true][property.type='MemberExpression'][property.object.name='vscode'][property.property.name='window']",
    message: `${tell} Name members of vscode.window where they are used.`,
  },
  {
    selector:
      "MemberExpression[object.name='vscode'][computed=true], VariableDeclarator[init.name='vscode'], AssignmentExpression[right.name='vscode'], ImportDeclaration[source.value='vscode'] > :not(ImportNamespaceSpecifier[local.name='vscode'], Literal), CallExpression[callee.name='require'][arguments.0.value='vscode'], ImportExpression[source.value='vscode']",
    message: "Import VS Code by import * as vscode from 'vscode', so that what is used of it can be seen.",
  },
  {
    selector:
      "MemberExpression[object.name='vscode'][property.name=/^(MarkdownString|languages|tests|scm|comments|chat|lm|notebooks|debug)$/]",
    message: tell,
  },
  {
    selector: 'AssignmentExpression > MemberExpression.left[property.name=/^(title|message|tooltip|badge)$/]',
    message: tell,
  },
];

/** src/cli, all but say.ts. */
export const cliRules = [
  {
    selector:
      'MemberExpression[object.name="process"][property.name=/^std(out|err)$/]:not(MemberExpression > .object), MemberExpression[property.name=/^(write|end|pipe)$/] > MemberExpression.object[object.name="process"], MemberExpression[object.name="process"][computed=true], VariableDeclarator[init.name="process"]',
    message: 'Names of strangers may hold what does something to a terminal. Call src/cli/say.ts.',
  },
];

/** src/webview, all but element.ts. */
export const webviewRules = [
  {
    selector:
      'AssignmentExpression > MemberExpression.left[property.name=/^(textContent|innerText|innerHTML|outerHTML|title|placeholder|ariaLabel|alt)$/]',
    message: 'Names of strangers may turn text around. Call setText or setWords of src/webview/element.ts.',
  },
  {
    selector:
      'CallExpression[callee.property.name=/^(setAttribute|createTextNode|insertAdjacentText|insertAdjacentHTML|createElement)$/]',
    message: 'Names of strangers may turn text around. Call what src/webview/element.ts has.',
  },
];
