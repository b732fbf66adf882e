import { scopeMissing } from '../../access/access-errors.js';
import { maySee, type Principal } from '../../access/principal.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import type { CurrentClient } from '../store/client.statements.js';

/** 404: the client exists, but the version does not, or the actor may not see it. */
export function unknownVersion(): OAuthError {
  return OAuthError.notFound(
    'The client has no such version, or the journal no longer has it: its history shows the versions that are known.',
  );
}

/** 404: the client exists, but nothing is known of it at the requested time or version. */
export function unknownState(): OAuthError {
  return OAuthError.notFound(
    'Nothing is known of the client at this time or version, or the journal no longer has it: its history shows what is known.',
  );
}

/** 400: `as_of` is neither a time nor a version. */
export function malformedAsOf(): OAuthError {
  return OAuthError.invalidRequest(
    'as_of must be a time such as 2026-01-31T12:00:00Z, or the number of a version such as 3.',
  );
}

/** 403: the life of the client_id is not the current one. */
export function earlierLifeNeedsScope(): OAuthError {
  return scopeMissing('journal:read', 'Reading an earlier life of a client_id');
}

/** Returns the client. @throws OAuthError 404 when it does not exist */
export function requireClient(living: CurrentClient | undefined): CurrentClient {
  if (!living) throw OAuthError.unknownClient();
  return living;
}

/** Returns `error`, or the 404 of an unknown client when the actor may not see the client: it must learn nothing about it. */
export function missing(
  actor: Principal | undefined,
  living: CurrentClient | undefined,
  error: OAuthError,
): OAuthError {
  return living && maySee(actor, living.client.owner) ? error : OAuthError.unknownClient();
}
