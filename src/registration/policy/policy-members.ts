import { TokenLifespans } from '../../clients/metadata/members/token-lifespans.js';
import { ClientMetadata, METADATA_FIELDS } from '../../clients/metadata/client-metadata.js';
import { isForAdministrators } from '../../clients/metadata/for-administrators.js';
import { fieldsOf, type Field } from '../../fields/field.js';
import { taggedField } from '../../fields/language-tags.js';
import { nearestName } from '../../oauth-error/nearest-name.js';
import type { Note } from './policy-values.js';

/** The entry of a list of members that means all lifespans. */
const ALL_LIFESPANS = 'lifespans';

/** The name of a member of a client, without a language tag. */
export type MemberName = Exclude<keyof ClientMetadata, `${string}#${string}`>;

/** The names of the thirteen lifespans. */
export const LIFESPANS: readonly string[] = fieldsOf(TokenLifespans).map(({ name }) => name);

/** The members that no client may set unless a policy opens them. */
export const CLOSED_MEMBERS: readonly string[] = [
  ...METADATA_FIELDS.map(({ name }) => name).filter((name) => isForAdministrators(ClientMetadata, name)),
  ...LIFESPANS,
];

/** The members that follow from each other while one of them is unset (RFC 7591 §2.1). */
export const USES: readonly string[] = ['grant_types', 'response_types'] satisfies MemberName[];

const FIELDS: ReadonlyMap<string, Field> = new Map(METADATA_FIELDS.map((field) => [field.name, field]));

/** Returns the field of a member; `undefined` when the name is not that of a metadata member. */
export function memberField(name: string): Field | undefined {
  return FIELDS.get(name);
}

/** Returns the name of a member without its language tag (RFC 7591 §2.2). */
export function untagged(name: string): string {
  const at = name.indexOf('#');
  return at < 0 ? name : name.slice(0, at);
}

/** Returns the names of the members of a client, with their language tags. */
export function memberNamesOf(client: object): string[] {
  return Object.keys(client).filter((name) => FIELDS.has(name) || taggedField(METADATA_FIELDS, name));
}

/**
 * Returns the members to which a body gives a value. `null` is not a value, except of members kept as text; `''` is not one where it means unset.
 *
 * @param members of the body
 */
export function sentMembers(members: Readonly<Record<string, unknown>>): Set<string> {
  const given = Object.entries(members).filter(([name, value]) => {
    const { keepsText, blankIsUnset } = FIELDS.get(untagged(name)) ?? {};
    return !(value === undefined || (value === null && !keepsText) || (value === '' && blankIsUnset));
  });
  return new Set(given.map(([name]) => name));
}

/** Reads a list of members, in which `lifespans` means all lifespans; notes what is wrong with it. */
export function readMemberNames(given: unknown, place: string, note: Note): Set<string> {
  if (!Array.isArray(given)) {
    note(place, 'must be a list of members of a client');
    return new Set();
  }
  const names = given.flatMap((name: unknown, at): readonly string[] => {
    if (name === ALL_LIFESPANS) return LIFESPANS;
    if (typeof name === 'string' && FIELDS.has(name)) return [name];
    note(`${place}[${at}]`, notAMember(name));
    return [];
  });
  return new Set(names);
}

/** Returns why something is not the name of a member that a policy can decide on, as the end of a sentence. */
export function notAMember(name: unknown): string {
  if (name === 'client_id' || name === 'client_secret')
    return 'must be another member: the registry always chooses this one';
  const nearest = typeof name === 'string' ? nearestName(name, [...FIELDS.keys(), ALL_LIFESPANS]) : undefined;
  return nearest === undefined ? 'must be a member of a client' : `must be a member of a client: use ${nearest}`;
}
