import { isDeepStrictEqual } from 'node:util';
import { KNOWN_GRANTS } from '../../clients/metadata/standard/grants-and-responses.js';
import type { Field } from '../../fields/field.js';
import { LIFESPANS, memberField, notAMember } from './policy-members.js';
import { objectAt, within, type Note } from './policy-values.js';
import { redirectPattern } from './redirect-pattern.js';

/** Most values that an error names. */
const NAMED_MAX = 20;

/** The values that a policy allows a member to have. */
export class AllowedValues {
  /**
   * @param values as the policy has them
   * @param patterns predicates on a value: it is allowed when one of them returns true
   */
  constructor(
    readonly values: readonly unknown[],
    private readonly patterns: readonly ((value: unknown) => boolean)[],
  ) {}

  /** Whether one value is allowed: an entry of a list, a word of `scope`, or the value of any other member. */
  permits(value: unknown): boolean {
    return this.patterns.some((fits) => fits(value));
  }

  /** The values for an error message. */
  get text(): string {
    const named = this.values.slice(0, NAMED_MAX).map(textOf).join(', ');
    return this.values.length > NAMED_MAX ? `${named} …` : named;
  }
}

/** Returns a value as an error message names it. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** Returns the parts of a member's value that are judged one by one: the words of `scope`, the entries of a list, otherwise the value. */
export function partsOf(member: string, value: unknown): readonly unknown[] {
  if (value === undefined || value === '') return [];
  if (member === 'scope' && typeof value === 'string') return value.split(/\s+/).filter(Boolean);
  return Array.isArray(value) ? (value as unknown[]) : [value];
}

/** Reads the values that a policy allows, by member; notes what is wrong with them. */
export function readAllowed(given: unknown, place: string, note: Note): Map<string, AllowedValues> {
  const allowed = new Map<string, AllowedValues>();
  for (const [name, values] of Object.entries(objectAt(given, place, note) ?? {})) {
    const here = within(place, name);
    const field = memberField(name);
    if (!field) note(here, notAMember(name));
    else if (LIFESPANS.includes(name)) note(here, 'must be left out: maxLifespans is for lifespans');
    else if (isObject(field)) note(here, 'must be left out: its values cannot be listed');
    else if (!Array.isArray(values) || values.length === 0) note(here, 'must be a list of values');
    else
      allowed.set(
        name,
        new AllowedValues(
          values,
          values.flatMap((value, at) => readValue(field, value, `${here}[${at}]`, note)),
        ),
      );
  }
  return allowed;
}

/** Whether the value of a field is an object or any JSON. */
function isObject({ schema: { type } }: Field): boolean {
  return typeof type === 'function' && type !== String && type !== Boolean;
}

/** Reads one allowed value into the predicate that matches it; notes what is wrong with it. */
function readValue(field: Field, value: unknown, place: string, note: Note): ((value: unknown) => boolean)[] {
  if (field.name === 'redirect_uris') return readRedirect(value, place, note);
  if (typeof value === 'string' && value.endsWith('*')) {
    const beginning = value.slice(0, -1);
    return [(given) => typeof given === 'string' && given.startsWith(beginning)];
  }
  const isList = field.schema.type === 'array';
  const [fault] = value === '' ? [{ detail: 'must not be empty' }] : field.check(isList ? [value] : value);
  if (fault) note(place, fault.detail);
  else if (field.name === 'grant_types' && !KNOWN_GRANTS.includes(String(value)))
    note(place, `must be one of ${KNOWN_GRANTS.join(', ')}`);
  else if (field.name === 'scope' && /\s/.test(String(value))) note(place, 'must be one scope');
  return [(given) => isDeepStrictEqual(given, value)];
}

function readRedirect(value: unknown, place: string, note: Note): ((value: unknown) => boolean)[] {
  const fits = typeof value === 'string' ? redirectPattern(value) : undefined;
  if (fits) return [(uri) => fits(String(uri))];
  note(
    place,
    'must be a pattern such as https://app.example.com, https://*.example.com, http://localhost or com.example.app:',
  );
  return [];
}
