import { OAuthError } from '../../oauth-error/oauth-error.js';
import type { Dialect } from './dialect.js';

/**
 * Converts errors that mean that the database cannot answer now.
 *
 * @param done a statement on the database
 * @throws OAuthError 503 `temporarily_unavailable` when the database cannot answer now, with its error as the cause; any other
 * error unchanged
 */
export function orUnavailable<T>(done: Promise<T>, { isTrouble }: Dialect): Promise<T> {
  return done.catch((error: Error) => {
    throw isTrouble(error) ? OAuthError.unavailable(error) : error;
  });
}

/** Returns the code of an error of Node, PostgreSQL or SQLite; `''` when it has none. */
export function codeOf(error: object): string {
  return 'code' in error ? String(error.code) : '';
}
