import { IsBoolean, ValidateBy } from 'class-validator';
import { Retention } from '../clients/store/removal.options.js';
import { RegistrationLimits } from './limits/registration-limits.js';
import { RegistrationPolicies, type PoliciesByName } from './policy/registration-policies.js';

/** Returns what is wrong with policies; `undefined` when nothing is. */
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

/** Options of the host for clients that register themselves. */
export class RegistrationOptions {
  /**
   * How long a replaced registration access token stays valid unless the client uses the new one before, as numbers with units, such as `10m`: the
   * answer with the new token may have been lost. Default 0: it ends immediately.
   */
  @Retention()
  tokenGrace = '0';

  /**
   * The policies of clients that register themselves, by name: rules, or objects that judge by themselves. Default: `default`, under which a client
   * may set all members but those for administrators.
   */
  @Policies()
  policies: PoliciesByName = {};

  /**
   * Whether registration requires an initial access token (RFC 7591 §3). Otherwise the token is optional: a client that presents one registers
   * under its policy, and with its owner. Default false.
   */
  @IsBoolean({ message: 'must be true or false' })
  requireInitialAccessToken = false;

  /** How many clients may register themselves within an hour. Default: the defaults of {@link RegistrationLimits}. */
  limits = new RegistrationLimits();
}

/** Options of the host for clients that register themselves, see {@link RegistrationOptions}; options that are left out take their defaults. */
export type RegistrationModuleOptions = Partial<
  Omit<RegistrationOptions, 'limits'> & {
    /** How many clients may register themselves within an hour. */
    limits: Partial<RegistrationLimits>;
  }
>;
