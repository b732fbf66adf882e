import { faultAt, OAuthError } from '../oauth-error/oauth-error.js';
import { MOST_WEBHOOKS } from './table/webhook.statements.js';

/** 404: there is no such webhook, or the caller may not see it. */
export function unknownWebhook(): OAuthError {
  return OAuthError.notFound('There is no webhook with this id.');
}

/** 409: without a key, the registry cannot store signing secrets. */
export function keyMissing(): OAuthError {
  return OAuthError.conflict(
    'Webhooks need a key under which their signing secrets are stored: set SECRETS_KEY or SECRETS_KEY_FILE (secretsKey in an application).',
  );
}

/** 409: the registry already has the maximum number of webhooks. */
export function tooManyWebhooks(): OAuthError {
  return OAuthError.conflict(`There are ${MOST_WEBHOOKS} webhooks, and no more can be made: remove one.`);
}

/** 400: a replay from this position would skip changes that the webhook has not sent. */
export function aheadOfCursor(position: number): OAuthError {
  const fault = faultAt(['position'], `must not be greater than ${position}, the next one of the webhook`);
  return OAuthError.invalidRequest(fault.detail, [fault]);
}
