import type { Dataset, Fov, FovHeader } from '../model/dataset';
import { type ErrorData, isExportError, toErrorData } from '../model/exportError';
import type { ImageHeader } from '../model/image';
import { contradicting } from '../model/pixelSizeWarnings';
import { readImageHeaders } from './openImage';

/** Reads the headers of all channels of a FOV and says together what they are; files that cannot be read are listed. */
export async function readFovHeader(dataset: Dataset, fov: Fov): Promise<FovHeader> {
  const found = await readImageHeaders(fov.channels);
  const headers = found.filter((header): header is ImageHeader => !isExportError(header));
  const errors: ErrorData[] = [
    ...(fov.error ? [fov.error] : []),
    ...found.filter((header) => isExportError(header)).map((error) => toErrorData(error)),
  ];
  const stated = fov.statedPixelSize ? [fov.statedPixelSize] : headers;
  const own = stated.find((header) => header.pixelSize)?.pixelSize;
  const pixelSize = own ?? dataset.fallbackPixelSize;
  const otherPixelSize = own && contradicting(own, dataset.fallbackPixelSize);
  const printResolution = stated.find((header) => header.printResolution !== undefined)?.printResolution;
  const problem = stated.find((header) => header.pixelSizeProblem)?.pixelSizeProblem;
  if (problem)
    errors.push({
      code: 'PixelSizeMissing',
      message: `The pixel size that FOV ${fov.name} states cannot be used: ${problem}.`,
    });
  const reference = headers[0];
  const odd = headers.find((h) => h.widthPx !== reference?.widthPx || h.heightPx !== reference.heightPx);
  if (reference && odd) {
    errors.push({
      code: 'SizeMismatch',
      message: `Expected one size for all channels of FOV ${fov.name}, but found ${reference.widthPx} × ${reference.heightPx} and ${odd.widthPx} × ${odd.heightPx}.`,
    });
  }
  return {
    fov: fov.name,
    widthPx: reference?.widthPx ?? 0,
    heightPx: reference?.heightPx ?? 0,
    sampleTypes: [...new Set(headers.map((header) => header.sampleType))],
    ...(pixelSize && !problem && { pixelSize }),
    ...(otherPixelSize && !problem && { otherPixelSize }),
    ...(!own && printResolution !== undefined && { printResolution }),
    errors,
  };
}
