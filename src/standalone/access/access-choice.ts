import { lookup } from 'node:dns/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isLoopback } from '../../http/accepted-hosts.js';
import { Config, ConfigError } from '../config/config.js';
import { idleSetting, type Way } from '../config/values/ways.js';

/** For each way to authenticate, a function that returns a sentence about the setting that is missing; `undefined` when none is. */
const MISSING: Partial<Record<Way, (config: Config) => string | undefined>> = {
  jwt: ({ ADMIN_JWT_ISSUER, ADMIN_JWT_JWKS_URL, ADMIN_JWT_AUDIENCE }) => {
    if (ADMIN_JWT_AUDIENCE.length === 0)
      return 'ADMIN_JWT_AUDIENCE must be set for ADMIN_AUTH=jwt: without it tokens for other services would count here.';
    return ADMIN_JWT_ISSUER + ADMIN_JWT_JWKS_URL === ''
      ? 'ADMIN_JWT_ISSUER or ADMIN_JWT_JWKS_URL must be set for ADMIN_AUTH=jwt: tokens are verified with keys from there.'
      : undefined;
  },
  mtls: ({ ADMIN_MTLS_PRINCIPALS, ADMIN_TLS_CLIENT_CA, ADMIN_TRUSTED_PROXIES }) => {
    if (ADMIN_MTLS_PRINCIPALS === '')
      return 'ADMIN_MTLS_PRINCIPALS must be set for ADMIN_AUTH=mtls: it says who has which certificate.';
    return ADMIN_TLS_CLIENT_CA === '' && ADMIN_TRUSTED_PROXIES.length === 0
      ? 'ADMIN_TLS_CLIENT_CA or ADMIN_TRUSTED_PROXIES must be set for ADMIN_AUTH=mtls: one of them verifies certificates.'
      : undefined;
  },
};

/** Rejects a configuration that would let in more callers than the operator can have meant, or none. */
@Injectable()
export class AccessChoice implements OnModuleInit {
  constructor(private readonly config: Config) {}

  /** @throws ConfigError that says what to set */
  async onModuleInit(): Promise<void> {
    const { ADMIN_AUTH, ADMIN_HOST } = this.config;
    const idle = idleSetting(this.config, ADMIN_AUTH);
    if (idle) throw new ConfigError(`${idle.name} has no effect: add ${idle.way} to ADMIN_AUTH, or remove it.`);
    for (const [way, missingIn] of Object.entries(MISSING)) {
      const missing = ADMIN_AUTH.includes(way) ? missingIn(this.config) : undefined;
      if (missing) throw new ConfigError(missing);
    }
    if (ADMIN_AUTH.length > 0) return;
    // The address that the listener will bind to: 127.1 is a loopback address, too. A name without an address fails when the listener binds.
    const { address } = await lookup(ADMIN_HOST).catch(() => ({ address: ADMIN_HOST }));
    if (isLoopback(address)) return;
    throw new ConfigError(
      'ADMIN_AUTH must be set, since other machines may reach ADMIN_HOST: to api-key, for API keys, to jwt or to mtls; or to none, to let everybody in who reaches the listener.',
    );
  }
}
