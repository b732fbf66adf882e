import type { Fault } from '../oauth-error/oauth-error.js';

/** JSON that is kept as text, so that its digits, its order of members and their doubles come back as they were sent. */
export class RawJson {
  /** @param value what `text` stands for, as `JSON.parse` reads it: numbers may have lost digits */
  constructor(
    readonly text: string,
    readonly value: unknown,
  ) {}

  /** `value` as compact JSON; raw JSON goes out as it came in. */
  static write(value: unknown): string {
    return value instanceof RawJson ? value.text : JSON.stringify(value);
  }

  toJSON(): unknown {
    return this.value;
  }
}

/**
 * The value of top-level member `name` of a JSON object, without blanks between its tokens.
 *
 * @param json valid JSON, an object at top level
 * @returns the last one where the member is doubled, as `JSON.parse` takes it; `undefined` when there is none
 */
export function memberText(json: string, name: string): string | undefined {
  const tokens = json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s{}[\],:"]+/g);
  let found: string | undefined;
  let depth = 0;
  let key: string | undefined;
  let value: string[] | undefined;
  for (const [token] of tokens) {
    const closes = token === '}' || token === ']';
    if (closes) depth -= 1;
    if (depth === 0 || (depth === 1 && token === ',')) {
      if (value && key === name) found = value.join('');
      value = key = undefined;
    } else if (value) value.push(token);
    else if (token === ':') value = [];
    else key = JSON.parse(token) as string;
    if (token === '{' || token === '[') depth += 1;
  }
  return found;
}

/** Containers within containers that a body may have. */
const MAX_DEPTH = 500;

interface Place {
  value: unknown;
  depth: number;
  name?: string;
  parent?: Place;
}

function pointerTo({ name, parent }: Place): string {
  return parent ? `${pointerTo(parent)}/${(name ?? '').replaceAll('~', '~0').replaceAll('/', '~1')}` : '';
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
    const { depth } = place;
    const value = place.value instanceof RawJson ? place.value.value : place.value;
    if (typeof value === 'string' && !isStorable(value)) return textFault(place);
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= MAX_DEPTH) return { pointer: '', detail: `The body is nested deeper than ${MAX_DEPTH} levels.` };
    for (const [name, member] of Object.entries(value)) {
      const child: Place = { value: member, depth: depth + 1, name, parent: place };
      if (!isStorable(name)) return textFault(child);
      open.push(child);
    }
  }
  return undefined;
}

function textFault(place: Place): Fault {
  const pointer = pointerTo(place).toWellFormed().replaceAll('\0', '\uFFFD');
  return { pointer, detail: `${pointer.slice(1)} must not contain NUL characters or lone surrogates.` };
}
