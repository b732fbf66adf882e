import { IsBoolean, ValidateBy } from 'class-validator';
import { Retention } from '../clients/store/removal.options.js';
import { RegistrationLimits } from './limits/registration-limits.js';
import { RegistrationPolicies, type PoliciesByName } from './policy/registration-policies.js';

/** What is wrong with policies; `undefined` when nothing is. */
function faultOf(policies: unknown): string | undefined {
  try {
    RegistrationPolicies.read(policies);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function Policies(): PropertyDecorator {
  return ValidateBy({
    name: 'policies',
    validator: {
      validate: (policies) => faultOf(policies) === undefined,
      defaultMessage: (argument) => `cannot be used: ${faultOf(argument?.value)}`,
    },
  });
}

/** What a host decides about clients that register themselves. */
export class RegistrationOptions {
  /**
   * How long the registration access token that a client has replaced stays good, unless it uses the new one before, as numbers with
   * units, such as `10m`: the answer with the new one may have been lost. Default 0: it ends at once.
   */
  @Retention()
  tokenGrace = '0';

  /**
   * By their names, the policies of clients that register themselves: rules, or objects that judge by themselves. Default: `default`, under which a
   * client sets all but what is for administrators.
   */
  @Policies()
  policies: PoliciesByName = {};

  /**
   * Does nobody register a client without an initial access token (RFC 7591 §3)? Otherwise they are for those who have one: a client that
   * presents one registers under its policy, and with its owner. Default false.
   */
  @IsBoolean({ message: 'must be true or false' })
  requireInitialAccessToken = false;

  /** How many clients register themselves within an hour. Default: the defaults of {@link RegistrationLimits}. */
  limits = new RegistrationLimits();
}

/** What a host may decide about clients that register themselves, the members of {@link RegistrationOptions}; what is left out takes its default. */
export type RegistrationModuleOptions = Partial<
  Omit<RegistrationOptions, 'limits'> & {
    /** How many clients register themselves within an hour. */
    limits: Partial<RegistrationLimits>;
  }
>;
