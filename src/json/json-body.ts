import { OAuthError } from '../oauth-error/oauth-error.js';
import { jsonFault, jsonTextFault } from './json-fault.js';
import { parseLossless } from './lossless-json.js';
import { memberTexts, RawJson } from './json-text.js';

/** Members whose values are kept as text, because they must be returned exactly as they were sent. */
const RAW_MEMBERS = ['metadata'];

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Is there no body, or an empty one? */
export function isEmptyBody(body: unknown): boolean {
  return body === undefined || body === '' || (Buffer.isBuffer(body) && body.length === 0);
}

/**
 * The JSON value of a request body.
 *
 * @param body bytes or text, which are parsed whatever their Content-Type is, or a value that is parsed already
 * @returns the value; in an object, the members that are kept as text are {@link RawJson}
 * @throws OAuthError 400 when the body is empty, not UTF-8, not JSON, nested too deeply, or contains NUL characters or lone
 * surrogates. The message never repeats the body, which may contain a secret.
 */
export function jsonBody(body: unknown): unknown {
  const text = textOf(body);
  const value = checked(text === undefined ? body : parse(text), text);
  if (text === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members = value as Record<string, unknown>;
  const texts = RAW_MEMBERS.some((name) => Object.hasOwn(members, name)) ? memberTexts(text) : undefined;
  for (const name of RAW_MEMBERS) {
    const kept = texts?.get(name);
    if (kept !== undefined) members[name] = new RawJson(kept, members[name]);
  }
  return members;
}

/**
 * As {@link jsonBody}, but with every number as it was written, see {@link parseLossless}.
 *
 * @throws OAuthError 400 as for {@link jsonBody}
 */
export function losslessBody(body: unknown): unknown {
  const text = textOf(body);
  checked(text === undefined ? body : parse(text), text);
  return parseLossless(text ?? JSON.stringify(body));
}

function textOf(body: unknown): string | undefined {
  if (isEmptyBody(body)) throw OAuthError.invalidRequest('The body is empty: send JSON.');
  if (!Buffer.isBuffer(body)) return typeof body === 'string' ? body : undefined;
  try {
    return utf8.decode(body);
  } catch {
    throw OAuthError.invalidRequest('The body is not valid UTF-8.');
  }
}

function parse(text: string): unknown {
  if (text.startsWith('\uFEFF'))
    throw OAuthError.invalidRequest('The body begins with a byte order mark: leave it out.');
  try {
    return JSON.parse(text);
  } catch {
    throw OAuthError.invalidRequest('The body is not valid JSON.');
  }
}

function checked(value: unknown, text = ''): unknown {
  const fault = jsonFault(value) ?? jsonTextFault(text);
  if (fault) throw OAuthError.invalidRequest(fault.detail, [fault]);
  return value;
}
