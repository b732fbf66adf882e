import type { Actor } from '../../access/principal.js';

/** What can happen to a client. A `client.baseline` shows a client from before the journal as it was before its first change. */
export const CHANGE_KINDS = [
  'client.created',
  'client.updated',
  'client.deleted',
  'client.restored',
  'client.suspended',
  'client.resumed',
  'client.baseline',
  'client.secret.added',
  'client.secret.rotated',
  'client.secret.revoked',
  'client.registered',
  'client.registration_token.replaced',
  'client.registration_token.ended',
] as const;

/** One of the {@link CHANGE_KINDS}. */
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** What the journal records of a change, apart from the client after it. */
export interface ChangeEntry {
  kinds: readonly ChangeKind[];
  /** Names of the top-level members that changed; none for a new or a removed client. */
  members: readonly string[];
  /** Who made it. Default the application itself. */
  actor?: Actor | undefined;
}

/** The application around the registry: the actor of a call that names none. */
const HOST: Actor = { type: 'host', id: '', name: '' };

/** Returns an actor as the journal keeps it, as JSON. Its scopes are left out: they are not part of what happened. */
export function actorText({ type, id, name, owner, address, requestId }: Actor = HOST): string {
  return JSON.stringify({ type, id, name, owner, address, request_id: requestId });
}
