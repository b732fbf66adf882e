import { isLosslessNumber } from 'lossless-json';
import { createPatch } from 'rfc6902';
import { parseLossless, writeLossless, type Json } from './lossless-json.js';

type Diff = NonNullable<Parameters<typeof createPatch>[2]>;

/** Most pairs of entries that are compared to find which entries of an array changed. */
const MAX_PAIRS = 2500;

/**
 * Returns the JSON Patch (RFC 6902) that turns one JSON document into another, as JSON text. Every digit of a number counts.
 *
 * @param before valid JSON
 * @param after valid JSON
 */
export function patchBetween(before: string, after: string): string {
  return writeLossless(createPatch(parseLossless(before), parseLossless(after), replacingWhole));
}

/**
 * Replaces some values as a whole: numbers, which are objects here that the library would compare member by member, and arrays
 * in which it would compare every entry with every other one, including nested entries.
 */
const replacingWhole: Diff = (before: Json, after: Json, pointer) => {
  const isArray = Array.isArray(before) && Array.isArray(after);
  const isWhole = isArray ? isLarge(before, after) : isLosslessNumber(before) || isLosslessNumber(after);
  if (!isWhole) return undefined;
  const isSame = writeLossless(before) === writeLossless(after);
  return isSame ? [] : [{ op: 'replace', path: pointer.toString(), value: after }];
};

function isLarge(before: readonly Json[], after: readonly Json[]): boolean {
  const isNested = (entry: Json): boolean => typeof entry === 'object' && entry !== null && !isLosslessNumber(entry);
  return before.length * after.length > MAX_PAIRS || before.some(isNested) || after.some(isNested);
}
