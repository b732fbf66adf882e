import { IsBoolean } from 'class-validator';
import { AssertionOptions, type AssertionModuleOptions } from './assertion/assertion.options.js';
import { CertificateOptions } from './mtls/certificate.options.js';

/** How clients are authenticated. */
export class AuthenticationOptions {
  /**
   * Whether wrong secrets are limited per minute, by source and by source and client; above the limit, secrets that need bcrypt are rejected.
   * Default true.
   */
  @IsBoolean({ message: 'must be true or false' })
  limitGuesses = true;

  /** Which assertions authenticate clients. Default: the defaults of {@link AssertionOptions}, none. */
  assertions = new AssertionOptions();

  /** Which certificates authenticate clients. Default: the defaults of {@link CertificateOptions}. */
  certificates = new CertificateOptions();
}

/** Options of client authentication that an application can set, as members of {@link AuthenticationOptions}. */
export type AuthenticationModuleOptions = Partial<
  Omit<AuthenticationOptions, 'assertions'> & {
    /** Which assertions authenticate clients. */
    assertions: AssertionModuleOptions;
  }
>;
