import { WholeNumber } from '../../secrets/secrets.options.js';

/** Highest limit. */
export const MOST_REGISTRATIONS = 1_000_000;

function RegistrationLimit(): PropertyDecorator {
  return WholeNumber(0, MOST_REGISTRATIONS);
}

/**
 * How many clients register themselves within an hour, 0 for any number. One process counts by itself, and anew when it starts. The last
 * half of `policy` and of `total` is for sources that have registered none within the hour: those that register many do not keep others out.
 */
export class RegistrationLimits {
  /** From one source: an address of IPv4, or a /64 of IPv6; ten times as many from a /48, and ten times as many that are refused. Default 60. */
  @RegistrationLimit()
  source = 60;

  /** Under one policy. Default 3,000. */
  @RegistrationLimit()
  policy = 3_000;

  /** In all. Default 5,000. */
  @RegistrationLimit()
  total = 5_000;

  /** How often one client changes itself. Default 60. */
  @RegistrationLimit()
  changes = 60;
}
