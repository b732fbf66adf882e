import { OAuthError, type Fault } from '../oauth-error/oauth-error.js';
import { boundsFault } from './json-bounds.js';
import { jsonFault, jsonTextFault } from './json-fault.js';
import { parseLossless, placeOfFault } from './lossless-json.js';
import { memberTexts, RawJson } from './json-text.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** JSON as text, or as bytes in UTF-8. */
export type JsonSource = string | Uint8Array;

/** Whether the body is missing or empty. */
export function isEmptyBody(body: unknown): boolean {
  return body === undefined || body === '' || (body instanceof Uint8Array && body.length === 0);
}

/** Returns the body; an empty JSON object when the request has no body. */
export function bodyOrNone<T extends object>(body: T | JsonSource | undefined): T | JsonSource {
  return body === undefined || isEmptyBody(body) ? '{}' : body;
}

/**
 * Parses and checks a request body.
 *
 * @param body bytes or text, which are parsed whatever their Content-Type is, or a value that is already parsed
 * @param kept names of top-level members whose values are kept as text. Default none
 * @returns the value; in an object, the members that are kept as text are {@link RawJson}
 * @throws OAuthError 400 when the body is empty, not UTF-8, not JSON, has too many values or levels, or contains NUL characters or
 * lone surrogates. The message never repeats the body, which may contain a secret.
 */
export function jsonBody(body: unknown, kept: readonly string[] = []): unknown {
  const text = textOf(body);
  const value = text === undefined ? checked(body) : parse(text);
  if (text === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const members = value as Record<string, unknown>;
  const present = kept.filter((name) => Object.hasOwn(members, name));
  const texts = present.length > 0 ? memberTexts(text, new Set(present)) : new Map<string, string>();
  for (const [name, source] of texts) members[name] = new RawJson(source, members[name]);
  return members;
}

/**
 * As {@link jsonBody}, but keeps every number as it was written, see {@link parseLossless}.
 *
 * @throws OAuthError 400 as for {@link jsonBody}
 */
export function losslessBody(body: unknown): unknown {
  const text = textOf(body);
  return text === undefined ? parseLossless(JSON.stringify(checked(body))) : parseLossless(text, parse(text));
}

function textOf(body: unknown): string | undefined {
  if (isEmptyBody(body)) throw OAuthError.invalidRequest('The body is empty: send JSON.');
  if (!(body instanceof Uint8Array)) return typeof body === 'string' ? body : undefined;
  try {
    return utf8.decode(body);
  } catch {
    throw OAuthError.invalidRequest('The body is not valid UTF-8.');
  }
}

function parse(text: string): unknown {
  if (text.startsWith('\uFEFF'))
    throw OAuthError.invalidRequest('The body begins with a byte order mark: leave it out.');
  refuse(boundsFault(text));
  const value = parsed(text);
  refuse(jsonTextFault(text, value));
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const place = placeOfFault(text);
    throw OAuthError.invalidRequest(`The body is not valid JSON${place ? `: see ${place}` : ''}.`);
  }
}

function checked(value: unknown): unknown {
  refuse(jsonFault(value));
  return value;
}

/** @throws OAuthError 400 if there is a fault */
function refuse(fault: Fault | undefined): void {
  if (fault) throw OAuthError.invalidRequest(fault.detail, [fault]);
}
