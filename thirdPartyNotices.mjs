// Permissive licences ask that their notices travel with the code: one file with those of every bundled package.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
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
    'as packages of their own.';
  return `${[head, libvipsNotices(), ...notices].join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** libvips brings some thirty libraries in one file, and the notices of none of them. */
function libvipsNotices() {
  const notices = 'media/licenses/libvips';
  const lists = readdirSync('node_modules/@img').map((name) => `node_modules/@img/${name}/versions.json`);
  // Each part by its version; libnsgif is a part of libvips without one.
  const versions = {
    nsgif: '',
    ...JSON.parse(
      readFileSync(
        lists.find((file) => existsSync(file)),
        'utf8',
      ),
    ),
  };
  const parts = Object.keys(versions).sort();
  const unknown = parts.filter((part) => !existsSync(`${notices}/${part}.txt`));
  if (unknown.length > 0)
    throw new Error(`${notices} has no notice of ${unknown.join(', ')}; add it to ${notices}/collect.py and run that.`);
  return [
    'libvips is under the LGPL 3.0 or later. These libraries are in it; their notices are in media/licenses/libvips. Where\n' +
      'one of them names a file in /usr/share/common-licenses, it is LICENSE (Apache 2.0) or in media/licenses.',
    parts.map((part) => `${part} ${versions[part]}`.trim()).join('\n'),
  ].join('\n\n');
}

export const noticesFile = 'dist/THIRD_PARTY_NOTICES.txt';
