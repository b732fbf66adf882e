import { compareNumber, isLosslessNumber, parse, stringify } from 'lossless-json';
import { endOfString } from './json-bounds.js';

/** A JSON value. Numbers that would lose digits are objects (`LosslessNumber`) that hold their text. */
export type Json = unknown;
/** A JSON object, with such values. */
export type JsonObject = Record<string, Json>;

/** Longest number that JavaScript writes, in characters, such as `-1.2345678901234567e-308`. */
const LONGEST_NUMBER = 24;

/** Parses valid JSON; of duplicate members the last counts. Numbers that `JSON.parse` keeps as they are written are numbers. */
export function parseLossless(text: string): Json {
  return keepsNumbers(text) ? JSON.parse(text) : parseExactly(text);
}

/** Does `JSON.parse` keep every number of a JSON text, so that it is written again as it was? */
function keepsNumbers(text: string): boolean {
  const tokens = /"|-?\d[\d.eE+-]*/g;
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    const [number] = token;
    if (number === '"') tokens.lastIndex = endOfString(text, token.index);
    else if (number.length > LONGEST_NUMBER || String(Number(number)) !== number) return false;
  }
  return true;
}

function parseExactly(text: string): Json {
  return parse(text, undefined, { onDuplicateKey: ({ newValue }) => newValue });
}

/**
 * Where a text stops being JSON.
 *
 * @returns such as `line 2, column 7`, both from 1, columns in UTF-16 code units; `undefined` when the place is not known
 */
export function placeOfFault(text: string): string | undefined {
  try {
    parseExactly(text);
    return undefined;
  } catch (error) {
    // `JSON.parse` gives the position in some of its messages only, this library in all of its own.
    const [, position] = /at position (\d+)$/.exec((error as Error).message) ?? [];
    if (position === undefined) return undefined;
    const lines = text.slice(0, Number(position)).split('\n');
    return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
  }
}

/** `value` as compact JSON. */
export function writeLossless(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  return stringify(value) ?? 'null';
}

/** Is it an object, not an array, a number or null? */
export function isJsonObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

/** Sets a member by definition: assigning a member named `__proto__` would change the prototype. */
export function setMember(object: JsonObject, name: string, value: Json): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

/** A number as it is written; `undefined` for every other value. */
function digitsOf(value: Json): string | undefined {
  if (typeof value === 'number') return String(value);
  return isLosslessNumber(value) ? value.value : undefined;
}

/** Are two values equal (RFC 6902 §4.6)? Numbers compare by value; the order of members does not matter. */
export function equalJson(one: Json, other: Json): boolean {
  const [number, another] = [digitsOf(one), digitsOf(other)];
  if (number !== undefined && another !== undefined) return compareNumber(number, another) === 0;
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((entry, at) => equalJson(entry, other[at]));
  if (!isJsonObject(one) || !isJsonObject(other)) return one === other;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && equalJson(one[name], other[name]))
  );
}

/** A deep copy; numbers are immutable, so they are shared. */
export function cloneJson(value: Json): Json {
  if (Array.isArray(value)) return value.map(cloneJson);
  if (!isJsonObject(value)) return value;
  const clone: JsonObject = {};
  for (const [name, member] of Object.entries(value)) setMember(clone, name, cloneJson(member));
  return clone;
}

/** How many characters a value takes as JSON, and how many levels of objects and arrays it nests (0 for a scalar). */
export function measureJson(value: Json): { size: number; depth: number } {
  const entries = Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : undefined;
  if (!entries) return { size: writeLossless(value).length, depth: 0 };
  const names = Array.isArray(value) ? [] : Object.keys(value as JsonObject);
  let size = names.reduce((sum, name) => sum + name.length + 3, 2);
  let deepest = 0;
  for (const entry of entries) {
    const inner = measureJson(entry);
    size += inner.size + 1;
    deepest = Math.max(deepest, inner.depth);
  }
  return { size, depth: deepest + 1 };
}
