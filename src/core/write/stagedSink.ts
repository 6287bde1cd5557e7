import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { type FileSink, replaceIn } from './fileSink';
import { newStaged, type StagedFile, toWriteError } from './writeFileWhole';

/** Up to here a file's content waits in memory, to be written at once. */
const waitingBytes = 2 ** 23;

const smallBytes = 2 ** 16;

/**
 * Writes a file under a temporary name in its folder, as its pieces come; see `stageFile`. At once, for a process that has
 * nothing else to do meanwhile: of small files, waiting for each step would take four times as long as writing them. No file
 * stays open between pieces, for an item may have a thousand files.
 * A file that cannot be written is removed, and the reason thrown.
 */
export class StagedSink implements FileSink {
  readonly staged: StagedFile;
  /** Of all pieces so far. */
  bytes = 0;
  private waiting: Uint8Array[] = [];
  private writtenBytes = 0;
  private readonly hash: Hash = createHash('sha256');
  /** What was written, and hashed, is not what the file has. */
  private isReplaced = false;

  constructor(file: string, owner: string) {
    this.staged = newStaged(file, owner);
  }

  write(piece: Uint8Array): void {
    this.waiting.push(piece);
    this.bytes += piece.length;
    if (this.bytes - this.writtenBytes > waitingBytes) this.flush();
  }

  replace(at: number, bytes: Uint8Array): void {
    if (at >= this.writtenBytes) {
      replaceIn(this.waiting, at - this.writtenBytes, bytes);
      return;
    }
    this.flush();
    this.isReplaced = true;
    this.withFile('r+', (handle) => {
      writeAll(handle, bytes, at);
    });
  }

  /** When all pieces were written. Returns the SHA-256 of the file in hexadecimal. */
  end(): string {
    this.flush();
    return (this.isReplaced ? this.hashAgain() : this.hash).digest('hex');
  }

  private flush(): void {
    if (this.waiting.length === 0 && this.writtenBytes > 0) return;
    this.withFile(this.writtenBytes === 0 ? 'wx' : 'a', (handle) => {
      // A write for each of a few small pieces would take longer than to join them.
      const isSmall = this.bytes - this.writtenBytes < smallBytes;
      for (const piece of isSmall ? [Buffer.concat(this.waiting)] : this.waiting) {
        this.hash.update(piece);
        writeAll(handle, piece);
      }
    });
    this.writtenBytes = this.bytes;
    this.waiting = [];
  }

  private hashAgain(): Hash {
    const hash = createHash('sha256');
    this.withFile('r', (handle) => {
      const piece = Buffer.allocUnsafe(2 ** 20);
      for (let read = readSync(handle, piece); read > 0; read = readSync(handle, piece)) {
        hash.update(piece.subarray(0, read));
      }
    });
    return hash;
  }

  private withFile(flags: 'wx' | 'a' | 'r+' | 'r', use: (handle: number) => void): void {
    try {
      const handle = openSync(this.staged.temporary, flags);
      try {
        use(handle);
      } finally {
        closeSync(handle);
      }
    } catch (error) {
      rmSync(this.staged.temporary, { force: true });
      throw toWriteError(error, this.staged.file);
    }
  }
}

/** @param at where in the file; absent: where the last piece ended */
function writeAll(handle: number, bytes: Uint8Array, at?: number): void {
  for (let done = 0; done < bytes.length;) {
    done += writeSync(handle, bytes, done, bytes.length - done, at === undefined ? null : at + done);
  }
}
