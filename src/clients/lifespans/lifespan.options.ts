import { ValidateBy } from 'class-validator';
import { lifespanMilliseconds } from '../../fields/lifespan.js';

/** Shortest default, in milliseconds: one second. A shorter one is rounded down to 0, so tokens would be issued already expired. */
const LEAST_DEFAULT = 1000;

/** Accepts a value of a member of {@link LifespanOptions}. */
export function DefaultLifespan(): PropertyDecorator {
  return ValidateBy({
    name: 'defaultLifespan',
    validator: {
      validate: (value) => typeof value === 'string' && lifespanMilliseconds(value) >= LEAST_DEFAULT,
      defaultMessage: () => 'must be 1s or more, as a sequence of numbers with units (ms, s, m, h), such as 1h30m',
    },
  });
}

/** Lifespans of tokens for which the client sets none. */
export class LifespanOptions {
  /** Lifespan of access tokens, as numbers with units, such as `1h30m`, at least one second. Default: one hour. */
  @DefaultLifespan()
  accessToken = '1h';

  /** Lifespan of ID tokens, in the same format. Default: one hour. */
  @DefaultLifespan()
  idToken = '1h';

  /** Lifespan of refresh tokens, in the same format. Default: 30 days. */
  @DefaultLifespan()
  refreshToken = '720h';
}
