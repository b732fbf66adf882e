import { compareNumber, isLosslessNumber, parse, stringify } from 'lossless-json';

/** A JSON value whose numbers are objects (`LosslessNumber`) that hold their text, so that no digit is lost. */
export type Json = unknown;
/** A JSON object, with such values. */
export type JsonObject = Record<string, Json>;

/** Parses valid JSON; of duplicate members the last counts. */
export function parseLossless(text: string): Json {
  return parse(text, undefined, { onDuplicateKey: ({ newValue }) => newValue });
}

/**
 * Where a text stops being JSON.
 *
 * @returns such as `line 2, column 7`, both from 1, columns in UTF-16 code units; `undefined` when the place is not known
 */
export function placeOfFault(text: string): string | undefined {
  try {
    parseLossless(text);
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

/** Are two values equal (RFC 6902 §4.6)? Numbers compare by value; the order of members does not matter. */
export function equalJson(one: Json, other: Json): boolean {
  if (isLosslessNumber(one) && isLosslessNumber(other)) return compareNumber(one.value, other.value) === 0;
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
