import { nearestName } from '../../oauth-error/nearest-name.js';

/** Notes what is wrong at a place of the policies, such as `default.allow.scope[1]`: the end of a sentence that begins with the place. */
export type Note = (place: string, text: string) => void;

/** Returns the place of a member within a place; `''` is the whole. */
export function within(place: string, name: string): string {
  return place === '' ? name : `${place}.${name}`;
}

/** Returns the value if it is an object; otherwise notes that it is not, and returns `undefined`. */
export function objectAt(value: unknown, place: string, note: Note): Record<string, unknown> | undefined {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  note(place, 'must be an object');
  return undefined;
}

/** Returns the value if it is a list of texts; otherwise notes that it is not, and returns an empty list. */
export function textsAt(value: unknown, place: string, note: Note): string[] {
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string' && entry !== ''))
    return value as string[];
  note(place, 'must be a list of texts');
  return [];
}

/** Notes each name that is not known, with the known one that was probably meant. */
export function noteUnknown(names: readonly string[], known: readonly string[], place: string, note: Note): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    const nearest = nearestName(name, known);
    note(within(place, name), nearest === undefined ? 'is unknown: leave it out' : `is unknown: use ${nearest}`);
  }
}
