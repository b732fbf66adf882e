import { lifespanFault, parseLifespan } from '../../fields/lifespan.js';
import { LIFESPANS } from './policy-members.js';
import { objectAt, within, type Note } from './policy-values.js';

/**
 * Reads the longest lifespans that a client may choose, by member: one text for all that are open, or one for each of some.
 *
 * @param closed the members that no client sets
 */
export function readCeilings(
  given: unknown,
  closed: ReadonlySet<string>,
  place: string,
  note: Note,
): Map<string, string> {
  const open = LIFESPANS.filter((name) => !closed.has(name));
  const isForAll = typeof given === 'string';
  const ceilings = isForAll
    ? open.map((name): [string, unknown] => [name, given])
    : Object.entries(objectAt(given, place, note) ?? {});
  if (isForAll && open.length === 0) note(place, 'must be left out while no lifespan is open');
  const read = new Map<string, string>();
  for (const [name, text] of ceilings) {
    const here = isForAll ? place : within(place, name);
    const fault = typeof text === 'string' ? lifespanFault(text) : 'must be a lifespan such as 1h30m';
    if (!LIFESPANS.includes(name)) note(here, 'must be the name of a lifespan');
    else if (!open.includes(name)) note(here, 'must be left out: no client may set it');
    else if (fault !== undefined) note(here, fault);
    else read.set(name, String(text));
    if (isForAll && fault !== undefined) break;
  }
  return read;
}

/** Whether a lifespan is longer than another. */
export function isLonger(lifespan: string, other: string): boolean {
  return (parseLifespan(lifespan) ?? 0n) > (parseLifespan(other) ?? 0n);
}
