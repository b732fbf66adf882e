import { excerpt, type Fault } from '../oauth-error/oauth-error.js';
import { endOfString, MAX_DEPTH, MAX_MEMBERS, MAX_VALUES, TOO_DEEP, TOO_MANY, TOO_WIDE } from './json-bounds.js';
import { POINTER_EXCERPT_LENGTH, pointerText } from './json-pointer.js';

const UNSTORABLE: Fault = { pointer: '', detail: 'The body must not contain NUL characters or lone surrogates.' };

interface Place {
  value: unknown;
  depth: number;
  name?: string;
  parent?: Place;
}

function pathTo({ name, parent }: Place): string[] {
  return parent ? [...pathTo(parent), name ?? ''] : [];
}

/** Whether every database can store a text, and UTF-8 can encode it. */
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/**
 * Finds content that databases or strict parsers do not accept: more than {@link MAX_VALUES} values, {@link MAX_MEMBERS} top-level members
 * or {@link MAX_DEPTH} levels, and NUL characters or lone surrogates in values or names of members. It does not recurse, because a deeply
 * nested value would overflow the stack.
 *
 * @param json a parsed JSON value
 * @returns the first fault found; `undefined` if there is none
 */
export function jsonFault(json: unknown): Fault | undefined {
  const open: Place[] = [{ value: json, depth: 0 }];
  let values = 1;
  for (let place = open.pop(); place; place = open.pop()) {
    const { depth, value } = place;
    if (typeof value === 'string' && !isStorable(value)) return textFault(place);
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= MAX_DEPTH) return TOO_DEEP;
    const members = Object.entries(value);
    values += members.length * (Array.isArray(value) ? 1 : 2);
    if (values > MAX_VALUES) return TOO_MANY;
    if (depth === 0 && !Array.isArray(value) && members.length > MAX_MEMBERS) return TOO_WIDE;
    for (const [name, member] of members) {
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
 * As {@link jsonFault}, for the value of a text whose bounds have been checked. It also checks values that parsing dropped: of
 * duplicate members, parsing keeps only the last, while the stored text contains them all.
 *
 * @param json valid JSON
 * @param value its value
 * @returns the first fault found, with its place if the value contains it; `undefined` if there is none
 */
export function jsonTextFault(json: string, value: unknown): Fault | undefined {
  // Only an escape, or a text that is itself not well-formed, can bring such a character into a string.
  if (!/\\u(?:0000|d[89a-f])/i.test(json) && json.isWellFormed()) return undefined;
  return jsonFault(value) ?? (json.isWellFormed() && hasStorableStrings(json) ? undefined : UNSTORABLE);
}

/** Whether every string of a JSON text can be stored. */
function hasStorableStrings(json: string): boolean {
  for (let start = json.indexOf('"'); start >= 0;) {
    const end = endOfString(json, start);
    const token = json.slice(start, end);
    if (token.includes('\\u') && !isStorable(JSON.parse(token) as string)) return false;
    start = json.indexOf('"', end);
  }
  return true;
}
