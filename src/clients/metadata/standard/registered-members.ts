import { holdsNothing, type Field } from '../../../fields/field.js';
import { ClientMetadata, METADATA_FIELDS, taggedFieldsOf, valueOf } from '../client-metadata.js';
import { DEFAULT_ENCRYPTION, encryptionBeside } from '../members/encryption.field.js';
import { knownUsesOf, usesOf, type GrantRules, type Uses } from './grants-and-responses.js';

/**
 * Gives a client that registers itself the grants and response types that follow from what it sent, so that the admin API shows
 * them, too; without either it has the same defaults there as here. The rules of `registrationRules` must hold.
 *
 * @param before the client as it is stored; none for a new client
 */
export function withUses<T extends Uses>(metadata: T, before?: Uses, { unknownGrants }: GrantRules = {}): T {
  if (metadata.grant_types.length === 0 && metadata.response_types.length === 0) return metadata;
  return { ...metadata, ...(unknownGrants === 'narrow' ? knownUsesOf(metadata, before) : usesOf(metadata)) };
}

/**
 * The metadata of a client as dynamic registration shows it (RFC 7591 §3.2.1): what is unset has the default of the standards, or
 * is left out, never `null` or `''`. Which of the members are shown to the client is for others to say.
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

/** The members for content encryption, with those of the algorithms beside which they stand. */
const ALGORITHMS: ReadonlyMap<string, string | undefined> = new Map(
  METADATA_FIELDS.map(({ name }) => [name, encryptionBeside(ClientMetadata, name)]),
);

/** What a member is to those who know the standards; `undefined` while it is nothing. */
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
