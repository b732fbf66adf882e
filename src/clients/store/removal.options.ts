import { ValidateBy } from 'class-validator';
import { lifespanFault, lifespanMilliseconds } from '../../fields/lifespan.js';

/** Accepts a value of {@link RemovalOptions.retention}. */
export function Retention(): PropertyDecorator {
  return ValidateBy({
    name: 'retention',
    validator: {
      validate: (value) => value === '0' || (typeof value === 'string' && lifespanFault(value) === undefined),
      defaultMessage: () => 'must be 0, or a sequence of numbers with units (ms, s, m, h), such as 720h',
    },
  });
}

/** How long removed clients are kept. */
export class RemovalOptions {
  /**
   * How long a removed client can be restored, as numbers with units, such as `720h`; it is kept that long, with the hashes of its secrets.
   * `0` keeps nothing. Default 30 days.
   */
  @Retention()
  retention = '720h';
}

/** Returns the earliest time of a removal, as times are stored, from which a client can still be restored. */
export function restorableSince({ retention }: RemovalOptions): string {
  return new Date(Math.max(0, Date.now() - lifespanMilliseconds(retention))).toISOString();
}
