import { Retention } from '../clients/store/removal.options.js';

/** What a host decides about clients that register themselves. */
export class RegistrationOptions {
  /**
   * How long the registration access token that a client has replaced stays good, unless it uses the new one before, as numbers with
   * units, such as `10m`: the answer with the new one may have been lost. Default 0: it ends at once.
   */
  @Retention()
  tokenGrace = '0';
}

/** What a host may decide about clients that register themselves, the members of {@link RegistrationOptions}; what is left out takes its default. */
export type RegistrationModuleOptions = Partial<RegistrationOptions>;
