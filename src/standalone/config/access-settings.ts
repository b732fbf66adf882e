import { IsIn, IsOptional, Matches } from 'class-validator';
import { DatabaseSettings } from './database-settings.js';
import { AuthenticationWays, ClaimName, FilePath, IssuerUrl, JwksUrl, StrongKey } from './values/access-values.js';
import { Secret } from './values/secret-files.js';
import { Count, HOST, List, Port } from './values/variables.js';
import { For } from './values/ways.js';

const METRICS = ['guarded', 'open', 'off'];

/** The settings of the database, and of who may use the admin API. */
export class AccessSettings extends DatabaseSettings {
  /**
   * How callers of the admin API show who they are: `api-key`, `jwt` and `mtls`, separated by commas; or `none` to let everybody in.
   * Required unless `ADMIN_HOST` is a loopback address, where unset means `none`.
   */
  @AuthenticationWays()
  ADMIN_AUTH: string[] = [];

  /** API key that may do everything, 32 characters or more, for `api-key`. It is never stored. */
  @For('api-key')
  @StrongKey()
  @Secret()
  ADMIN_API_KEY = '';

  /**
   * How many requests of one address may be rejected within a minute because of invalid credentials, 0 to 1,000,000; 0 for any number. Further
   * ones get 429 before a signature is verified; valid API keys are accepted all the same.
   */
  @Count(1_000_000, 0)
  ADMIN_MAX_REFUSED = 300;

  /** For `jwt`: URL of the issuer of access tokens, which publishes its keys (OpenID Connect Discovery, RFC 8414). `iss` must equal it. */
  @For('jwt')
  @IssuerUrl()
  ADMIN_JWT_ISSUER = '';

  /** For `jwt`: URL of the JWK Set with the issuer's keys, instead of looking it up at the issuer. */
  @For('jwt')
  @JwksUrl()
  ADMIN_JWT_JWKS_URL = '';

  /** For `jwt`: names of this registry, separated by commas; `aud` must have one of them. */
  @For('jwt')
  @List()
  ADMIN_JWT_AUDIENCE: string[] = [];

  /** For `jwt`: claim that names an owner; the token is limited to the clients of that owner. */
  @For('jwt')
  @ClaimName()
  ADMIN_JWT_OWNER_CLAIM = '';

  /** For `mtls`: JSON file that maps client certificates to principals, with their scopes and owners. */
  @For('mtls')
  @FilePath()
  ADMIN_MTLS_PRINCIPALS = '';

  /** File with the certificate of the admin listener and its intermediate certificates, in PEM: the listener then speaks TLS. */
  @FilePath()
  ADMIN_TLS_CERT = '';

  /** File with the private key of that certificate, in PEM. All files of TLS are read again when they change. */
  @FilePath()
  ADMIN_TLS_KEY = '';

  /** For `mtls`: file with the authorities of client certificates, in PEM. */
  @For('mtls')
  @FilePath()
  ADMIN_TLS_CLIENT_CA = '';

  /**
   * Who may read the metrics at `/metrics`: `guarded`, callers with the scope `metrics:read`; `open`, everybody who reaches the listener that
   * serves them; `off`, nobody, and nothing is measured.
   */
  @IsIn(METRICS, { message: `must be one of ${METRICS.join(', ')}` })
  METRICS = 'guarded';

  /** Port of a separate listener for the metrics, 0 to 65535; the admin listener then no longer serves them. Unset, there is no such listener. */
  @IsOptional()
  @Port()
  METRICS_PORT: number | undefined = undefined;

  /** Address that the metrics listener binds to; unset, the address of the admin listener. */
  @Matches(/^\S*$/, { message: HOST })
  METRICS_HOST = '';

  /** Whether everybody who reaches the admin listener may do everything. */
  get isOpen(): boolean {
    return this.ADMIN_AUTH.length === 0 || this.ADMIN_AUTH.includes('none');
  }
}
