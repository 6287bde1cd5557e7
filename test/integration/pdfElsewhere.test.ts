import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as fontkit from 'fontkit';
import { plane, readManifest, writePlane } from '../support/dataset';
import { readableBytes, readPdf, readPdfPages } from '../support/readPdf';
import { runCli } from '../support/runCli';
import { hasProgram, outputOf } from '../support/runProgram';
import { temporaryFolder } from '../support/temporaryFolder';

const title = 'β-catenin, CD8⁺ at 10⁻³, α‑SMA';

/** A picture with signs in its title and legend, in every format that shows text, and its gallery. */
function exported(): string {
  const folder = temporaryFolder();
  for (const channel of ['CD8⁺', 'α‑SMA', 'DNA']) {
    const image = plane(300, 200, (x, y) => (x * 2 + y * 11) % 250);
    writePlane(path.join(folder, 'F', `${channel}.tiff`), image);
  }
  const out = path.join(temporaryFolder(), 'out');
  const look = ['CD8⁺=red', 'α‑SMA=green', 'DNA=blue'].flatMap((each) => ['--channel', `${each}:0:255`]);
  const formats = ['png', 'pdf', 'svg'].flatMap((format) => ['--format', format]);
  const marks = ['--legend', 'on', '--title', title, '--gallery', '1x1'];
  const { exitCode, stderr } = runCli('fovs', folder, ...look, ...formats, ...marks, '--out', out);
  assert.equal(exitCode, 0, stderr);
  assert.doesNotMatch(stderr, /CharacterMissing/);
  return out;
}

describe('text and structure of what we write', function () {
  this.timeout(120_000);

  let out: string;
  before(() => {
    out = exported();
  });

  it('a PDF holds signs of both fonts as text, each run where the one before it ends', async () => {
    const bytes = readFileSync(path.join(out, 'F.pdf'));
    const { texts } = await readPdf(bytes);
    const baseline = texts.find(({ text }) => text.startsWith('β'))!.y;
    const ofTitle = texts.filter(({ text, y }) => text !== '' && Math.abs(y - baseline) < 1e-6);
    assert.equal(ofTitle.map(({ text }) => text).join(''), title);
    for (const [i, { x, sizePt, text }] of ofTitle.entries()) {
      assert.equal(sizePt, ofTitle[0].sizePt);
      if (i > 0) assert.ok(Math.abs(x - ofTitle[i - 1].x - ofTitle[i - 1].widthPt) < 1e-3, text);
    }
    const fonts = new Set(
      [...bytes.toString('latin1').matchAll(/\/FontName \/[A-Z]{6}\+(\w+)/g)].map(([, name]) => name),
    );
    assert.deepEqual(fonts, new Set(['LiberationSans', 'BatchExportSigns']));
  });

  it('an SVG has signs in a font of their own, which the first one leaves to it', () => {
    const svg = readFileSync(path.join(out, 'F.svg'), 'utf8');
    const faces = [...svg.matchAll(/@font-face\{font-family:'([^']+)';src:url\(data:font\/ttf;base64,([^)]+)\)/g)];
    const [sans, signs] = faces.map(([, , data]) => fontkit.create(Buffer.from(data, 'base64')) as fontkit.Font);
    assert.deepEqual(
      faces.map(([, family]) => family),
      ['Liberation Sans', 'Batch Export Signs'],
    );
    for (const char of '⁺⁻‑') {
      assert.ok(signs.hasGlyphForCodePoint(char.codePointAt(0)!), char);
      assert.ok(!sans.hasGlyphForCodePoint(char.codePointAt(0)!), char);
    }
    const families = new Map(
      [...svg.matchAll(/<text [^>]*font-family="([^"]+)"[^>]*>([^<]*)</g)].map(([, family, text]) => [text, family]),
    );
    assert.equal(families.get(title), "'Liberation Sans', 'Batch Export Signs', Arial, Helvetica, sans-serif");
    assert.equal(families.get('DNA'), "'Liberation Sans', Arial, Helvetica, sans-serif");
  });

  it('a PDF has one element around everything, and figures keep their alternative text', async () => {
    for (const name of ['F.pdf', 'gallery.pdf']) {
      const bytes = readFileSync(path.join(out, name));
      const objects = readableBytes(bytes);
      const root = /\/Type \/StructTreeRoot[^]*?\/K \[([^\]]*)\]/.exec(objects)!;
      const [, child, ...others] = /^(\d+) 0 R$/.exec(root[1].trim()) ?? [];
      assert.equal(others.length, 0);
      assert.match(objects.slice(objects.indexOf(`\n${child} 0 obj`)), /^\n\d+ 0 obj\n<<\n\/S \/Document\n/);
      const [page] = await readPdfPages(bytes);
      assert.deepEqual(page.alternatives, [readManifest(out)[0]['alt_text']], name);
    }
  });

  it('pdfinfo finds a document of figures and paragraphs, and nothing to warn of', async function () {
    if (!hasProgram('pdfinfo', '-v')) this.skip(); // no poppler-utils
    // pdfinfo warns on stderr, and succeeds.
    const structure = async (name: string): Promise<string[]> =>
      (await outputOf('sh', '-c', 'pdfinfo -struct "$1" 2>&1', 'sh', path.join(out, name))).trimEnd().split('\n');
    assert.deepEqual(await structure('F.pdf'), ['Document', '  Figure']);
    assert.deepEqual(await structure('gallery.pdf'), ['Document', '  P (block)', '  Figure', '  P (block)']);
  });

  it('pdftotext finds the same words before and after Ghostscript', async function () {
    if (!hasProgram('pdftotext', '-v') || !hasProgram('gs')) this.skip(); // no poppler-utils, or no Ghostscript
    const again = path.join(temporaryFolder(), 'again.pdf');
    const flags = ['-q', '-dSAFER', '-dNOPAUSE', '-dBATCH', '-sDEVICE=pdfwrite', `-sOutputFile=${again}`];
    await outputOf('gs', ...flags, path.join(out, 'F.pdf'));
    for (const file of [path.join(out, 'F.pdf'), again]) {
      const words = await outputOf('pdftotext', file, '-');
      for (const each of [title, 'CD8⁺', 'α‑SMA', 'DNA']) assert.ok(words.includes(each), `${file}: ${words}`);
      assert.equal(words.split('\n')[0], title);
    }
  });
});
