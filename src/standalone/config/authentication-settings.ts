import { Endpoints, Issuers } from '../../authentication/assertion/assertion.options.js';
import { ClientsOptions, type ClientsModuleOptions } from '../../clients/clients.options.js';
import { HostList } from '../../http/outbound/guarded-fetch.js';
import { AccessSettings } from './access-settings.js';
import { List } from './values/variables.js';

/** The defaults of the variables that set an option of the module. */
const { assertions } = new ClientsOptions().authentication;

/** The settings of how clients authenticate. */
export class AuthenticationSettings extends AccessSettings {
  /**
   * Issuer identifiers of the authorization servers that authenticate clients here, separated by commas: the audiences of assertions. Unset,
   * `private_key_jwt` is rejected.
   */
  @List()
  @Issuers(', separated by commas')
  TOKEN_ISSUERS = assertions.issuers;

  /** URLs of token endpoints that may be the audience of an assertion in place of the issuer, separated by commas. */
  @List()
  @Endpoints(', separated by commas')
  ASSERTION_AUDIENCE_ENDPOINTS = assertions.audienceEndpoints;

  /** Hosts whose `jwks_uri` is fetched although their addresses are not public, each as `host` or `host:port`, separated by commas. */
  @List()
  @HostList(', separated by commas')
  JWKS_ALLOWED_HOSTS = assertions.outbound.allowedHosts;

  /** The options of the authentication of clients. */
  get authenticationOptions(): NonNullable<ClientsModuleOptions['authentication']> {
    return {
      assertions: {
        issuers: this.TOKEN_ISSUERS,
        audienceEndpoints: this.ASSERTION_AUDIENCE_ENDPOINTS,
        outbound: { allowedHosts: this.JWKS_ALLOWED_HOSTS },
      },
    };
  }
}
