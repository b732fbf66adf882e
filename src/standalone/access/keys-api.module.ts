import { Module } from '@nestjs/common';
import { ExpiringController } from '../../expiry/expiring.controller.js';
import { ExpiryModule } from '../../expiry/expiry.module.js';
import { KeysController } from '../../keys/keys.controller.js';
import { KeysModule } from '../../keys/keys.module.js';
import { AccessModule } from './access.module.js';
import { KeysAtStart } from './keys-at-start.js';

/** The routes of API keys, and of what ends soon. They stand apart from the keys, since the guard that asks the keys guards the routes too. */
@Module({
  imports: [AccessModule, KeysModule, ExpiryModule],
  controllers: [KeysController, ExpiringController],
  providers: [KeysAtStart],
})
export class KeysApiModule {}
