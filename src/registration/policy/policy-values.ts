import { nearestName } from '../../oauth-error/nearest-name.js';

/** Notes what is wrong at a place of the policies, such as `default.allow.scope[1]`: the end of a sentence that begins with the place. */
export type Note = (place: string, text: string) => void;

/** A place without what leads to it stands for the whole. */
export function within(place: string, name: string): string {
  return place === '' ? name : `${place}.${name}`;
}

/** An object; `undefined` when it is none, which is noted. */
export function objectAt(value: unknown, place: string, note: Note): Record<string, unknown> | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  note(place, 'must be an object');
  return undefined;
}

/** A list of texts; empty when it is none, which is noted. */
export function textsAt(value: unknown, place: string, note: Note): string[] {
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string' && entry !== ''))
    return value as string[];
  note(place, 'must be a list of texts');
  return [];
}

/** Notes each name that is not among those known, with the one that was probably meant. */
export function noteUnknown(names: readonly string[], known: readonly string[], place: string, note: Note): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    note(within(place, name), nearest === undefined ? 'is unknown: leave it out' : `is unknown: use ${nearest}`);
  }
}
