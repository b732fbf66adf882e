/** The credentials in a client's header `Authorization: Basic`. */
export interface BasicCredentials {
  clientId: string;
  secret: string;
}

/** Longest header that is read, in characters: more than the longest client_id and secret take when every byte is encoded. */
const MAX_LENGTH = 8192;
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** Decodes a part as `application/x-www-form-urlencoded` (RFC 6749 §2.3.1 and Appendix B). */
function decoded(text: string): string {
  return /[%+]/.test(text) ? decodeURIComponent(text.replaceAll('+', ' ')) : text;
}

/**
 * Reads the client_id and the secret of RFC 6749 §2.3.1 from the value of `Authorization`. Both parts are form-encoded before they become
 * Basic credentials, so that either may contain a colon.
 *
 * @returns `undefined` when the header is of another scheme or malformed
 */
export function readBasic(authorization: string): BasicCredentials | undefined {
  const [, encoded] = /^Basic +([\w+/=-]+) *$/i.exec(authorization.slice(0, MAX_LENGTH)) ?? [];
  if (encoded === undefined) return undefined;
  try {
    const text = UTF8.decode(Buffer.from(encoded, 'base64'));
    const colon = text.indexOf(':');
    if (colon < 0) return undefined;
    return { clientId: decoded(text.slice(0, colon)), secret: decoded(text.slice(colon + 1)) };
  } catch {
    return undefined;
  }
}
