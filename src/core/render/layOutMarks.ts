import type { HexColor } from '../model/color';
import type { FigureLayout, Mark, MarkGroup, MarkGroupName } from '../model/figure';
import type { FontOutlines } from '../model/fontOutlines';
import type { PictureSize } from '../model/image';
import type { InkColor, Place } from '../model/marks';
import { flow, type Placed } from './flow';
import { inColumns, isLegend } from './legendColumns';
import { type Block, blockMaker, type BlockMaker, type Decoration } from './markBlocks';
import { markSizes, type Medium, minFontPx } from './markSizes';

export interface LayoutOptions {
  readonly font: FontOutlines;
  /** The font's em in pixels of the picture; absent: by the picture's size. */
  readonly fontPx?: number;
  readonly medium: Medium;
  readonly marginColor: 'black' | 'white';
  /** A part of the picture, in its pixels, that no mark covers while a corner is free: the cell that it is about. */
  readonly keepClear?: Box;
  /** Whether white marks can be read on a part of the picture, in its pixels (see `isDark`). */
  readonly isDark: (box: Box) => boolean;
}

/** In pixels of the picture, which may be fractions. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** For fractions of pixels that were added up. */
const tolerance = 1e-9;

type Corner = Exclude<Place, 'margin'>;

/** Where a mark goes when its own corner would hide what the picture is about. */
const cornerOrder: readonly Corner[] = ['bottom-right', 'bottom-left', 'top-right', 'top-left'];

/** Who is given room first. */
const order: readonly MarkGroupName[] = ['scale-bar', 'channel-legend', 'class-legend', 'title', 'caption'];

const titles: Readonly<Record<MarkGroupName, string>> = {
  'scale-bar': 'scale bar',
  'channel-legend': 'channel legend',
  'class-legend': 'class legend',
  title: 'title',
  caption: 'caption',
};

const white: HexColor = '#ffffff';
const black: HexColor = '#000000';

/** A block in its corner, and which of the marks it is. */
interface Inside extends Box {
  readonly corner: Corner;
  readonly block: Block;
  readonly ink: InkColor;
}

/**
 * Gives every decoration its place: its corner, if it fits there without touching another one and without covering
 * more than half of the picture's height; else a strip above (title) or below the picture. A legend that is too high for
 * a corner flows in columns over at most half of the picture's width; one that would make a strip higher than the picture,
 * and than twice its width, flows in columns until it is no higher than the picture, or than itself is wide. Nothing is cut
 * off: the figure is made wider where a single word, bar or legend is wider than the picture. Strips leave the picture's
 * pixels as they are. Pure.
 */
