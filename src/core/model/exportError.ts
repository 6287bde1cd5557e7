/** What a code means for the job: which part it ends, how the CLI exits, and whether trying again can help. */
interface CodeFacts {
  readonly ends: 'job' | 'item';
  readonly exitCode: 1 | 2 | 3;
  /** True when the same request may succeed later without anybody changing it (a busy disk, a lost mount). */
  readonly transient: boolean;
  /** Who can do something about it. */
  readonly actor: 'user' | 'administrator' | 'developer';
}

const badRequest: CodeFacts = { ends: 'job', exitCode: 2, transient: false, actor: 'user' };
const badItem: CodeFacts = { ends: 'item', exitCode: 1, transient: false, actor: 'user' };

/** Every way in which an export can fail. Codes, not classes, cross process borders. */
export const exportErrorCodes = {
  Usage: badRequest,
  RecipeInvalid: badRequest,
  DatasetInvalid: badRequest,
  MarkerSetNotFound: badRequest,
  PaletteInvalid: badRequest,
  ColumnNotFound: badRequest,
  FilterInvalid: badRequest,
  ContrastLimitsInvalid: badRequest,
  TableMismatch: badRequest,
  SelectionEmpty: badRequest,
  NameCollision: badRequest,
  FileExists: badRequest,
  OutputNotWritable: { ends: 'job', exitCode: 3, transient: true, actor: 'user' },
  DiskFull: { ends: 'job', exitCode: 3, transient: true, actor: 'user' },
  TooManyOpenFiles: { ends: 'job', exitCode: 3, transient: true, actor: 'user' },
  JobInterrupted: { ends: 'job', exitCode: 3, transient: true, actor: 'user' },
  JobTakenOver: { ends: 'job', exitCode: 3, transient: false, actor: 'user' },
  NativeModuleMissing: { ends: 'job', exitCode: 3, transient: false, actor: 'administrator' },
  FovNotFound: badItem,
  ChannelNotFound: badItem,
  MaskNotFound: badItem,
  MaskInvalid: badItem,
  AnnotationNotFound: badItem,
  CellNotFound: badItem,
  RoiInvalid: badItem,
  PixelSizeMissing: badItem,
  ScaleBarTooShort: badItem,
  ScaleBarTooLong: badItem,
  SizeMismatch: badItem,
  MixedSampleTypes: badItem,
  ImageUnsupported: badItem,
  ImageUnreadable: badItem,
  TooLarge: badItem,
  FileNameInvalid: badItem,
  Timeout: { ...badItem, transient: true },
  Internal: { ends: 'item', exitCode: 1, transient: false, actor: 'developer' },
} as const satisfies Record<string, CodeFacts>;

export type ExportErrorCode = keyof typeof exportErrorCodes;

/** An error as plain data: what journals, manifests and messages carry. */
export interface ErrorData {
  readonly code: ExportErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: string;
  readonly stack?: string;
}

/**
 * A failure that we foresaw. The message is for the user: what was expected, for what, what was found, where.
 * Compare by `code`, never by `instanceof` across a process or bundle border.
 */
export class ExportError extends Error {
  override readonly name = 'ExportError';

  constructor(
    readonly code: ExportErrorCode,
    message: string,
    readonly details?: Readonly<Record<string, unknown>>,
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
  }
}

/** True if `error` is an ExportError, with one of `codes` when any are given. */
export function isExportError(error: unknown, ...codes: ExportErrorCode[]): error is ExportError {
  return error instanceof ExportError && (codes.length === 0 || codes.includes(error.code));
}

/** Any thrown value as an ExportError; what we did not foresee becomes `Internal` and keeps its own message. */
export function toExportError(error: unknown): ExportError {
  if (isExportError(error)) return error;
  if (isOutOfHandles(error)) return tooManyOpenFiles(error);
  return new ExportError('Internal', `Unexpected error: ${messageOf(error)}`, undefined, error);
}

/**
 * The plain-data form of any thrown value, for journals and messages.
 * @param folders paths inside these folders are written relative to them, so that no absolute path is kept
 */
export function toErrorData(thrown: unknown, folders: readonly string[] = []): ErrorData {
  const error = toExportError(thrown);
  const origin = error.cause instanceof Error ? error.cause : undefined;
  const shorten = (text: string): string =>
    folders.reduce((short, folder) => short.replaceAll(`${folder}/`, '').replaceAll(`${folder}\\`, ''), text);
  return {
    code: error.code,
    message: shorten(error.message),
    ...(error.details && { details: error.details }),
    ...(origin && { cause: `${origin.name}: ${origin.message}` }),
    ...(error.stack && { stack: origin?.stack ?? error.stack }),
  };
}

/** What the system says of a disk or a network that may be back in a moment. */
const passingCodes: ReadonlySet<string> = new Set([
  'EAGAIN',
  'EBUSY',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'EINTR',
  'EIO',
  'EMFILE',
  'ENETDOWN',
  'ENETUNREACH',
  'ENFILE',
  'ENOTCONN',
  'ESTALE',
  'ETIMEDOUT',
]);

/** Whether the same work may succeed a moment later without anybody changing anything: it, or a cause of it, is the system's. */
export function isPassing(thrown: unknown): boolean {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (passingCodes.has(systemCodeOf(error) ?? '')) return true;
  }
  return false;
}

/** Whether the process, or the machine, has no handle left for another file: that says nothing of the file. */
export function isOutOfHandles(thrown: unknown): boolean {
  return ['EMFILE', 'ENFILE'].includes(systemCodeOf(thrown) ?? '');
}

/** For what is not about one image: whatever was to be opened, more of it would fail. */
export function tooManyOpenFiles(cause: unknown): ExportError {
  return new ExportError(
    'TooManyOpenFiles',
    `Expected to open another file, but ${messageOf(cause)}.`,
    undefined,
    cause,
  );
}

/** The message of any thrown value. */
export function messageOf(thrown: unknown): string {
  if (isOutOfHandles(thrown))
    return `too many files are open at once (${systemCodeOf(thrown)}); allow more file handles (ulimit -n 4096), or fewer --jobs`;
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The system's code of a Node error (`ENOENT`, `EACCES` …), if it has one. */
export function systemCodeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}
