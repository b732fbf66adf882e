import { WholeNumber } from '../../secrets/secrets.options.js';

/** Highest limit. */
export const MOST_REGISTRATIONS = 1_000_000;

function RegistrationLimit(): PropertyDecorator {
  return WholeNumber(0, MOST_REGISTRATIONS);
}

/**
 * How many clients may register themselves within an hour; 0 for any number. Each process counts by itself, and anew after a restart. The second
 * half of `policy` and of `total` is reserved for sources from whose network (IPv6: a /48) no client has registered within the hour, so that those
 * that register many do not keep others out.
 */
export class RegistrationLimits {
  /** From one source, an IPv4 address or an IPv6 /64; ten times as many from a /48, and ten times as many that create no client. Default 60. */
  @RegistrationLimit()
  source = 60;

  /** Under one policy. Default 3,000. */
  @RegistrationLimit()
  policy = 3_000;

  /** In total. Default 5,000. */
  @RegistrationLimit()
  total = 5_000;

  /** How often one client may change itself. Default 60. */
  @RegistrationLimit()
  changes = 60;
}