export function layOutMarks(
  picture: PictureSize,
  decorations: readonly Decoration[],
  options: LayoutOptions,
): FigureLayout {
  const { font, fontPx, medium, keepClear } = options;
  const sizes = markSizes(picture, fontPx, medium);
  const maker = blockMaker(font, sizes, medium);
  const notes: string[] = [];
  const inside: Inside[] = [];
  const above: Block[] = [];
  const below: Block[] = [];
  const inOrder = [...decorations].sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  for (const decoration of inOrder) {
    const block = toBlock(decoration, maker, picture.widthPx - 2 * sizes.margin);
    const found = decoration.place === 'margin' ? undefined : findRoom(decoration, decoration.place, block);
    if (found) {
      inside.push({ ...found, ink: decoration.name === 'scale-bar' ? decoration.color : 'auto' });
      continue;
    }
    if (decoration.place !== 'margin') {
      notes.push(`the ${titles[decoration.name]} does not fit into the picture`);
    }
    if (decoration.name === 'title') above.push(block);
    else below.push(...piecesOf(decoration, block));
  }
  if (fontPx !== undefined && medium === 'raster' && fontPx < minFontPx && decorations.length > 0) {
    notes.push(`text is ${minFontPx} pixels high, larger than asked, because smaller text cannot be read in pixels`);
  }

  const widest = Math.max(0, ...[...above, ...below].map((block) => block.width + 2 * sizes.margin));
  const width = Math.max(picture.widthPx, maker.snap(widest));
  const top = flow(above, width, sizes);
  const bottom = flow(below, width, sizes);
  const background = options.marginColor === 'black' ? black : white;
  const stripInk = options.marginColor === 'black' ? white : black;
  if (top.height > 0) notes.push(stripNote('above', above, top.height, options));
  if (bottom.height > 0) notes.push(stripNote('below', below, bottom.height, options));
  if (width > picture.widthPx) notes.push('the figure is wider than the picture, which is too narrow for its marks');

  const groups: MarkGroup[] = [
    ...inside.map(({ block, x, y, width: blockWidth, height, ink }) => {
      const color = inkFor(ink, () => options.isDark({ x, y, width: blockWidth, height }));
      const halo = { color: color === white ? black : white, width: sizes.halo };
      return toGroup([{ block, x, y: y + top.height }], color, halo);
    }),
    ...joined(top.placed).map((placed) => toGroup(placed, stripInk)),
    ...joined(bottom.placed).map((placed) =>
      toGroup(
        placed.map((each) => ({ ...each, y: each.y + top.height + picture.heightPx })),
        stripInk,
      ),
    ),
  ];
  const bar = decorations.find((decoration) => decoration.name === 'scale-bar');
  const barMark = groups.find(({ name }) => name === 'scale-bar')?.marks[0];
  return {
    width,
    height: top.height + picture.heightPx + bottom.height,
    pictureX: 0,
    pictureY: top.height,
    background,
    groups,
    ...(bar && barMark?.kind === 'box' && { scaleBar: drawnBar(bar.lengthUm, barMark, medium) }),
    notes,
  };

  /** In its corner as it is; a legend that is too high for any corner, in columns, as few as there is room for. */
  function findRoom(decoration: Decoration, asked: Corner, block: Block): Omit<Inside, 'ink'> | undefined {
    const whole = findCorner(asked, block, picture);
    if (whole) return { ...whole, block };
    const isTooHigh = block.height + 2 * sizes.margin > picture.heightPx / 2;
    if (!isTooHigh || !isLegend(decoration)) return undefined;
    const most = picture.widthPx / 2 - 2 * sizes.margin;
    for (const columns of inColumns(decoration, maker)) {
      if (columns.width > most) return undefined;
      const found = findCorner(asked, columns, picture);
      // It is large: what it is about is not to be beneath it.
      if (found && !(keepClear && overlap(found, keepClear, sizes.halo))) return { ...found, block: columns };
    }
    return undefined;
  }

  /** In a strip the rows of a legend stand side by side; many, below each other in columns. */
  function piecesOf(decoration: Decoration, block: Block): Block[] {
    if (!isLegend(decoration)) return [block];
    const pieces = maker.legendPieces(decoration.name, decoration.rows);
    const room = Math.max(picture.widthPx, ...pieces.map((piece) => piece.width + 2 * sizes.margin));
    const { height } = flow(pieces, room, sizes);
    // On paper the width is what was asked for: rows fill it, and columns would go beyond.
    if (fontPx !== undefined || height <= Math.max(picture.heightPx, 2 * room)) return pieces;
    const columns = [...inColumns(decoration, maker)].find((each) => {
      return each.height <= Math.max(picture.heightPx, each.width);
    });
    return columns && columns.height < height ? [columns] : pieces;
  }

  /** Beside the edge in a corner, or beyond what already stands there; then, for what must stay clear, elsewhere. */
  function findCorner(
    asked: Corner,
    block: Block,
    { widthPx, heightPx }: PictureSize,
  ): (Box & { readonly corner: Corner }) | undefined {
    const { margin } = sizes;
    if (block.width + 2 * margin > widthPx || block.height + 2 * margin > heightPx / 2) return undefined;
    const at = (corner: Corner): ReturnType<typeof findCorner> => {
      const isTop = corner.startsWith('top');
      const x = corner.endsWith('left') ? margin : widthPx - margin - block.width;
      let y = isTop ? margin : heightPx - margin - block.height;
      for (const other of inside.filter((each) => each.corner === corner)) {
        y = isTop ? Math.max(y, other.y + other.height + margin) : Math.min(y, other.y - margin - block.height);
      }
      const box = { corner, x, y, width: block.width, height: block.height };
      const isInPicture = y >= margin - tolerance && y + block.height + margin <= heightPx + tolerance;
      return isInPicture && !inside.some((other) => overlap(box, other, margin - tolerance)) ? box : undefined;
    };
    const first = at(asked);
    if (!keepClear) return first;
    const corners = [asked, ...cornerOrder.filter((corner) => corner !== asked)];
    const free = corners.map(at).find((box) => box && !overlap(box, keepClear, sizes.halo));
    if (free && free.corner !== asked) {
      notes.push(
        `the ${titles[block.name]} is in the ${free.corner} corner, because it would cover the cell in the ${asked} one`,
      );
    }
    return free ?? first;
  }
}

