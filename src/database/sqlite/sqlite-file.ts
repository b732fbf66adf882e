import { closeSync, existsSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** The file of a database, or its log, was moved, replaced or deleted while it was open. */
class LostFileError extends Error {
  readonly code = 'SQLITE_READONLY_DBMOVED';
}

/** Which file a path names; `undefined` when it names none. */
function identityOf(path: string): string | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stats && `${stats.dev}:${stats.ino}`;
}

/** The file of an open database and its log. SQLite goes on writing into a file that was deleted, and loses it. */
export class WatchedFile {
  private readonly opened: { path: string; identity?: string }[];

  /** @param path of the file, as SQLite resolved it; the log exists already */
  constructor(path: string) {
    this.opened = [path, `${path}-wal`].map((one) => ({ path: one, identity: identityOf(one) }));
  }

  /** @throws Error when the paths no longer name the files that were opened: what is written would be lost */
  requireSame(): void {
    for (const { path, identity } of this.opened)
      if (identityOf(path) !== identity)
        throw new LostFileError('The database file or its log was moved, replaced or deleted: restart the service.');
  }
}

/**
 * Creates the file of a database that does not exist yet, in a folder that is created if it is missing. Only their owner can
 * read them, and SQLite gives its log the mode of the file.
 *
 * @throws Error of Node with its code
 */
export function createPrivately(path: string): void {
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, 'a', 0o600));
}
