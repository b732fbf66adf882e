import { IsBoolean } from 'class-validator';
import { AssertionOptions, type AssertionModuleOptions } from './assertion/assertion.options.js';
import { CertificateOptions } from './mtls/certificate.options.js';

/** How clients are authenticated. */
export class AuthenticationOptions {
  /**
   * Whether one source, and one source with one client, may try only so many wrong secrets in a minute before those that need bcrypt are
   * refused. Default true.
   */
  @IsBoolean({ message: 'must be true or false' })
  limitGuesses = true;

  /** Which assertions clients authenticate with. Default: the defaults of {@link AssertionOptions}, none. */
  assertions = new AssertionOptions();

  /** Whose certificates clients authenticate with. Default: the defaults of {@link CertificateOptions}. */
  certificates = new CertificateOptions();
}

/** What an application may decide about the authentication of clients, the members of {@link AuthenticationOptions}. */
export type AuthenticationModuleOptions = Partial<
  Omit<AuthenticationOptions, 'assertions'> & {
    /** Which assertions clients authenticate with. */
    assertions: AssertionModuleOptions;
  }
>;
