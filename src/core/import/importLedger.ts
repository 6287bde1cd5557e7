import type { Problem } from '../model/dataset';
import { isSame } from '../model/isSame';

/** What UELer saves and we import. */
export type ImportKind =
  'marker set' | 'mask palette' | 'annotation palette' | 'palette' | 'pixel size' | 'ROI' | 'recipe';

/** What became of one thing that UELer saved. */
export interface ImportEntry {
  readonly kind: ImportKind;
  /** Absent where its file cannot be read; then `reason` says which one. */
  readonly name?: string;
  /** `kept`: ours of this name was there, and stays as it is. */
  readonly outcome: 'imported' | 'replaced' | 'kept' | 'left out';
  /** Ours, relative to the dataset's folder, with `/`. */
  readonly file?: string;
  /** Why it was kept or left out. */
  readonly reason?: string;
}

/** What would go into a file of ours. */
type ImportedThing = Required<Pick<ImportEntry, 'kind' | 'name' | 'file'>>;

/** Takes down what becomes of each thing, and decides what becomes of one that is there already. */
export class ImportLedger {
  readonly entries: ImportEntry[] = [];
  /** Sentences on what could not be taken over whole. */
  readonly notes: string[] = [];

  constructor(private readonly overwrite: boolean) {}

  /**
   * Whether a thing goes into a file of ours.
   * @param ours what is there of this name, if anything
   */
  takes({ kind, name, file }: ImportedThing, theirs: unknown, ours?: unknown): boolean {
    if (ours === undefined) {
      this.entries.push({ kind, name, outcome: 'imported', file });
      return true;
    }
    const isThere = isSame(ours, theirs);
    if (this.overwrite && !isThere) {
      this.entries.push({ kind, name, outcome: 'replaced', file });
      return true;
    }
    const reason = isThere ? 'it is there already' : 'ours is different';
    this.entries.push({ kind, name, outcome: 'kept', file, reason });
    return false;
  }

  /** Takes down what readers warned of: things that are left out, and the rest as notes. */
  warn(warnings: readonly Problem[]): void {
    const kinds = new Map<string, ImportKind>([
      ['MarkerSetNotFound', 'marker set'],
      ['PaletteInvalid', 'palette'],
      ['RecipeInvalid', 'recipe'],
    ]);
    for (const { code, message } of warnings) {
      const kind = kinds.get(code) ?? (/ it is left out\.$/.test(message) ? 'ROI' : undefined);
      if (kind) this.entries.push({ kind, outcome: 'left out', reason: message });
      else this.notes.push(message);
    }
  }

  leaveOut(kind: ImportKind, name: string, reason: string): void {
    this.entries.push({ kind, name, outcome: 'left out', reason });
  }
}
