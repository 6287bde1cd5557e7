import type { Block } from './markBlocks';
import type { MarkSizes } from './markSizes';

/** A block and its place in a strip. */
export interface Placed {
  readonly block: Block;
  readonly x: number;
  readonly y: number;
}

/** Blocks from left to right in rows. Two kinds share a row only if all pieces of both are in it; texts stand alone. */
export function flow(
  blocks: readonly Block[],
  width: number,
  { margin, gap }: MarkSizes,
): { placed: Placed[]; height: number } {
  const placed: Placed[] = [];
  let y = margin;
  let row: { block: Block; x: number }[] = [];
  let x = margin;
  const endRow = (): void => {
    const height = Math.max(0, ...row.map(({ block }) => block.height));
    // On one line at the bottom, so that labels beside a bar are level with it.
    for (const each of row) placed.push({ ...each, y: y + height - each.block.height });
    if (row.length > 0) y += height + Math.max(2 * gap, margin);
    row = [];
    x = margin;
  };
  for (const name of new Set(blocks.map((block) => block.name))) {
    const pieces = blocks.filter((block) => block.name === name);
    const whole = pieces.reduce((sum, piece) => sum + piece.width + 2 * margin, x) - margin;
    if (whole > width || name === 'title' || name === 'caption') endRow();
    const isWrapped = pieces.reduce((sum, piece) => sum + piece.width + 2 * margin, margin) - margin > width;
    for (const block of pieces) {
      if (row.length > 0 && x + block.width + margin > width) endRow();
      row.push({ block, x });
      x += block.width + 2 * margin;
    }
    if (isWrapped) endRow();
  }
  endRow();
  if (placed.length === 0) return { placed, height: 0 };
  return { placed, height: Math.ceil(Math.max(...placed.map((each) => each.y + each.block.height)) + margin) };
}
