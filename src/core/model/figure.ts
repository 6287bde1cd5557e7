import type { HexColor } from './color';
import type { DrawnScaleBar } from './plan';

/** A filled box. */
export interface BoxMark {
  readonly kind: 'box';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly color: HexColor;
}

/** A box filled with colours that go over into each other from left to right, at even distances. */
export interface RampMark {
  readonly kind: 'ramp';
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly colors: readonly HexColor[];
}

/** One line of text; `x` is its left end, `size` the font's em. */
export interface TextMark {
  readonly kind: 'text';
  readonly x: number;
  readonly baselineY: number;
  readonly size: number;
  readonly text: string;
  readonly color: HexColor;
}

export type Mark = BoxMark | RampMark | TextMark;

/** What a group of marks is, in the order in which they are given room. */
export type MarkGroupName = 'scale-bar' | 'channel-legend' | 'class-legend' | 'title' | 'caption';

/** Marks that belong together and lie in one box, with a contour around them where they lie on the picture. */
export interface MarkGroup {
  readonly name: MarkGroupName;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly marks: readonly Mark[];
  readonly halo?: { readonly color: HexColor; readonly width: number };
}

/**
 * Where everything of a figure is, in pixels of the picture from the figure's top left; whole pixels if it is to be
 * painted, fractions if it stays vector.
 */
export interface FigureLayout {
  readonly width: number;
  readonly height: number;
  /** Of the picture's top left pixel. */
  readonly pictureX: number;
  readonly pictureY: number;
  /** Of the strips around the picture. */
  readonly background: HexColor;
  readonly groups: readonly MarkGroup[];
  readonly scaleBar?: DrawnScaleBar;
  /** What was done that the user did not ask for in so many words, and the strips; for the manifest. */
  readonly notes: readonly string[];
}

/** The outlines of one mask in one colour: closed loops on the corners of the picture's pixels, filled by even-odd. */
export interface OutlineShape {
  readonly name: string;
  readonly color: HexColor;
  readonly alpha: number;
  /** x0, y0, x1, y1 …; the last corner joins the first. */
  readonly loops: readonly (readonly number[])[];
}

/** A figure in words. */
export interface FigureText {
  readonly title: string;
  /** What is to be seen, for those who cannot see it. */
  readonly alt: string;
  /** One sentence for the figure's legend in a paper. */
  readonly caption: string;
}

/** All that a document with shapes and text is made of. */
export interface VectorFigure {
  /** The picture without outlines and marks, as PNG, embedded at its own pixels. */
  readonly png: Buffer;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly outlines: readonly OutlineShape[];
  readonly layout: FigureLayout;
  /** On paper. */
  readonly pointsPerPx: number;
  readonly text: FigureText;
  /** What the document was made of, for its metadata. */
  readonly embedded?: string;
}
