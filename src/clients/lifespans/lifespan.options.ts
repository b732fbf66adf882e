import { ValidateBy } from 'class-validator';
import { lifespanMilliseconds } from '../../fields/lifespan.js';

/** Shortest default, in milliseconds: a second. With a shorter one, tokens would have expired when they are issued. */
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

/** Lifespans of tokens for which the client has none. */
export class LifespanOptions {
  /** Lifespan of access tokens, as numbers with units, such as `1h30m`, at least a second. Default an hour. */
  @DefaultLifespan()
  accessToken = '1h';

  /** Lifespan of ID tokens, in the same form. Default an hour. */
  @DefaultLifespan()
  idToken = '1h';

  /** Lifespan of refresh tokens, in the same form. Default 30 days. */
  @DefaultLifespan()
  refreshToken = '720h';
}
