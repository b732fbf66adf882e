import { Module } from '@nestjs/common';
import { ANONYMOUS } from '../../access/anonymous-authenticator.js';
import { AUTHENTICATORS, type Authenticator } from '../../access/authenticator.js';
import { IssuerKeys } from '../../access/jwt/issuer-keys.js';
import { JwtAuthenticator } from '../../access/jwt/jwt-authenticator.js';
import { fetchKeys } from '../../access/jwt/key-source.js';
import { readPrincipals, type CertifiedPrincipals } from '../../access/mtls/certified-principals.js';
import { MtlsAuthenticator } from '../../access/mtls/mtls-authenticator.js';
import { Refusals } from '../../access/refusals/refusals.js';
import { ApiKeyAuthenticator } from '../../keys/api-key.authenticator.js';
import { firstKey } from '../../keys/first-key.js';
import { KeysModule } from '../../keys/keys.module.js';
import { Config, ConfigError } from '../config/config.js';
import { addressesIn } from '../config/values/proxies.js';
import { textOfFile } from '../config/setting-files.js';
import type { Way } from '../config/values/ways.js';

/** Returns the keys of the issuer that the configuration names. */
function issuerKeysOf({ ADMIN_JWT_ISSUER: issuer, ADMIN_JWT_JWKS_URL: jwksUrl }: Config): IssuerKeys {
  return new IssuerKeys(() => fetchKeys({ issuer, jwksUrl }));
}

/** Returns the counter of rejected credentials. */
function refusalsOf({ ADMIN_MAX_REFUSED, ADMIN_TRUSTED_PROXIES }: Config): Refusals {
  return new Refusals(ADMIN_MAX_REFUSED, addressesIn(ADMIN_TRUSTED_PROXIES));
}

/** Reads which principal has which client certificate. */
function principalsOf(config: Config): CertifiedPrincipals {
  // AccessChoice rejects this configuration at start.
  if (config.ADMIN_MTLS_PRINCIPALS === '') return new Map();
  const text = textOfFile(config, 'ADMIN_MTLS_PRINCIPALS');
  try {
    return readPrincipals(text);
  } catch (error) {
    throw new ConfigError(`ADMIN_MTLS_PRINCIPALS ${(error as Error).message}.`);
  }
}

/** Returns the authenticators that the configuration enables. */
function authenticatorsOf(config: Config, apiKeys: ApiKeyAuthenticator, issuerKeys: IssuerKeys): Authenticator[] {
  if (config.isOpen) return [ANONYMOUS];
  const makers: Record<Way, () => Authenticator[]> = {
    // ADMIN_API_KEY comes first: it may have any form, even that of the keys in the database.
    'api-key': () => (config.ADMIN_API_KEY ? [firstKey(config.ADMIN_API_KEY), apiKeys] : [apiKeys]),
    jwt: () => [
      new JwtAuthenticator(issuerKeys, {
        issuer: config.ADMIN_JWT_ISSUER,
        audience: config.ADMIN_JWT_AUDIENCE,
        ownerClaim: config.ADMIN_JWT_OWNER_CLAIM,
      }),
    ],
    mtls: () => [new MtlsAuthenticator(principalsOf(config), addressesIn(config.ADMIN_TRUSTED_PROXIES))],
  };
  return Object.entries(makers).flatMap(([way, make]) => (config.ADMIN_AUTH.includes(way) ? make() : []));
}

/** Provides the authenticators of callers of the admin API. */
@Module({
  imports: [KeysModule],
  providers: [
    { provide: IssuerKeys, inject: [Config], useFactory: issuerKeysOf },
    { provide: Refusals, inject: [Config], useFactory: refusalsOf },
    { provide: AUTHENTICATORS, inject: [Config, ApiKeyAuthenticator, IssuerKeys], useFactory: authenticatorsOf },
  ],
  exports: [AUTHENTICATORS, IssuerKeys, Refusals],
})
export class AccessModule {}
