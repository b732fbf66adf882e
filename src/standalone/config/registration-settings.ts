import { IsIn, IsOptional, Matches } from 'class-validator';
import { BaseUrl, ClientsOptions } from '../../clients/clients.options.js';
import { Retention } from '../../clients/store/removal.options.js';
import { HostList } from '../../http/outbound/guarded-fetch.js';
import { MOST_REGISTRATIONS } from '../../registration/limits/registration-limits.js';
import { RegistrationOptions, type RegistrationModuleOptions } from '../../registration/registration.options.js';
import { ListenerSettings } from './listener-settings.js';
import { FilePath } from './values/access-values.js';
import { Origins } from './values/origins.js';
import { AddressRanges } from './values/proxies.js';
import { Count, HOST, List, Port } from './values/variables.js';

/** The defaults of the variables that set an option of the module. */
const OPTIONS = new RegistrationOptions();
const REGISTRATION = ['off', 'open', 'token'];

/** The port of the public listener if `PUBLIC_PORT` is unset: the same as Ory Hydra's. */
const USUAL_PORT = 4444;

/** The settings of dynamic client registration, and of the public listener, which serves its routes. */
export class RegistrationSettings extends ListenerSettings {
  /** Who may register a client at the public listener: `off`, nobody; `open`, everybody; `token`, holders of an initial access token. */
  @IsIn(REGISTRATION, { message: `must be one of ${REGISTRATION.join(', ')}` })
  REGISTRATION = 'off';

  /** Address that the public listener binds to. */
  @Matches(/^\S+$/, { message: HOST })
  PUBLIC_HOST = '127.0.0.1';

  /** Port of the public listener, 0 to 65535. Unset, it is 4444, and there is no public listener while `REGISTRATION` is `off`. */
  @IsOptional()
  @Port()
  PUBLIC_PORT: number | undefined = undefined;

  /** File with the certificate of the public listener, as `ADMIN_TLS_CERT`: the listener then speaks TLS. */
  @FilePath()
  PUBLIC_TLS_CERT = '';

  /** File with the private key of that certificate, in PEM. */
  @FilePath()
  PUBLIC_TLS_KEY = '';

  /** Names that callers may use for the public listener in `Host` beside that of `PUBLIC_URL`, each as `host` or `host:port`, separated by commas. */
  @List()
  @HostList(', separated by commas')
  PUBLIC_ALLOWED_HOSTS: string[] = [];

  /** Addresses and ranges of proxies whose `X-Forwarded-For` names the source of a request, and whose `X-Request-Id` is kept. */
  @AddressRanges()
  PUBLIC_TRUSTED_PROXIES: string[] = [];

  /** Origins of web pages that may use the public listener, such as `https://app.example.com`, separated by commas; or `*` for all. */
  @Origins()
  PUBLIC_CORS_ORIGINS: string[] = [];

  /** URL by which callers know the public listener, without a trailing slash: the base of `registration_client_uri`. */
  @BaseUrl()
  PUBLIC_URL = new ClientsOptions().publicUrl;

  /**
   * How long a replaced registration access token stays valid unless the client uses the new one before, such as `10m`: the answer with the
   * new one may have been lost. `0` ends it immediately.
   */
  @Retention()
  REGISTRATION_TOKEN_GRACE = OPTIONS.tokenGrace;

  /** File with the policies of clients that register themselves, in YAML or JSON: docs/registration-policies.md. It is read at start. */
  @FilePath()
  REGISTRATION_POLICIES = '';

  /** Most clients that one source, an IPv4 address or an IPv6 /64, may register within an hour; 0 for any number. */
  @Count(MOST_REGISTRATIONS, 0)
  REGISTRATION_SOURCE_LIMIT = OPTIONS.limits.source;

  /** Most clients that may be registered under one policy within an hour; 0 for any number. */
  @Count(MOST_REGISTRATIONS, 0)
  REGISTRATION_POLICY_LIMIT = OPTIONS.limits.policy;

  /** Most clients that may be registered within an hour in all; 0 for any number. */
  @Count(MOST_REGISTRATIONS, 0)
  REGISTRATION_TOTAL_LIMIT = OPTIONS.limits.total;

  /** How often one client may change itself within an hour; 0 for any number. */
  @Count(MOST_REGISTRATIONS, 0)
  REGISTRATION_CHANGE_LIMIT = OPTIONS.limits.changes;

  /** Port of the public listener; `undefined` when there is none. */
  get publicPort(): number | undefined {
    return this.PUBLIC_PORT ?? (this.REGISTRATION === 'off' ? undefined : USUAL_PORT);
  }

  /** The options of registration. */
  get registrationOptions(): RegistrationModuleOptions {
    return {
      tokenGrace: this.REGISTRATION_TOKEN_GRACE,
      requireInitialAccessToken: this.REGISTRATION === 'token',
      limits: {
        source: this.REGISTRATION_SOURCE_LIMIT,
        policy: this.REGISTRATION_POLICY_LIMIT,
        total: this.REGISTRATION_TOTAL_LIMIT,
        changes: this.REGISTRATION_CHANGE_LIMIT,
      },
    };
  }
}
