import { embeddedNamespace } from '../model/embeddedRecipe';
import { escapeXml } from './escapeXml';
import type { TiffSampleType } from './tiffEncoder';

/** What the OME-XML of one image says. */
export interface OmeFacts {
  readonly name: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly sampleType: TiffSampleType;
  /** In the order of the file's pages. */
  readonly channelNames: readonly string[];
  /** µm per pixel, along both axes. */
  readonly pixelSizeUm?: number;
  /** What the image was made of, as an annotation of it. */
  readonly embedded?: string;
}

const omeTypes: Readonly<Record<TiffSampleType, string>> = {
  uint8: 'uint8',
  uint16: 'uint16',
  uint32: 'uint32',
  int8: 'int8',
  int16: 'int16',
  int32: 'int32',
  float32: 'float',
  float64: 'double',
};

const namespace = 'http://www.openmicroscopy.org/Schemas/OME/2016-06';

/**
 * The OME-XML (schema 2016-06) of one image whose channels are the pages of a TIFF, one page each. No date, no UUID, no
 * program: equal images give equal text. Names and µm are in the text as they are, to be written as UTF-8.
 */
export function omeXml(ome: OmeFacts): string {
  const { name, widthPx, heightPx, sampleType, channelNames, pixelSizeUm, embedded } = ome;
  const pixels = {
    ID: 'Pixels:0',
    DimensionOrder: 'XYZCT',
    Type: omeTypes[sampleType],
    SizeX: widthPx,
    SizeY: heightPx,
    SizeZ: 1,
    SizeC: channelNames.length,
    SizeT: 1,
    BigEndian: false,
    ...(pixelSizeUm !== undefined && {
      PhysicalSizeX: pixelSizeUm,
      PhysicalSizeXUnit: 'µm',
      PhysicalSizeY: pixelSizeUm,
      PhysicalSizeYUnit: 'µm',
    }),
  };
  const root = {
    xmlns: namespace,
    'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
    'xsi:schemaLocation': `${namespace} ${namespace}/ome.xsd`,
  };
  // All channels before all TiffData, as the schema asks.
  const channels = channelNames.map((channel, i) =>
    tag('Channel', { ID: `Channel:0:${i}`, Name: channel, SamplesPerPixel: 1 }),
  );
  const planes = channelNames.map((_, i) =>
    tag('TiffData', { IFD: i, FirstZ: 0, FirstC: i, FirstT: 0, PlaneCount: 1 }),
  );
  const pixelsElement = tag('Pixels', pixels, [...channels, ...planes].join(''));
  const reference = embedded === undefined ? '' : tag('AnnotationRef', { ID: annotationId });
  const image = tag('Image', { ID: 'Image:0', Name: name }, pixelsElement + reference);
  const annotations = embedded === undefined ? '' : annotationElement(embedded);
  return `<?xml version="1.0" encoding="UTF-8"?>${tag('OME', root, image + annotations)}`;
}

const annotationId = 'Annotation:BatchExport';

/** After the images, as the schema asks. */
function annotationElement(text: string): string {
  const comment = { ID: annotationId, Namespace: embeddedNamespace };
  return tag('StructuredAnnotations', {}, tag('CommentAnnotation', comment, tag('Value', {}, escapeXml(text))));
}

function tag(name: string, attributes: Readonly<Record<string, string | number | boolean>>, content?: string): string {
  const list = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`);
  const open = `<${name}${list.join('')}`;
  return content === undefined ? `${open}/>` : `${open}>${content}</${name}>`;
}
