import { InvalidArgumentError } from 'commander';
import { OLDEST } from '../../clients/metadata/client-secret.dto.js';
import { isUuid } from '../../fields/uuid.js';

/**
 * The id of a secret.
 *
 * @throws InvalidArgumentError when no secret could have it: as part of a URL it may name something else
 */
export function secretId(value: string): string {
  if (value === OLDEST || isUuid(value)) return value;
  throw new InvalidArgumentError(`Give an id from secrets list, or ${OLDEST}.`);
}

/**
 * The id of a webhook.
 *
 * @throws InvalidArgumentError when no webhook could have it
 */
export function webhookId(value: string): string {
  if (isUuid(value)) return value;
  throw new InvalidArgumentError('Give an id from webhooks list.');
}

/**
 * The id of an API key.
 *
 * @throws InvalidArgumentError when no key could have it
 */
export function keyId(value: string): string {
  if (isUuid(value)) return value;
  throw new InvalidArgumentError('Give an id from keys list.');
}

/**
 * The id of an initial access token.
 *
 * @throws InvalidArgumentError when no token could have it
 */
export function tokenId(value: string): string {
  if (isUuid(value)) return value;
  throw new InvalidArgumentError('Give an id from registration-tokens list.');
}
