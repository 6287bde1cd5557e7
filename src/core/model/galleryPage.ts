import type { Mark } from './figure';

/** A box on a page, in points from its top left. */
export interface PageBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A picture on a page of a gallery, or the frame of one that could not be made, with what is written about it. */
export interface GalleryCell {
  /** Of the picture, or of the empty frame. */
  readonly box: PageBox;
  /** Behind the picture. */
  readonly frame: readonly Mark[];
  /** Its id and caption, and the reason in an empty frame. */
  readonly words: readonly Mark[];
  /** The picture in words; absent: there is none. */
  readonly alt?: string;
}

/** A page of a gallery, in points from its top left. */
export interface GalleryPage {
  readonly widthPt: number;
  readonly heightPt: number;
  /** Title, settings and legend. */
  readonly header: readonly Mark[];
  /** Lines that say nothing. */
  readonly rules: readonly Mark[];
  readonly cells: readonly GalleryCell[];
}

/** A picture file that a page of PDF takes as it is. */
export interface EmbeddablePicture {
  readonly format: 'png' | 'jpeg';
  readonly widthPx: number;
  readonly heightPx: number;
  /** The whole file. */
  readonly bytes: Buffer;
}
