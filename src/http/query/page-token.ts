import { createHash } from 'node:crypto';
import { parseOrUndefined } from '../../json/json-text.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';

const DIGEST_BYTES = 12;
/** Longest token that is read; every issued one is shorter: a position holds at most a name (512 characters) and an id (255). */
const MAX_LENGTH = 8192;

function digest(binding: string, position: Buffer): Buffer {
  return createHash('sha256').update(binding).update('\0').update(position).digest().subarray(0, DIGEST_BYTES);
}

/**
 * Encodes a position in a list as an opaque token: the values by which its last entry was sorted. It stays valid while entries are added and removed.
 *
 * @param binding filters and sort order of the list; the token is valid only for them
 * @param position values of the last entry
 */
export function pageToken(binding: string, position: readonly string[]): string {
  const json = Buffer.from(JSON.stringify(position));
  return Buffer.concat([digest(binding, json), json]).toString('base64url');
}

/** Whether a value is a position of a list. The digest is not secret: a caller can forge any content, which would reach the database. */
function isPosition(value: unknown, length: number): value is string[] {
  return (
    Array.isArray(value) &&
    (value.length === length || value.length === 0) &&
    value.every((text) => typeof text === 'string' && text.isWellFormed() && !text.includes('\0'))
  );
}

/**
 * Returns the position that a token holds.
 *
 * @param binding filters and sort order of the list
 * @param length number of values in a position of this list; a position at the start has none
 * @throws OAuthError 400 when the token was not issued for this list
 */
export function readPageToken(binding: string, token: string, length: number): string[] {
  const bytes = Buffer.from(token.length > MAX_LENGTH ? '' : token, 'base64url');
  const json = bytes.subarray(DIGEST_BYTES);
  const genuine =
    bytes.subarray(0, DIGEST_BYTES).equals(digest(binding, json)) && bytes.toString('base64url') === token;
  const position = genuine ? parseOrUndefined(json.toString()) : undefined;
  if (isPosition(position, length)) return position;
  throw OAuthError.invalidRequest(
    'page_token must be one that this list has returned, with the same filters and the same sort.',
  );
}

/**
 * Returns the position that a token holds, in a list that is sorted by a whole number.
 *
 * @param binding filters and sort order of the list
 * @param token the parameter `page_token`; `''` when it is left out
 * @returns the digits of the number; `undefined` at the start of the list
 * @throws OAuthError 400 when the token was not issued for this list
 */
export function readNumberToken(binding: string, token: string): string | undefined {
  const [position] = token === '' ? [] : readPageToken(binding, token, 1);
  // The digest of a token is not secret, so a caller can forge its content.
  if (position !== undefined && !/^\d{1,18}$/.test(position))
    throw OAuthError.invalidRequest('page_token must be one that this list has returned.');
  return position;
}
