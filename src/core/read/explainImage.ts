import { ExportError, isExportError, messageOf, systemCodeOf } from '../model/exportError';

/**
 * Runs `read`; what it throws that has no code yet becomes `ImageUnreadable`, in words and with the file's name.
 * @param kind what the file was taken for, with its article
 */
export async function explainImage<T>(file: string, kind: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (isExportError(error)) throw error;
    if (error instanceof Error && error.name === 'AbortError') throw error;
    throw new ExportError('ImageUnreadable', `Expected ${kind} in ${file}, but ${reason(error)}.`, { file }, error);
  }
}

function reason(error: unknown): string {
  switch (systemCodeOf(error)) {
    case 'ENOENT':
      return 'the file does not exist (any more)';
    case 'EACCES':
    case 'EPERM':
      return 'reading it is not permitted';
    case 'EISDIR':
      return 'it is a folder';
    default:
      return `it cannot be read: ${messageOf(error)}`;
  }
}
