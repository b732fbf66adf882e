import { compareNumber, isLosslessNumber, parse, stringify } from 'lossless-json';

/** A JSON value whose numbers are objects that hold their text, so that no digit is lost. */
export type Json = unknown;
/** One with members. */
export type JsonObject = Record<string, Json>;

/** Reads valid JSON; of doubled members the later counts. */
export function parseLossless(text: string): Json {
  return parse(text, undefined, { onDuplicateKey: ({ newValue }) => newValue });
}

/** `value` as compact JSON. */
export function writeLossless(value: Json): string {
  return stringify(value) ?? 'null';
}

/** Is it an object, and no array, number or null? */
export function isJsonObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

/** Sets a member as what it is, a member: plain assignment to `__proto__` would change the prototype. */
export function setMember(object: JsonObject, name: string, value: Json): void {
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
}

/** RFC 6902 §4.6: numbers by their value, objects whatever the order of their members. */
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

/** A value of its own; numbers never change, so they are shared. */
export function cloneJson(value: Json): Json {
  if (Array.isArray(value)) return value.map(cloneJson);
  if (!isJsonObject(value)) return value;
  const clone: JsonObject = {};
  for (const [name, member] of Object.entries(value)) setMember(clone, name, cloneJson(member));
  return clone;
}

/** Characters that a value takes as JSON, and containers within containers (0 for what is no container). */
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
