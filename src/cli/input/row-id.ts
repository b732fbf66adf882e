import { InvalidArgumentError } from 'commander';
import { OLDEST } from '../../clients/metadata/client-secret.dto.js';
import { isUuid } from '../../fields/uuid.js';

/**
 * Parses the id of a secret.
 *
 * @throws InvalidArgumentError when no secret could have it: as part of a URL it could name another resource
 */
export function secretId(value: string): string {
  if (value === OLDEST || isUuid(value)) return value;
  throw new InvalidArgumentError(`Give an id from secrets list, or ${OLDEST}.`);
}

/**
 * Parses the id of a webhook.
 *
 * @throws InvalidArgumentError when no webhook could have it
 */
export function webhookId(value: string): string {
  if (isUuid(value)) return value;
  throw new InvalidArgumentError('Give an id from webhooks list.');
}

/**
 * Parses the id of an API key.
 *
 * @throws InvalidArgumentError when no key could have it
 */
export function keyId(value: string): string {
  if (isUuid(value)) return value;
  throw new InvalidArgumentError('Give an id from keys list.');
}

/**
 * Parses the id of an initial access token.
 *
 * @throws InvalidArgumentError when no token could have it
 */
export function tokenId(value: string): string {
  if (isUuid(value)) return value;
  throw new InvalidArgumentError('Give an id from registration-tokens list.');
}
