import { RawJson } from '../../json/json-text.js';
import type { ChangeKind } from '../../journal/table/change-entry.js';
import type { SecretSet } from '../../secrets/secret-set.js';
import type { ClientView } from '../metadata/client.dto.js';
import type { KnownToken } from '../tokens/registration-token.js';
import { METADATA_FIELDS, taggedFieldsOf, valueOf, type ClientMetadata } from '../metadata/client-metadata.js';

/** A client on one side of a change. */
export interface Side {
  metadata: ClientMetadata;
  secrets: SecretSet;
  /** As `suspended` of the client's row. */
  suspended: string | null;
}

/** The kinds of a change and the members that it changed, for the journal. */
export interface WhatChanged {
  kinds: ChangeKind[];
  members: string[];
}

/**
 * Compares a client before and after a change.
 *
 * @param how `isAdded`: whether a new secret was added to the others; otherwise it is a rotation. `token`: the new registration access token,
 * if there is one
 */
export function whatChanged(
  before: Side,
  after: Side,
  { isAdded, token }: { isAdded: boolean; token?: KnownToken | undefined },
): WhatChanged {
  const fields = [...METADATA_FIELDS, ...taggedFieldsOf({ ...before.metadata, ...after.metadata })];
  const members = fields
    .filter((field) => {
      const [old, now] = [valueOf(before.metadata, field), valueOf(after.metadata, field)];
      return old !== now && RawJson.write(old) !== RawJson.write(now);
    })
    .map(({ name }) => name);
  const secret = secretKind(before.secrets, after.secrets, isAdded);
  // The expiry of the current secret changes with the secret: alone, it is not an update.
  const isUpdated = members.some(
    (name) => !secret || name !== ('client_secret_expires_at' satisfies keyof ClientMetadata),
  );
  const state = stateKind(before.suspended, after.suspended);
  const others = [secret, state, tokenKind(token)].filter((kind) => kind !== undefined);
  const kinds: ChangeKind[] = isUpdated || others.length === 0 ? ['client.updated'] : [];
  const suspended = 'suspended' satisfies keyof ClientView;
  return { kinds: [...kinds, ...others], members: state ? [...members, suspended] : members };
}

function tokenKind(token: KnownToken | undefined): ChangeKind | undefined {
  if (!token) return undefined;
  return token.digest === '' ? 'client.registration_token.ended' : 'client.registration_token.replaced';
}

function stateKind(before: string | null, after: string | null): ChangeKind | undefined {
  if (before === after) return undefined;
  return after === null ? 'client.resumed' : 'client.suspended';
}

function secretKind(before: SecretSet, after: SecretSet, isAdded: boolean): ChangeKind | undefined {
  const lacks = (secrets: SecretSet) => (secret: SecretSet[number]) => secrets.every(({ id }) => id !== secret.id);
  if (after.some(lacks(before))) return isAdded ? 'client.secret.added' : 'client.secret.rotated';
  return before.some(lacks(after)) ? 'client.secret.revoked' : undefined;
}
