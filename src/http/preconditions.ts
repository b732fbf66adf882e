import { OAuthError } from '../oauth-error/oauth-error.js';

/** RFC 9110 §8.8.3: an opaque tag in quotes, in which a comma may stand; `W/` marks a weak one. */
const TAG = String.raw`(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"`;
/** RFC 9110 §5.6.1: separated by commas, between which there may be nothing. */
const LIST = new RegExp(String.raw`^[\s,]*${TAG}(?:\s*,[\s,]*${TAG})*[\s,]*$`);

/** The tags of a list header; `undefined` when it is malformed. */
function tagsOf(header: string): string[] | undefined {
  return LIST.test(header) ? (header.match(new RegExp(TAG, 'g')) ?? []) : undefined;
}

/**
 * RFC 9110 §13.1.1: does the state that a writer has seen still stand? Compared strongly, so a weak tag never matches.
 *
 * @param ifMatch the header; without one, every state will do
 * @throws OAuthError 400 when it is neither `*` nor a list of entity tags, 412 when none of them is `etag`
 */
export function requireMatch(ifMatch: string | undefined, etag: string): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const tags = tagsOf(ifMatch);
  if (!tags) throw OAuthError.invalidRequest('If-Match must be * or a list of entity tags in double quotes.');
  if (!tags.includes(etag)) throw OAuthError.preconditionFailed();
}

/** RFC 9110 §13.1.2: has the reader this state already? Compared weakly; a malformed header has nothing. */
export function hasAlready(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === '*' || (tagsOf(ifNoneMatch) ?? []).some((tag) => tag.replace(/^W\//, '') === etag);
}
