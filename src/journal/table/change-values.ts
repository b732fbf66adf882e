import type { ClientSecret } from '../../secrets/client-secret.entity.js';
import type { SecretSet } from '../../secrets/secret-set.js';
import { actorText, type ChangeEntry, type ChangeKind } from './change-entry.js';
import { uuidV7 } from './uuid-v7.js';

/** A client at one version, as the journal keeps it. */
export interface JournaledState {
  version: number;
  owner: string;
  document: string;
  /** When the client got this version. */
  updatedAt: string;
  secrets: SecretSet;
}

/** Returns the values of the row of a change, apart from those that the statement already has for the client. */
export function changeValues(
  { kinds, members, actor }: ChangeEntry,
  secrets: SecretSet,
  at: string,
): Record<string, unknown> {
  return {
    'change.id': uuidV7(),
    'change.at': at,
    'change.kinds': JSON.stringify(kinds),
    'change.secrets': secretsText(secrets),
    'change.actor': actorText(actor),
    'change.members': JSON.stringify(members),
  };
}

/** Constant values of the row that shows a client from before the journal. */
export const BASELINE = {
  kinds: JSON.stringify(['client.baseline'] satisfies ChangeKind[]),
  actor: actorText({ type: 'system', id: '', name: '' }),
  members: '[]',
};

/** Returns the values of the row that shows a client from before the journal as it was before its first change. */
export function baselineValues({
  version,
  owner,
  document,
  updatedAt,
  secrets,
}: JournaledState): Record<string, unknown> {
  return {
    'baseline.id': uuidV7(),
    'baseline.version': version,
    'baseline.owner': owner,
    'baseline.at': updatedAt,
    'baseline.kinds': BASELINE.kinds,
    'baseline.document': document,
    'baseline.secrets': secretsText(secrets),
    'baseline.actor': BASELINE.actor,
    'baseline.members': BASELINE.members,
  };
}

/** Returns what the journal keeps of secrets: neither the secrets nor their hashes. */
export function secretsText(secrets: SecretSet): string {
  const shown = ({ id, label, hint, expiresAt }: ClientSecret) => ({ id, label, hint, expires_at: expiresAt });
  return JSON.stringify(secrets.map(shown));
}
