import { lookup } from 'node:dns/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { isLoopback } from '../../http/accepted-hosts.js';
import { Config, ConfigError } from '../config/config.js';

/** Refuses a start that would let in more callers than the operator can have meant. */
@Injectable()
export class AccessChoice implements OnModuleInit {
  constructor(private readonly config: Config) {}

  /** @throws ConfigError that says what to set */
  async onModuleInit(): Promise<void> {
    const { ADMIN_AUTH, ADMIN_API_KEY, ADMIN_HOST } = this.config;
    if (ADMIN_API_KEY !== '' && !ADMIN_AUTH.includes('api-key'))
      throw new ConfigError('ADMIN_API_KEY has no effect: set ADMIN_AUTH to api-key, or remove the key.');
    if (ADMIN_API_KEY === '' && ADMIN_AUTH.includes('api-key'))
      throw new ConfigError('ADMIN_API_KEY must be set for ADMIN_AUTH=api-key: without it nobody would be let in.');
    if (ADMIN_AUTH.length > 0) return;
    // The address that the listener is going to have: 127.1 is a loopback address, too. A name without one fails there.
    const { address } = await lookup(ADMIN_HOST).catch(() => ({ address: ADMIN_HOST }));
    if (isLoopback(address)) return;
    throw new ConfigError(
      'ADMIN_AUTH must be set, since other machines may reach ADMIN_HOST: to api-key, with ADMIN_API_KEY; or to none, to let everybody in who reaches the listener.',
    );
  }
}
