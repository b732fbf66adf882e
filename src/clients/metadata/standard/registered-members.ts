import { holdsNothing, type Field } from '../../../fields/field.js';
import { ClientMetadata, METADATA_FIELDS, taggedFieldsOf, valueOf } from '../client-metadata.js';
import { DEFAULT_ENCRYPTION, encryptionBeside } from '../members/encryption.field.js';
import { knownUsesOf, usesOf, type GrantRules, type Uses } from './grants-and-responses.js';

/**
 * Gives a client that registers itself the grant types and response types that follow from its request, so that the admin API shows them,
 * too. Without either, the metadata stays as it is: the defaults are the same there as here. The rules of `registrationRules` must hold.
 *
 * @param before the client as it is stored; `undefined` for a new client
 */
export function withUses<T extends Uses>(metadata: T, before?: Uses, { unknownGrants }: GrantRules = {}): T {
  if (metadata.grant_types.length === 0 && metadata.response_types.length === 0) return metadata;
  return { ...metadata, ...(unknownGrants === 'narrow' ? knownUsesOf(metadata, before) : usesOf(metadata)) };
}

/**
 * Returns the metadata of a client as dynamic registration shows it (RFC 7591 §3.2.1): an unset member has the default of the standards, or
 * is left out; it is never `null` or `''`. The caller decides which of the members the client sees.
 */
export function registeredMembers(metadata: ClientMetadata): Map<string, unknown> {
  const uses = usesOf(metadata);
  const members = new Map<string, unknown>();
  for (const field of [...METADATA_FIELDS, ...taggedFieldsOf(metadata)]) {
    const value = field.name in uses ? uses[field.name as keyof Uses] : shownValue(metadata, field);
    if (value !== undefined) members.set(field.name, value);
  }
  return members;
}

/** The members for content encryption, with the member for the JWE algorithm of each; `undefined` for all other members. */
const ALGORITHMS: ReadonlyMap<string, string | undefined> = new Map(
  METADATA_FIELDS.map(({ name }) => [name, encryptionBeside(ClientMetadata, name)]),
);

/** Returns the value of a member according to the standards; `undefined` when it has none. */
function shownValue(metadata: ClientMetadata, field: Field): unknown {
  const value = valueOf(metadata, field);
  if (!isUnset(value, field)) return value;
  const alg = ALGORITHMS.get(field.name);
  if (alg !== undefined) return metadata[alg as keyof ClientMetadata] === '' ? undefined : DEFAULT_ENCRYPTION;
  return field.standardDefault;
}

function isUnset(value: unknown, { saysNothing }: Field): boolean {
  if (holdsNothing(value) || value === saysNothing) return true;
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
