import { numberOf, type OmeShape } from './placeOmeShape';
import { attributesOf, decodeXml, scanXml } from './scanXml';

/** A ROI as the document has it. */
export interface OmeRoi {
  readonly id?: string;
  readonly name: string;
  readonly shapes: OmeShape[];
  readonly annotations: string[];
  /** The image that it is written in, as before 2010. */
  readonly image?: number;
  comment?: string;
}

/** What a document says of ROIs. */
export interface OmeRois {
  readonly rois: readonly OmeRoi[];
  /** By the id of a ROI, the indices of the images that refer to it. */
  readonly images: ReadonlyMap<string, ReadonlySet<number>>;
  /** By the id of an annotation, a tag. */
  readonly tags: ReadonlyMap<string, string>;
}

/** Shapes in older schemas by their names of today. */
const oldNames = new Map([
  ['Rect', 'Rectangle'],
  ['Text', 'Label'],
]);

/**
 * Walks over the document once; what is not about ROIs costs only the way past it.
 * @throws Error with the end of a sentence: broken XML, or more shapes than we can hold
 */
export function findOmeRois(xml: string, maxShapes: number): OmeRois {
  const rois: OmeRoi[] = [];
  const images = new Map<string, Set<number>>();
  const tags = new Map<string, string>();
  const open: string[] = [];
  let image = -1;
  let roi: OmeRoi | undefined;
  let shape: OmeShape | undefined;
  let tagId: string | undefined;
  let textFrom = 0;
  let count = 0;
  for (const tag of scanXml(xml)) {
    const { kind, name } = tag;
    if (kind === 'close') {
      open.pop();
      const text = (): string => decodeXml(xml.slice(textFrom, tag.start)).trim();
      if (name === 'ROI') roi = undefined;
      else if (roi && name === 'Description' && open.at(-1) === 'ROI') roi.comment = text();
      else if (tagId !== undefined && name === 'Value' && open.at(-1) === 'TagAnnotation') tags.set(tagId, text());
      textFrom = tag.end;
      continue;
    }
    const parent = open.at(-1);
    if (kind === 'open') open.push(name);
    textFrom = tag.end;
    // Whatever other programs keep there is not OME's.
    if (open.includes('XMLAnnotation')) continue;
    if (name === 'Image') image++;
    else if (name === 'ROI') {
      roi = toRoi(attributesOf(xml, tag), open.includes('Image') ? image : undefined);
      rois.push(roi);
      if (kind === 'empty') roi = undefined;
    } else if (name === 'TagAnnotation') tagId = attributesOf(xml, tag).get('id');
    else if (!roi && name === 'ROIRef') {
      const id = attributesOf(xml, tag).get('id') ?? '';
      const known = images.get(id);
      if (known) known.add(image);
      else images.set(id, new Set([image]));
    } else if (roi && name === 'AnnotationRef' && parent === 'ROI')
      roi.annotations.push(attributesOf(xml, tag).get('id') ?? '');
    else if (roi && shape && name === 'Transform') {
      const attributes = attributesOf(xml, tag);
      const [a, b, c, d, e, f] = ['a00', 'a10', 'a01', 'a11', 'a02', 'a12'].map((key) => numberOf(attributes.get(key)));
      shape.transform = [a, b, c, d, e, f];
    } else if (roi && parent === 'Union') {
      shape = { name: oldNames.get(name) ?? name, attributes: attributesOf(xml, tag) };
      roi.shapes.push(shape);
      if (++count > maxShapes) throw new Error(`it has more than ${maxShapes} shapes; split it`);
    } else if (roi && shape?.name === 'Shape' && parent === 'Shape' && /^[A-Z]/.test(name)) {
      // Until 2012 a `Shape` was around each, and had its id.
      const attributes = new Map([...attributesOf(xml, tag), ...shape.attributes]);
      shape = { name: oldNames.get(name) ?? name, attributes };
      roi.shapes.splice(-1, 1, shape);
    }
  }
  return { rois, images, tags };
}

function toRoi(attributes: ReadonlyMap<string, string>, image: number | undefined): OmeRoi {
  const id = attributes.get('id');
  return {
    ...(id !== undefined && id !== '' && { id }),
    name: attributes.get('name') ?? '',
    shapes: [],
    annotations: [],
    ...(image !== undefined && { image }),
  };
}
