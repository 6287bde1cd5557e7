import { type OwnFileKind, schemaReference } from '../model/schemaReference';

/** A file of ours that is to be written. */
export interface OwnFile {
  /** Relative to the dataset's folder, with `/`. */
  readonly path: string;
  readonly content: string;
  /** Whether it stands in place of one that is there. */
  readonly replaces: boolean;
}

/**
 * The text of a file of ours: its schema and version first, two blanks a level, lists of numbers on one line, a line
 * break at the end. Keys are in the order given.
 */
export function ownFileText(kind: OwnFileKind, content: object): string {
  const { $schema = schemaReference(kind), ...rest } = content as { $schema?: string };
  const text = JSON.stringify({ $schema, ...{ version: 1 }, ...rest }, undefined, 2);
  // Texts hold no line break, so this is never inside one.
  const flat = text.replace(/\[\n\s+(-?[\d.][^[\]{}"]*)\]/g, (_, numbers: string) => {
    return `[${numbers.trim().replace(/,\n\s+/g, ', ')}]`;
  });
  return `${flat}\n`;
}
