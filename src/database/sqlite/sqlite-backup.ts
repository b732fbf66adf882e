import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs';
import { loadDriver } from './sqlite-driver.js';

/**
 * Copies a database into an empty file, in one read transaction: others can read and write meanwhile. The copy is on the disk when
 * the function returns.
 *
 * @param source path of the database
 * @param target path of an empty file
 * @throws Error when there is no such database, or when it cannot be copied
 */
export function backUpFile(source: string, target: string): void {
  // Opening a file that does not exist would create it.
  if (!existsSync(source)) throw new Error('there is no such file');
  const database = new (loadDriver())(source);
  try {
    database.prepare('VACUUM INTO ?1').run(target);
  } finally {
    database.close();
  }
  const descriptor = openSync(target, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
