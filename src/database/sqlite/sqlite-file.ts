import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The file of a database, or its log, was moved, replaced or deleted while it was open. */
class LostFileError extends Error {
  readonly code = 'SQLITE_READONLY_DBMOVED';
}

/** A deleted file disappears when the last process that has it open ends. */
const GONE =
  'The database file was moved or deleted. Put it back before the service ends, which may have the last copy: see docs/operations/recovery.md.';
const REPLACED = 'The database file was replaced, or its log was moved, replaced or deleted: restart the service.';

/** Returns the identity (device and inode) of the file that a path names; `undefined` when there is no such file. */
function identityOf(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}

/** The file of an open database and its log. SQLite continues to write into a deleted file, whose content is then lost. */
export class WatchedFile {
  private readonly opened: { path: string; identity?: string }[];

  /** @param file as SQLite resolved its path; the log exists already */
  constructor(private readonly file: string) {
    this.opened = [file, `${file}-wal`].map((path) => ({ path, identity: identityOf(path) }));
  }

  /** @throws Error when the paths no longer name the files that were opened: what is written would be lost */
  requireSame(): void {
    for (const { path, identity } of this.opened) {
      const now = identityOf(path);
      if (now !== identity) throw new LostFileError(now === undefined && path === this.file ? GONE : REPLACED);
    }
  }
}

/**
 * Creates the file of a database that does not exist yet, and its folder if that is missing. Only their owner can read them, and
 * SQLite gives the log the mode of the file.
 *
 * @throws Error of Node with its code, or when the file is missing while its log is there: a new file would make SQLite delete the log
 */
export function createPrivately(path: string): void {
  if (existsSync(path)) return;
  if (existsSync(`${path}-wal`))
    throw new Error(`${path} is missing, but its log (${path}-wal) is there: put the file back, or remove the log`);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
}
