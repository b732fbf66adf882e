import { OAuthError } from '../../oauth-error/oauth-error.js';
import type { Dialect } from './dialect.js';

/**
 * Tells the database's trouble from everything else.
 *
 * @param done a statement on the database
 * @throws OAuthError 503 `temporarily_unavailable` when the database cannot answer now, with its error as the cause; other
 * errors as they are
 */
export function orUnavailable<T>(done: Promise<T>, { isTrouble }: Dialect): Promise<T> {
  return done.catch((error: Error) => {
    throw isTrouble(error) ? OAuthError.unavailable(error) : error;
  });
}

/** The code of an error of Node, PostgreSQL or SQLite; `''` when it has none. */
export function codeOf(error: object): string {
  return 'code' in error ? String(error.code) : '';
}
