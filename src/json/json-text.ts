import { endOfString } from './json-bounds.js';

/** JSON that is kept as text: digits, order of members and duplicate members are returned as they were sent. */
export class RawJson {
  /**
   * @param text compact JSON
   * @param value the value of `text` as `JSON.parse` reads it: numbers may have lost digits
   */
  constructor(
    readonly text: string,
    readonly value: unknown,
  ) {}

  /** Returns `value` as compact JSON; for a {@link RawJson}, its own text. */
  static write(value: unknown): string {
    return value instanceof RawJson ? value.text : JSON.stringify(value);
  }

  /** Returns the value for `JSON.stringify`, which cannot insert text. */
  toJSON(): unknown {
    return this.value;
  }
}

/**
 * Returns the top-level members of a JSON object, with their values as text without whitespace between tokens.
 *
 * @param json valid JSON, an object at top level
 * @param wanted names of the members to return. Default all
 * @returns the values by name, in order of first appearance; of duplicate members the last value, as with `JSON.parse`
 */
export function memberTexts(json: string, wanted?: ReadonlySet<string>): Map<string, string> {
  const members = new Map<string, string>();
  let at = json.indexOf('"');
  while (at >= 0) {
    const behindName = endOfString(json, at);
    const name = stringIn(json, at, behindName);
    const value = json.indexOf(':', behindName) + 1;
    const behindValue = endOfValue(json, value);
    if (!wanted || wanted.has(name)) members.set(name, compact(json.slice(value, behindValue)));
    at = json.indexOf('"', behindValue);
  }
  return members;
}

/** Returns the value of the string between two indexes. */
function stringIn(json: string, start: number, end: number): string {
  const text = json.slice(start + 1, end - 1);
  return text.includes('\\') ? (JSON.parse(json.slice(start, end)) as string) : text;
}

/**
 * Returns the entries of a JSON array, as text without whitespace between tokens.
 *
 * @param json valid JSON, an array at top level
 */
export function entryTexts(json: string): string[] {
  const entries: string[] = [];
  let at = json.indexOf('[') + 1;
  while (at < json.length) {
    const behind = endOfValue(json, at);
    const entry = compact(json.slice(at, behind));
    if (entry !== '') entries.push(entry);
    at = json[behind] === ',' ? behind + 1 : json.length;
  }
  return entries;
}

/** Returns the index after the value that begins at `start`: that of the comma, brace or bracket that ends it. */
function endOfValue(json: string, start: number): number {
  let depth = 0;
  let at = start;
  for (; at < json.length; at += 1) {
    const char = json[at];
    if (char === '"') at = endOfString(json, at) - 1;
    else if (char === '{' || char === '[') depth += 1;
    else if (depth === 0 && (char === ',' || char === '}' || char === ']')) break;
    else if (char === '}' || char === ']') depth -= 1;
  }
  return at;
}

function compact(json: string): string {
  return /\s/.test(json) ? (json.match(/"[^"\\]*(?:\\.[^"\\]*)*"|[^\s"]+/g) ?? []).join('') : json;
}

/** Returns the JSON object with these members, whose values are JSON text. */
export function objectText(members: Iterable<readonly [name: string, text: string]>): string {
  return `{${Array.from(members, ([name, text]) => `${JSON.stringify(name)}:${text}`).join(',')}}`;
}

/** Parses a JSON text; returns `undefined` if it is not JSON. */
export function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
