import { isLosslessNumber } from 'lossless-json';
import { createPatch } from 'rfc6902';
import { parseLossless, writeLossless, type Json } from './lossless-json.js';

type Diff = NonNullable<Parameters<typeof createPatch>[2]>;

/** Most pairs of entries that are compared to find out which entries of an array changed. */
const MAX_PAIRS = 2500;

/**
 * The JSON Patch (RFC 6902) that makes one JSON document of another, as JSON text. Every digit of a number counts.
 *
 * @param before valid JSON
 * @param after valid JSON
 */
export function patchBetween(before: string, after: string): string {
  return writeLossless(createPatch(parseLossless(before), parseLossless(after), replacingWhole));
}

/**
 * Decides on the values that the library would take apart at length: numbers that are objects here, and arrays of which it would
 * compare each entry with each other one, entries within entries included. They are replaced as a whole.
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
