import { scopeMissing } from '../../access/access-errors.js';
import { maySee, type Principal } from '../../access/principal.js';
import { OAuthError } from '../../oauth-error/oauth-error.js';
import type { CurrentClient } from '../store/client.statements.js';

/** 404: the client exists, the version does not, or not for who asks. */
export function unknownVersion(): OAuthError {
  return OAuthError.notFound(
    'The client has no such version, or the journal no longer has it: its history shows the versions that are known.',
  );
}

/** 404: the client exists, but nothing is known of it at the time that was asked for. */
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

/** The client. @throws OAuthError 404 when there is none */
export function requireClient(living: CurrentClient | undefined): CurrentClient {
  if (!living) throw OAuthError.unknownClient();
  return living;
}

/** The error for who does not find what it asked for: of a client that it does not see it learns nothing. */
export function missing(
  actor: Principal | undefined,
  living: CurrentClient | undefined,
  error: OAuthError,
): OAuthError {
  return living && maySee(actor, living.client.owner) ? error : OAuthError.unknownClient();
}
