import { excerpt, type Fault } from '../oauth-error/oauth-error.js';
import { POINTER_EXCERPT_LENGTH, pointerText } from './json-pointer.js';

/** Most levels of objects and arrays that may be nested in a body. */
export const MAX_DEPTH = 500;

const TOO_DEEP: Fault = { pointer: '', detail: `The body is nested deeper than ${MAX_DEPTH} levels.` };

interface Place {
  value: unknown;
  depth: number;
  name?: string;
  parent?: Place;
}

function pathTo({ name, parent }: Place): string[] {
  return parent ? [...pathTo(parent), name ?? ''] : [];
}

/** Can every database store this text, and can it be encoded as UTF-8? */
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/**
 * Finds what databases and strict parsers do not accept: more than {@link MAX_DEPTH} levels, and NUL characters or lone
 * surrogates in values or in names of members. It does not recurse, because a deep value would overflow the stack.
 *
 * @param json a parsed JSON value
 * @returns the first fault; `undefined` if nothing is wrong
 */
export function jsonFault(json: unknown): Fault | undefined {
  const open: Place[] = [{ value: json, depth: 0 }];
  for (let place = open.pop(); place; place = open.pop()) {
    const { depth, value } = place;
    if (typeof value === 'string' && !isStorable(value)) return textFault(place);
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= MAX_DEPTH) return TOO_DEEP;
    for (const [name, member] of Object.entries(value)) {
      const child: Place = { value: member, depth: depth + 1, name, parent: place };
      if (!isStorable(name)) return textFault(child);
      open.push(child);
    }
  }
  return undefined;
}

function textFault(place: Place): Fault {
  const pointer = excerpt(pointerText(pathTo(place)).replaceAll('\0', '\uFFFD'), POINTER_EXCERPT_LENGTH);
  return { pointer, detail: `${pointer.slice(1)} must not contain NUL characters or lone surrogates.` };
}

/**
 * As {@link jsonFault}, but on the text: parsing keeps only the last of duplicate members, while the text that is stored
 * contains them all.
 *
 * @param json valid JSON
 * @returns the first fault, without its place; `undefined` if nothing is wrong
 */
export function jsonTextFault(json: string): Fault | undefined {
  let depth = 0;
  for (const [token] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    else if (token.includes('\\u') && !isStorable(JSON.parse(token) as string))
      return { pointer: '', detail: 'The body must not contain NUL characters or lone surrogates.' };
    if (depth > MAX_DEPTH) return TOO_DEEP;
  }
  return undefined;
}
