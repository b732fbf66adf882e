import { applyDecorators } from '@nestjs/common';
import { ValidateBy } from 'class-validator';
import { List } from './variables.js';

/** An origin as browsers write it (RFC 6454 §6.2), including that of an application outside the web, such as `app://localhost`. */
const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[^\s/?#@,*]+$/;

/** The text by which a list allows every origin. */
export const EVERY_ORIGIN = '*';

function isOrigin(text: unknown): boolean {
  if (typeof text !== 'string' || !ORIGIN.test(text)) return false;
  try {
    const { protocol, origin } = new URL(text);
    // No browser sends an origin with a default port, or with a capital letter in the host.
    return !/^https?:$/.test(protocol) || origin === text;
  } catch {
    return false;
  }
}

/** Reads a list of origins of web pages, or {@link EVERY_ORIGIN} alone. */
export function Origins(): PropertyDecorator {
  return applyDecorators(
    List(),
    ValidateBy({
      name: 'origins',
      validator: {
        validate: (list: unknown) =>
          Array.isArray(list) && (list.every(isOrigin) || (list.length === 1 && list[0] === EVERY_ORIGIN)),
        defaultMessage: () =>
          'must be origins such as https://app.example.com, in lower case, without a path or a default port, separated by commas; or * alone',
      },
    }),
  );
}