function toBlock(decoration: Decoration, maker: BlockMaker, maxWidth: number): Block {
  switch (decoration.name) {
    case 'scale-bar':
      return maker.scaleBar(decoration);
    case 'channel-legend':
    case 'class-legend':
      return maker.legend(decoration.name, decoration.rows);
    case 'title':
    case 'caption':
      return maker.text(decoration.name, decoration.text, maxWidth);
  }
}

/** The pieces of one kind together. */
function joined(placed: readonly Placed[]): Placed[][] {
  const byName = new Map<MarkGroupName, Placed[]>();
  for (const each of placed) byName.set(each.block.name, [...(byName.get(each.block.name) ?? []), each]);
  return [...byName.values()];
}

function toGroup(placed: readonly Placed[], ink: HexColor, halo?: MarkGroup['halo']): MarkGroup {
  const x = Math.min(...placed.map((each) => each.x));
  const y = Math.min(...placed.map((each) => each.y));
  return {
    name: placed[0].block.name,
    x,
    y,
    width: Math.max(...placed.map((each) => each.x + each.block.width)) - x,
    height: Math.max(...placed.map((each) => each.y + each.block.height)) - y,
    marks: placed.flatMap((each) => each.block.marks(ink).map((mark) => moved(mark, each.x, each.y))),
    ...(halo && { halo }),
  };
}

function moved(mark: Mark, dx: number, dy: number): Mark {
  return mark.kind === 'text'
    ? { ...mark, x: mark.x + dx, baselineY: mark.baselineY + dy }
    : { ...mark, x: mark.x + dx, y: mark.y + dy };
}

function drawnBar(
  lengthUm: number,
  { x, y, width, height }: Box,
  medium: Medium,
): NonNullable<FigureLayout['scaleBar']> {
  const middle = y + height / 2;
  return { lengthUm, xPx: x, yPx: medium === 'raster' ? Math.floor(middle) : middle, lengthPx: width };
}

/** Whether two boxes are nearer to each other than `gap`. */
function overlap(a: Box, b: Box, gap: number): boolean {
  return (
    a.x < b.x + b.width + gap && b.x < a.x + a.width + gap && a.y < b.y + b.height + gap && b.y < a.y + a.height + gap
  );
}

function inkFor(ink: InkColor, isOnDark: () => boolean): HexColor {
  if (ink !== 'auto') return ink === 'white' ? white : black;
  return isOnDark() ? white : black;
}

function stripNote(
  where: 'above' | 'below',
  blocks: readonly Block[],
  height: number,
  { marginColor }: LayoutOptions,
): string {
  const names = [...new Set(blocks.map((block) => titles[block.name]))].join(', ');
  return `${names} in a ${marginColor} margin strip of ${Math.round(height)} pixels ${where} the picture`;
}
