import { excerpt, type Fault } from '../oauth-error/oauth-error.js';
import { pointerText } from './json-pointer.js';

/** Containers within containers that a body may have. */
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

/** Can this text be stored everywhere and sent as UTF-8? */
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/**
 * Finds what no database and no strict reader takes: nesting beyond 500, NUL characters, lone surrogates, in values and
 * in names of members. Walks without recursion, since depth is what it guards against.
 *
 * @returns the place as a JSON Pointer, and what is wrong there; `undefined` when nothing is
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
  const pointer = excerpt(pointerText(pathTo(place)).replaceAll('\0', '\uFFFD'), 255);
  return { pointer, detail: `${pointer.slice(1)} must not contain NUL characters or lone surrogates.` };
}

/**
 * As {@link jsonFault}, for what parsing does not show: of doubled members it keeps the later one only, while the text that
 * is kept holds both.
 *
 * @param json valid JSON
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
