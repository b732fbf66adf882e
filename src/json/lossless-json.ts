import { compareNumber, isLosslessNumber, LosslessNumber, parse, stringify } from 'lossless-json';
import { endOfString } from './json-bounds.js';

/** A JSON value. Numbers that would lose digits are objects (`LosslessNumber`) that hold their text. */
export type Json = unknown;
/** A JSON object with such values. */
export type JsonObject = Record<string, Json>;

/** Longest number that JavaScript writes, in characters, such as `-1.2345678901234567e-308`. */
const LONGEST_NUMBER = 24;

/**
 * Parses valid JSON; of duplicate members the last counts. A number becomes a JavaScript number if that is written the same way.
 *
 * @param parsed the result of `JSON.parse` for the text, if known
 */
export function parseLossless(text: string, parsed?: Json): Json {
  return keepsNumbers(text) ? (parsed ?? JSON.parse(text)) : parseExactly(text);
}

/** Whether `JSON.parse` keeps every number of a JSON text, so that it is written again as it was. */
function keepsNumbers(text: string): boolean {
  const tokens = /"|-?\d[\d.eE+-]*/g;
  for (let token = tokens.exec(text); token; token = tokens.exec(text)) {
    const [number] = token;
    if (number === '"') tokens.lastIndex = endOfString(text, token.index);
    else if (number.length > LONGEST_NUMBER || typeof exactNumber(number) !== 'number') return false;
  }
  return true;
}

function parseExactly(text: string): Json {
  return parse(text, undefined, { parseNumber: exactNumber, onDuplicateKey: ({ newValue }) => newValue });
}

/** Returns a number if JavaScript writes it exactly like `text`; otherwise an object that holds the text. */
function exactNumber(text: string): Json {
  const number = Number(text);
  return String(number) === text ? number : new LosslessNumber(text);
}

/**
 * Finds where a text stops being JSON.
 *
 * @returns the place, such as `line 2, column 7`, both from 1, columns in UTF-16 code units; `undefined` when it is not known
 */
export function placeOfFault(text: string): string | undefined {
  // `JSON.parse` reports the position of every fault within a string, but of few others; the library reports all of the others.
  const position = positionIn(() => JSON.parse(text)) ?? positionIn(() => parseExactly(withoutStrings(text)));
  if (position === undefined) return undefined;
  const lines = text.slice(0, position).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

/** Returns the position at the end of a parser's error message; `undefined` if there is none. */
function positionIn(parsing: () => unknown): number | undefined {
  try {
    parsing();
    return undefined;
  } catch (error) {
    const [, position] = /at position (\d+)(?: \(line \d+ column \d+\))?$/.exec((error as Error).message) ?? [];
    return position === undefined ? undefined : Number(position);
  }
}

/** Returns a text of the same length in which every string is empty: the library reads long strings character by character. */
function withoutStrings(text: string): string {
  const parts: string[] = [];
  let behind = 0;
  for (let start = text.indexOf('"'); start >= 0; start = text.indexOf('"', behind)) {
    const end = endOfString(text, start);
    parts.push(text.slice(behind, start), '""'.padEnd(end - start));
    behind = end;
  }
  return parts.join('') + text.slice(behind);
}

/** Returns `value` as compact JSON. */
export function writeLossless(value: Json): string {
  return (hasLosslessNumber(value) ? stringify(value) : JSON.stringify(value)) ?? 'null';
}

/** Returns `json` with one member or entry per line, indented by two blanks; every number as it is written. */
export function indentJson(json: string): string {
  return stringify(parseLossless(json), undefined, 2) ?? 'null';
}

function hasLosslessNumber(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return isLosslessNumber(value) || Object.values(value).some(hasLosslessNumber);
}

/** Whether a value is an object, not an array, a number or null. */
export function isJsonObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

/** Sets a member. Defines one that is named `__proto__`, because assigning it would change the prototype. */
export function setMember(object: JsonObject, name: string, value: Json): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

/** Returns a number as it is written; `undefined` for every other value. */
function digitsOf(value: Json): string | undefined {
  if (typeof value === 'number') return String(value);
  return isLosslessNumber(value) ? value.value : undefined;
}

/** Whether two values are equal (RFC 6902 §4.6). Numbers compare by value; the order of members does not matter. */
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

/** Returns a deep copy; numbers are immutable, so they are shared. */
export function cloneJson(value: Json): Json {
  if (Array.isArray(value)) return value.map(cloneJson);
  if (!isJsonObject(value)) return value;
  const clone: JsonObject = {};
  for (const [name, member] of Object.entries(value)) setMember(clone, name, cloneJson(member));
  return clone;
}

/** Result of {@link measureJson}. */
export interface JsonMeasures {
  /** Approximate number of characters as JSON. */
  size: number;
  /** Levels of objects and arrays; 0 for a scalar. */
  depth: number;
  /** Number of values: itself, all values that it contains, and the names of members. */
  values: number;
}

/** Measures a value. */
export function measureJson(value: Json): JsonMeasures {
  const entries = Array.isArray(value) ? value : isJsonObject(value) ? Object.values(value) : undefined;
  if (!entries) return { size: digitsOf(value)?.length ?? JSON.stringify(value).length, depth: 0, values: 1 };
  const names = Array.isArray(value) ? [] : Object.keys(value as JsonObject);
  const measures = { size: names.reduce((sum, name) => sum + name.length + 3, 2), depth: 0, values: 1 + names.length };
  for (const entry of entries) {
    const inner = measureJson(entry);
    measures.size += inner.size + 1;
    measures.depth = Math.max(measures.depth, inner.depth);
    measures.values += inner.values;
  }
  measures.depth += 1;
  return measures;
}
