import { Injectable, type PipeTransform } from '@nestjs/common';
import { OAuthError } from '../oauth-error/oauth-error.js';
import { memberText, RawJson } from './json-text.js';

/** Members whose values are kept as text. */
const RAW_MEMBERS = ['metadata'];

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A request body as a JSON value. Bytes and text are parsed whatever the Content-Type says; what the host application has
 * parsed already is taken as it is.
 *
 * @throws OAuthError 400 when the body is empty, not UTF-8 or not JSON. Its text is never repeated: it may hold a secret.
 */
@Injectable()
export class JsonBodyPipe implements PipeTransform<unknown, unknown> {
  transform(body: unknown): unknown {
    if (body === undefined) throw OAuthError.invalidRequest('The body is empty: send a JSON object.');
    if (!Buffer.isBuffer(body) && typeof body !== 'string') return body;
    const text = typeof body === 'string' ? body : decode(body);
    const value = parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const members = value as Record<string, unknown>;
    for (const name of RAW_MEMBERS) {
      const kept = memberText(text, name);
      if (kept !== undefined) members[name] = new RawJson(kept, members[name]);
    }
    return members;
  }
}

function decode(bytes: Buffer): string {
  if (bytes.length === 0) throw OAuthError.invalidRequest('The body is empty: send a JSON object.');
  try {
    return utf8.decode(bytes);
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
