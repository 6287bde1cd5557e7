import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { FrameLocator, Page } from 'playwright-core';
import { decodePicture } from '../support/dataset';

/** The pixels of the panel's preview, read from the picture that it shows. */
export async function previewPixels(
  panel: FrameLocator,
): Promise<{ widthPx: number; heightPx: number; sha256: string }> {
  const image = panel.locator('.picture img');
  return image.evaluate(async (element: HTMLImageElement) => {
    // Between two pictures there is none for a moment.
    if (element.naturalWidth === 0) return { widthPx: 0, heightPx: 0, sha256: '' };
    const canvas = document.createElement('canvas');
    canvas.width = element.naturalWidth;
    canvas.height = element.naturalHeight;
    const context = canvas.getContext('2d', { colorSpace: 'srgb' })!;
    context.drawImage(element, 0, 0);
    const rgb = context.getImageData(0, 0, canvas.width, canvas.height).data.filter((_, i) => i % 4 !== 3);
    const digest = Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', rgb)));
    const sha256 = digest.map((byte) => byte.toString(16).padStart(2, '0')).join('');
    return { widthPx: canvas.width, heightPx: canvas.height, sha256 };
  });
}

/** The preview comes to show the pixels of a file; it follows the settings with a short delay. */
export async function assertPreview(page: Page, panel: FrameLocator, file: string): Promise<void> {
  const { widthPx, heightPx, rgb } = await decodePicture(file);
  const expected = { widthPx, heightPx, sha256: createHash('sha256').update(rgb).digest('hex') };
  for (let attempt = 0; attempt < 600; attempt++) {
    if ((await previewPixels(panel)).sha256 === expected.sha256) break;
    await page.waitForTimeout(100);
  }
  assert.deepEqual(await previewPixels(panel), expected);
}
