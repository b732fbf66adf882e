import { createHash } from 'node:crypto';
import { parseOrUndefined } from '../json/json-text.js';
import { OAuthError } from '../oauth-error/oauth-error.js';

const DIGEST_BYTES = 12;
/** Longer than any token that is handed out: a position holds a name (512 characters) and an id (255). */
const MAX_LENGTH = 8192;

function digest(binding: string, position: Buffer): Buffer {
  return createHash('sha256').update(binding).update('\0').update(position).digest().subarray(0, DIGEST_BYTES);
}

/**
 * An opaque place in a list: the values that the last entry was sorted by. It stays right while entries come and go.
 *
 * @param binding filters and sort of the list; the token leads on in no other one
 */
export function pageToken(binding: string, position: readonly string[]): string {
  const json = Buffer.from(JSON.stringify(position));
  return Buffer.concat([digest(binding, json), json]).toString('base64url');
}

/** A caller could forge a token, though not guess one: what it holds is checked before a database sees it. */
function isPosition(value: unknown, length: number): value is string[] {
  return (
    Array.isArray(value) &&
    (value.length === length || value.length === 0) &&
    value.every((text) => typeof text === 'string' && text.isWellFormed() && !text.includes('\0'))
  );
}

/**
 * The position of a token.
 *
 * @param length number of values that a position of this list has; the one of the first page has none
 * @throws OAuthError 400 when it was not made for this list, or not here at all
 */
export function readPageToken(binding: string, token: string, length: number): string[] {
  const bytes = Buffer.from(token.length > MAX_LENGTH ? '' : token, 'base64url');
  const json = bytes.subarray(DIGEST_BYTES);
  const genuine =
    bytes.subarray(0, DIGEST_BYTES).equals(digest(binding, json)) && bytes.toString('base64url') === token;
  const position = genuine ? parseOrUndefined(json.toString()) : undefined;
  if (isPosition(position, length)) return position;
  throw OAuthError.invalidRequest(
    'page_token must be one that this list has handed out, with the same filters and the same sort.',
  );
}
