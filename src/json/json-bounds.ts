import type { Fault } from '../oauth-error/oauth-error.js';

/** Most levels of objects and arrays that may be nested in a body. */
export const MAX_DEPTH = 500;
/** Most values in a body: objects, arrays, everything that they contain, and the names of members, which cost as much. */
export const MAX_VALUES = 50_000;

/** Most members of a body that is an object: many more than a client has. */
export const MAX_MEMBERS = 1000;

export const TOO_DEEP: Fault = { pointer: '', detail: `The body is nested deeper than ${MAX_DEPTH} levels.` };
export const TOO_MANY: Fault = { pointer: '', detail: `The body must not have more than ${MAX_VALUES} values.` };
export const TOO_WIDE: Fault = { pointer: '', detail: `The body must not have more than ${MAX_MEMBERS} members.` };

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const SPACE = 0x20;
/** The bit that distinguishes `{` from `[`, and `}` from `]`. */
const CURLY = 0x20;
const OPENING = 0x5b;
const CLOSING = 0x5d;

/**
 * Checks whether a JSON text has too many values, members or levels before it is parsed, in one pass that allocates nothing. For a text
 * that is not JSON, it may return any of these faults or none.
 *
 * @returns the fault; `undefined` if there is none
 */
export function boundsFault(text: string): Fault | undefined {
  let depth = 0;
  let values = 1;
  let members = text.trimStart().startsWith('{') ? 1 : -Infinity;
  let isFirst = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= SPACE) continue;
    const isClosing = (code & ~CURLY) === CLOSING;
    // The first value of a container has no comma before it.
    if (code === COMMA || code === COLON || (isFirst && !isClosing)) values += 1;
    if (code === COMMA && depth === 1) members += 1;
    if (values > MAX_VALUES) return TOO_MANY;
    if (members > MAX_MEMBERS) return TOO_WIDE;
    isFirst = (code & ~CURLY) === OPENING;
    if (isFirst) depth += 1;
    else if (isClosing) depth -= 1;
    else if (code === QUOTE) at = endOfString(text, at) - 1;
    if (depth > MAX_DEPTH) return TOO_DEEP;
  }
  return undefined;
}

/**
 * Returns the index after the string that begins at `start`; the length of the text when the string has no end.
 */
export function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
    let backslash = end - 1;
    while (backslash > start && json.charCodeAt(backslash) === BACKSLASH) backslash -= 1;
    if ((end - backslash) % 2 === 1) return end + 1;
  }
  return json.length;
}
