// Permissive licences ask that their notices travel with the code: one file with those of every bundled package.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** For packages that name the licence and do not ship its text. */
const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** @param {readonly string[]} inputs files that went into the bundles, relative to the project */
export function thirdPartyNotices(inputs) {
  const packages = new Set();
  for (const input of inputs) {
    const at = input.lastIndexOf('node_modules/');
    if (at < 0) continue;
    const [scopeOrName, name] = input.slice(at + 'node_modules/'.length).split('/');
    packages.add(input.slice(0, at) + path.join('node_modules', scopeOrName, scopeOrName.startsWith('@') ? name : ''));
  }
  const notices = [...packages].sort().map((folder) => {
    const { name, version, license, author } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file));
    const texts = files.map((file) => readFileSync(path.join(folder, file), 'utf8').trim());
    if (texts.length === 0)
      texts.push(author ? `Copyright (c) ${author.name ?? author}` : '', license === 'MIT' ? mit : '');
    return [`${name} ${version} (${license})`, ...texts].filter(Boolean).join('\n\n');
  });
  const head =
    'This extension contains the following packages. The image library sharp and libvips lie beside it in node_modules,\n' +
    'as packages of their own; libvips is under the LGPL 3.0 or later, see media/licenses.';
  return `${[head, ...notices].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

export const noticesFile = 'dist/THIRD_PARTY_NOTICES.txt';
