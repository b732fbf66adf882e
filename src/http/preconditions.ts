import { OAuthError } from '../oauth-error/oauth-error.js';

/** RFC 9110 §8.8.3: an opaque tag in quotes, which may contain commas; `W/` marks a weak one. */
const TAG = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`;
/** RFC 9110 §5.6.1: a list separated by commas; elements may be empty. */
const LIST = new RegExp(String.raw`^[\s,]*${TAG}(?:\s*,[\s,]*${TAG})*[\s,]*$`);

/** Returns the tags of a list header; `undefined` when it is malformed. */
function tagsOf(header: string): string[] | undefined {
  return LIST.test(header) ? (header.match(new RegExp(TAG, 'g')) ?? []) : undefined;
}

/**
 * Checks `If-Match` (RFC 9110 §13.1.1) by strong comparison: a weak tag never matches.
 *
 * @param ifMatch the header; if absent, every state matches
 * @param etag entity tag of the current state
 * @throws OAuthError 400 when it is neither `*` nor a list of entity tags, 412 when none of them is `etag`
 */
export function requireMatch(ifMatch: string | undefined, etag: string): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const tags = tagsOf(ifMatch);
  if (!tags) throw OAuthError.invalidRequest('If-Match must be * or a list of entity tags in double quotes.');
  if (!tags.includes(etag)) throw OAuthError.preconditionFailed();
}

/** Whether `If-None-Match` (RFC 9110 §13.1.2) names `etag`, by weak comparison; a malformed header names nothing. */
export function hasAlready(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === '*' || (tagsOf(ifNoneMatch) ?? []).some((tag) => tag.replace(/^W\//, '') === etag);
}
