import type { Fault } from '../oauth-error/oauth-error.js';

/** Most levels of objects and arrays that may be nested in a body. */
export const MAX_DEPTH = 500;
/** Most values in a body: objects, arrays and what they contain; names of members do not count. */
export const MAX_VALUES = 50_000;

export const TOO_DEEP: Fault = { pointer: '', detail: `The body is nested deeper than ${MAX_DEPTH} levels.` };
export const TOO_MANY: Fault = { pointer: '', detail: `The body must not have more than ${MAX_VALUES} values.` };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const SPACE = 0x20;
/** Bit by which `{` and `[`, `}` and `]` differ. */
const CURLY = 0x20;
const OPENING = 0x5b;
const CLOSING = 0x5d;

/**
 * Finds whether a JSON text has too many values or levels, before anything is made of it: one pass that allocates nothing. Of a
 * text that is not JSON it may find either, or nothing.
 *
 * @returns the fault; `undefined` if nothing is wrong
 */
export function boundsFault(text: string): Fault | undefined {
  let depth = 0;
  let values = 1;
  let isFirst = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= SPACE) continue;
    const isClosing = (code & ~CURLY) === CLOSING;
    // The first value of a container has no comma before it.
    if (code === COMMA || (isFirst && !isClosing)) values += 1;
    if (values > MAX_VALUES) return TOO_MANY;
    isFirst = (code & ~CURLY) === OPENING;
    if (isFirst) depth += 1;
    else if (isClosing) depth -= 1;
    else if (code === QUOTE) at = endOfString(text, at) - 1;
    if (depth > MAX_DEPTH) return TOO_DEEP;
  }
  return undefined;
}

/**
 * The index after the string that begins at `start`; the length of the text when the string has no end.
 */
export function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let backslash = end - 1;
    while (backslash > start && json.charCodeAt(backslash) === BACKSLASH) backslash -= 1;
    if ((end - backslash) % 2 === 1) return end + 1;
  }
  return json.length;
}
