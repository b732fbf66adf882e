import { compareNumber, isLosslessNumber, LosslessNumber, parse, stringify } from 'lossless-json';
import { endOfString } from './json-bounds.js';

/** A JSON value. Numbers that would lose digits are objects (`LosslessNumber`) that hold their text. */
export type Json = unknown;
/** A JSON object, with such values. */
export type JsonObject = Record<string, Json>;

/** Longest number that JavaScript writes, in characters, such as `-1.2345678901234567e-308`. */
const LONGEST_NUMBER = 24;

/**
 * Parses valid JSON; of duplicate members the last counts. Numbers that `JSON.parse` keeps as they are written are numbers.
 *
 * @param parsed what `JSON.parse` makes of the text, if it is known
 */
export function parseLossless(text: string, parsed?: Json): Json {
  return keepsNumbers(text) ? (parsed ?? JSON.parse(text)) : parseExactly(text);
}

/** Does `JSON.parse` keep every number of a JSON text, so that it is written again as it was? */
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

/** A number that JavaScript writes as it is written here; otherwise an object that holds its text. */
function exactNumber(text: string): Json {
  const number = Number(text);
  return String(number) === text ? number : new LosslessNumber(text);
}

/**
 * Where a text stops being JSON.
 *
 * @returns such as `line 2, column 7`, both from 1, columns in UTF-16 code units; `undefined` when the place is not known
 */
export function placeOfFault(text: string): string | undefined {
  // `JSON.parse` tells the position of every fault within a string, but of few others: the library tells all of them.
  const position = positionIn(() => JSON.parse(text)) ?? positionIn(() => parseExactly(withoutStrings(text)));
  if (position === undefined) return undefined;
  const lines = text.slice(0, position).split('\n');
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}

/** The position that the message of a parser's error ends with; `undefined` if it has none. */
function positionIn(parsing: () => unknown): number | undefined {
  try {
    parsing();
    return undefined;
  } catch (error) {
    const [, position] = /at position (\d+)(?: \(line \d+ column \d+\))?$/.exec((error as Error).message) ?? [];
    return position === undefined ? undefined : Number(position);
  }
}

/** A text of the same length with every string empty: the library reads a long one character by character. */
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

/** `value` as compact JSON. */
export function writeLossless(value: Json): string {
  return (hasLosslessNumber(value) ? stringify(value) : JSON.stringify(value)) ?? 'null';
}

/** `json` with one member or entry a line, indented by two blanks; every number as it is written. */
export function indentJson(json: string): string {
  return stringify(parseLossless(json), undefined, 2) ?? 'null';
}

function hasLosslessNumber(value: Json): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return isLosslessNumber(value) || Object.values(value).some(hasLosslessNumber);
}

/** Is it an object, not an array, a number or null? */
export function isJsonObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

/** Sets a member. One that is named `__proto__` is set by definition: assigning it would change the prototype. */
export function setMember(object: JsonObject, name: string, value: Json): void {
  if (name !== '__proto__') object[name] = value;
  else Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
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

/** What {@link measureJson} finds. */
export interface JsonMeasures {
  /** Number of characters as JSON. */
  size: number;
  /** Levels of objects and arrays; 0 for a scalar. */
  depth: number;
  /** Number of values: itself, everything that it contains, and the names of members. */
  values: number;
}

/** How large a value is. */
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
