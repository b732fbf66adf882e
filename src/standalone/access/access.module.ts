import { Module } from '@nestjs/common';
import { ANONYMOUS } from '../../access/anonymous-authenticator.js';
import { AUTHENTICATORS, type Authenticator } from '../../access/authenticator.js';
import { firstKey } from '../../access/keys/first-key.js';
import { Config } from '../config/config.js';

/** The ways in that the configuration opens. */
function authenticatorsOf({ isOpen, ADMIN_API_KEY }: Config): Authenticator[] {
  if (isOpen) return [ANONYMOUS];
  return ADMIN_API_KEY ? [firstKey(ADMIN_API_KEY)] : [];
}

/** Provides who may use the admin API. */
@Module({
  providers: [{ provide: AUTHENTICATORS, inject: [Config], useFactory: authenticatorsOf }],
  exports: [AUTHENTICATORS],
})
export class AccessModule {}
