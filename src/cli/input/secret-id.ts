import { InvalidArgumentError } from 'commander';
import { OLDEST } from '../../clients/metadata/client-secret.dto.js';

/**
 * The id of a secret.
 *
 * @throws InvalidArgumentError when no secret could have it: as part of a URL it may name something else
 */
export function secretId(value: string): string {
  if (value === OLDEST || /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(value)) return value;
  throw new InvalidArgumentError(`Give an id from secrets list, or ${OLDEST}.`);
}
